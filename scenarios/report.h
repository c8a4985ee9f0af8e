// SPDX-License-Identifier: Apache-2.0
//
// A run's result as text for people, as JSON for programs, as JUnit XML for CI.

#ifndef SCENARIOS_REPORT_H_
#define SCENARIOS_REPORT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/run_result.h"
#include "scenarios/scenario.h"

namespace scenarios {

// How the run is started again.
struct Replay {
  std::string program = "./faultline";  // As it was called.
  std::string arguments;                // "--set /topics/orders/partitions=12" and the like.
};

struct ReportOptions {
  bool color = false;
  bool verbose = false;         // Every setting, every timeline entry.
  std::int64_t wall_nanos = 0;  // Real time of the run; 0: not shown.
  std::string trace_file;       // For "why: faultline explain FILE EVENT".
  Replay replay;
};

std::string text_report(const Scenario& scenario, const RunResult& result,
                        const ReportOptions& options);
// One JSON object, without a line end. Real time is left out, so it is the same for each run.
std::string json_report(const Scenario& scenario, const RunResult& result,
                        const ReportOptions& options);

struct JunitCase {
  const Scenario* scenario = nullptr;
  const RunResult* result = nullptr;
  int64_t wall_nanos = 0;  // 0: unknown.
  Replay replay;
};
// `result` null: it was not run, as the program was interrupted before.
std::string junit_report(const std::vector<JunitCase>& cases);

using Settings = std::vector<std::pair<std::string, std::string>>;  // Name and value.
// Every setting of a scenario, defaults included, as --set takes it: "/topics/orders/partitions"
// and "12". Given to the same scenario they change nothing.
Settings resolved_settings(const Scenario& scenario, uint64_t seed);
// What no scenario can set: the network, the disks and the cost of work.
Settings environment_settings();

// "./faultline run leader_crash.json --seed 7", quoted for a shell; `replay.arguments` come after
// the seed as they are.
std::string replay_command(const Scenario& scenario, uint64_t seed, const Replay& replay);

// "lost 12, reordered 3": what was promised and not kept; empty: all was kept.
std::string broken_promises_text(const RunResult& result);

// What a fault bit, in words: "2 leaderships lost, 14 messages dropped"; "nothing".
std::string bite_text(const FaultRun& fault);

}  // namespace scenarios

#endif  // SCENARIOS_REPORT_H_
