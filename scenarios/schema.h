// SPDX-License-Identifier: Apache-2.0
//
// The JSON Schema (draft 2020-12) of scenario files, made from the declarations, so that editors
// complete and check as the loader does. The loader is stricter: references between parts are
// beyond a schema.

#ifndef SCENARIOS_SCHEMA_H_
#define SCENARIOS_SCHEMA_H_

#include <string>

namespace scenarios {

// The text of scenarios/schema/scenario.schema.json, with a newline at its end.
std::string scenario_schema_json();

}  // namespace scenarios

#endif  // SCENARIOS_SCHEMA_H_
