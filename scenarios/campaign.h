// SPDX-License-Identifier: Apache-2.0
//
// One scenario over many seeds, on several threads; each run is a world of its own, so the results
// do not depend on the number of threads.

#ifndef SCENARIOS_CAMPAIGN_H_
#define SCENARIOS_CAMPAIGN_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/report.h"
#include "scenarios/run.h"
#include "scenarios/run_result.h"

namespace scenarios {

struct CampaignOptions {
  uint64_t first_seed = 1;
  uint64_t last_seed = 1;
  int32_t jobs = 1;
  RunOptions run;
  const std::atomic<bool>* stop = nullptr;
  // Called after each run, from one thread at a time.
  std::function<void(size_t done, size_t all)> on_progress;
};

// The results of all seeds that were run, in order of the seed. Timelines are dropped.
std::vector<RunResult> run_seeds(std::shared_ptr<const Scenario> scenario,
                                 const CampaignOptions& options);

// What a summary of seeds says beside the results.
struct SummaryOptions {
  int64_t wall_nanos = 0;
  bool color = false;
  Replay replay;
  size_t asked = 0;  // Seeds that were to be run; 0: as many as there are results.
};
// A page: how many seeds hold, what failed, the anomalies and warnings of all, and each figure's
// min, median, p99 and max with the seed of the worst. Runs that were interrupted are counted, and
// judged in nothing; so are those that never started.
std::string summary_text(const Scenario& scenario, const std::vector<RunResult>& results,
                         const SummaryOptions& options);
std::string summary_json(const Scenario& scenario, const std::vector<RunResult>& results,
                         const SummaryOptions& options = {});
// How often each mark was reached in all of them.
MarkCounts marks_of(const std::vector<RunResult>& results);
// The gravest outcome of all; kInterrupted only if all others passed.
Outcome worst_of(const std::vector<RunResult>& results);

}  // namespace scenarios

#endif  // SCENARIOS_CAMPAIGN_H_
