// SPDX-License-Identifier: Apache-2.0

#include "scenarios/campaign.h"

#include <optional>
#include <utility>

#include "scenarios/parallel.h"

namespace scenarios {

namespace {

int gravity(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return 0;
    case Outcome::kInterrupted:
      return 1;  // It tells nothing, so any other verdict says more.
    case Outcome::kNotJudged:
      return 2;
    case Outcome::kFailed:
      return 3;
    case Outcome::kStalled:
      return 4;
    case Outcome::kInvariant:
      return 5;
  }
  return 5;
}

}  // namespace

std::vector<RunResult> run_seeds(std::shared_ptr<const Scenario> scenario,
                                 const CampaignOptions& options) {
  size_t all = static_cast<size_t>(options.last_seed - options.first_seed + 1);
  std::vector<std::optional<RunResult>> results(all);
  auto stop = [&] { return options.stop != nullptr && options.stop->load(); };
  auto work = [&](size_t i) {
    RunOptions run = options.run;
    run.seed = options.first_seed + i;
    results[i] = run_scenario(scenario, run, options.stop);
    results[i]->timeline.clear();
  };
  auto done = [&](size_t count) {
    if (options.on_progress) options.on_progress(count, all);
  };
  for_each_index(options.jobs, all, stop, work, done);
  std::vector<RunResult> finished;
  for (std::optional<RunResult>& result : results) {
    if (result) finished.push_back(*std::move(result));
  }
  return finished;
}

MarkCounts marks_of(const std::vector<RunResult>& results) {
  MarkCounts sum{};
  for (const RunResult& result : results) {
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += result.marks[i];
  }
  return sum;
}

Outcome worst_of(const std::vector<RunResult>& results) {
  Outcome worst = Outcome::kPassed;
  for (const RunResult& result : results) {
    if (gravity(result.outcome) > gravity(worst)) worst = result.outcome;
  }
  return worst;
}

}  // namespace scenarios
