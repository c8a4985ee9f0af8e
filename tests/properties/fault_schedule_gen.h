// SPDX-License-Identifier: Apache-2.0
//
// Random fault schedules for a small cluster, as the JSON text of a scenario, so that what fails
// can be saved and replayed: faultline run FILE.
//
// The schedules keep what Kafka needs for its promise. It acknowledges before it flushes, so a
// broker that loses power loses the tail of its log: the promise then rests on the other members of
// the ISR. So a schedule holds at most one power_off, and beside it only faults that take no broker
// out of the ISR; else the last member of an ISR could be the one that loses power (KIP-966).

#ifndef TESTS_PROPERTIES_FAULT_SCHEDULE_GEN_H_
#define TESTS_PROPERTIES_FAULT_SCHEDULE_GEN_H_

#include <rapidcheck.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace tests {

// A fault as drawn: small numbers, which shrink well, and a text made of them.
struct DrawnFault {
  int verb = 0;
  int target = 0;
  int other = 0;
  int at_ms = 0;
  int lasts_ms = 1;
  int strength = 1;
};

struct DrawnSchedule {
  int seed = 1;
  std::vector<DrawnFault> faults;
  int fork_at_ms = 0;
};

// The scenario file.
std::string scenario_of(const DrawnSchedule& schedule);

rc::Gen<DrawnSchedule> any_schedule();

inline void showValue(const DrawnSchedule& schedule, std::ostream& out) {
  out << "fork at " << schedule.fork_at_ms << " ms of\n" << scenario_of(schedule);
}

}  // namespace tests

#endif  // TESTS_PROPERTIES_FAULT_SCHEDULE_GEN_H_
