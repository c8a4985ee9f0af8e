// SPDX-License-Identifier: Apache-2.0
//
// The messages that a fault can name, from the one list in models/protocol/message.h.

#ifndef SCENARIOS_MESSAGE_NAMES_H_
#define SCENARIOS_MESSAGE_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace scenarios {

// As a file may write them, sorted: "AlterPartition", "AlterPartitionRequest", ...
std::vector<std::string> names_of_messages();
// "AlterPartition" stands for its request. Not found: InvalidArgument, with the nearest name.
absl::StatusOr<std::string> message_named(std::string_view name);

}  // namespace scenarios

#endif  // SCENARIOS_MESSAGE_NAMES_H_
