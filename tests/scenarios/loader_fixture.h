// SPDX-License-Identifier: Apache-2.0
//
// Scenario texts for the loader's tests: one that is whole, and one with a place for what is
// tested.

#ifndef TESTS_SCENARIOS_LOADER_FIXTURE_H_
#define TESTS_SCENARIOS_LOADER_FIXTURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader.h"

namespace scenarios {

// The example of the documentation.
inline constexpr std::string_view kLeaderCrash = R"({
  "$schema": "../schema/scenario.schema.json",
  "name": "leader_crash",
  "title": "A leader dies while everyone is busy",
  "why": "With acks=all and min.insync.replicas=2 the death of a leader costs seconds, and no acknowledged record.",
  "seed": 1,
  "duration": "60s",
  "cluster": { "brokers": 3, "controllers": 1, "coordination": "kraft",
               "config": { "replica.lag.time.max.ms": 30000 } },
  "topics": { "orders": { "partitions": 6, "replication.factor": 3, "config": { "min.insync.replicas": 2 } } },
  "producers": { "checkout": { "count": 2, "topic": "orders", "rate": "500/s",
                   "keys": { "distinct": 1000, "skew": "zipf" }, "value": { "size": "200B" },
                   "config": { "acks": "all", "enable.idempotence": true, "linger.ms": 5 } } },
  "consumers": { "billing": { "count": 3, "topics": ["orders"], "processing": "200us", "assignment": "static" } },
  "faults": [ { "at": "20s", "crash": "leader of orders-0", "for": "15s" } ],
  "expect": [ "lost == 0", "duplicated(billing) == 0", "reordered == 0",
              "unavailable(orders) <= 12s", "lag(billing) == 0 at end", "leader_changes(orders-0) >= 1" ]
})";

// A whole scenario on one line with `faults`, `expect` (both the inside of a list) and more
// members.
inline std::string scenario_with(std::string_view faults, std::string_view expect = "",
                                 std::string_view more = "") {
  return R"({"name": "t", "duration": "60s", "cluster": {"brokers": 3}, "topics": {"orders": )"
         R"({"partitions": 6, "replication.factor": 3}, "notes": {}}, "producers": {"checkout": )"
         R"({"topic": "orders", "rate": "5/s", "count": 2}}, "consumers": {"billing": {"topics": )"
         R"(["orders"], "assignment": "static", "count": 3}}, "faults": [)" +
         std::string(faults) + R"(], "expect": [)" + std::string(expect) + "]" + std::string(more) +
         "}";
}

inline std::vector<std::string> messages(const Loaded& loaded) {
  std::vector<std::string> messages;
  for (const Problem& problem : loaded.problems) messages.push_back(to_string(problem));
  return messages;
}

inline Loaded load_text(std::string_view text, const std::vector<Override>& overrides = {}) {
  return load_scenario_text(text, "my.json", overrides);
}

}  // namespace scenarios

#endif  // TESTS_SCENARIOS_LOADER_FIXTURE_H_
