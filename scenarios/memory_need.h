// SPDX-License-Identifier: Apache-2.0
//
// How much memory a run of a scenario takes, about: all records stay in it, in the logs of the
// simulated brokers and in the judge's account.

#ifndef SCENARIOS_MEMORY_NEED_H_
#define SCENARIOS_MEMORY_NEED_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "scenarios/scenario.h"

namespace scenarios {

struct MemoryNeed {
  int64_t records = 0;
  int64_t bytes = 0;   // INT64_MAX: more.
  size_t largest = 0;  // The producer whose records need most.
  int64_t gigabytes() const { return bytes / 1'000'000'000; }
};

MemoryNeed memory_need(const Scenario& scenario);
std::string to_string(const MemoryNeed& need);  // "about 86,400,000 records need 70 GB of memory"

}  // namespace scenarios

#endif  // SCENARIOS_MEMORY_NEED_H_
