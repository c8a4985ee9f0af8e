// SPDX-License-Identifier: Apache-2.0
//
// A step of a script as a message of the simulated protocol, and the answer in the same words as
// ScriptRequests.java finds for the real one.

#ifndef TESTS_CONFORMANCE_CLUSTER_REQUESTS_H_
#define TESTS_CONFORMANCE_CLUSTER_REQUESTS_H_

#include <optional>
#include <string>

#include "models/protocol/message.h"
#include "tests/conformance/cluster/script.h"

namespace conformance {

// "orders-0" is partition 0 of orders.
models::TopicPartition partition_of(const std::string& name);

// Is this a step that the simulator lacks and that changes the cluster? Then the script must wait.
bool changes_what_is_not_simulated(const Json& step);
// Nothing: such a request is not simulated. `first` numbers the first record of a produce.
std::optional<models::Message> request_of(const Json& step, int64_t first);
// Does this step ask a broker, about a partition? Else it asks the controller.
bool asks_a_replica(const std::string& verb);
std::string answer_of(const models::Message& reply);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_CLUSTER_REQUESTS_H_
