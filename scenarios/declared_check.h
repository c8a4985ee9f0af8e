// SPDX-License-Identifier: Apache-2.0
//
// Checks a file's tree against the declarations: unknown, missing and planned keys, the form and
// the range of each value. What one value must be because of another is checked by the loader's
// parts.

#ifndef SCENARIOS_DECLARED_CHECK_H_
#define SCENARIOS_DECLARED_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "scenarios/declarations.h"
#include "scenarios/json_reader.h"

namespace scenarios {

// Reports all that is wrong with `value` and below it.
void check_declared(const JsonValue& value, const ObjectDecl& decl, ProblemList& problems);

// Whether a single value (no object, no list) has the declared form and range.
absl::Status check_scalar(const JsonValue& value, const KeyDecl& key);

// Kafka's rule for the names of topics, used for all names: Topic.validate.
absl::Status check_name(std::string_view name);

}  // namespace scenarios

#endif  // SCENARIOS_DECLARED_CHECK_H_
