// SPDX-License-Identifier: Apache-2.0
//
// Scripts: what is done to a real cluster and to a simulated one alike. README.md has the steps.
//
// Each side reduces what happened to lines, the normal form: the answer to each step, the states
// that each partition has been in, and what each replica has on its disk at the end.

#ifndef TESTS_CONFORMANCE_CLUSTER_SCRIPT_H_
#define TESTS_CONFORMANCE_CLUSTER_SCRIPT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace conformance {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;

struct Script {
  std::string file;
  std::string name;
  Json config = Json::object();  // Kafka's keys, of all nodes.
  Json steps = Json::array();
  // Why the simulator cannot take part yet; empty: it can.
  std::string pending;
};

// All of scripts/, those with the same config beside each other, so that they share a cluster. A
// file that is no script is a failure of the test.
std::vector<Script> all_scripts();
// The verb of a step: its first key.
std::string verb_of(const Json& step);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_CLUSTER_SCRIPT_H_
