// SPDX-License-Identifier: Apache-2.0

#include "scenarios/campaign.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>

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
  std::atomic<size_t> next{0};
  std::mutex done_lock;
  size_t done = 0;
  std::atomic<bool> out_of_memory{false};
  auto run_some = [&] {
    for (size_t i = next++; i < all; i = next++) {
      if (options.stop != nullptr && options.stop->load()) return;
      RunOptions run = options.run;
      run.seed = options.first_seed + i;
      RunResult result = run_scenario(scenario, run, options.stop);
      result.timeline.clear();
      std::lock_guard<std::mutex> hold(done_lock);
      results[i] = std::move(result);
      ++done;
      if (options.on_progress) options.on_progress(done, all);
    }
  };
  // An exception must not leave a thread.
  auto work = [&] {
    try {
      run_some();
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
      next = all;
    }
  };
  std::vector<std::thread> threads;
  for (int32_t i = 1; i < options.jobs; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (out_of_memory) throw std::bad_alloc();
  std::vector<RunResult> finished;
  for (std::optional<RunResult>& result : results) {
    if (result) finished.push_back(*std::move(result));
  }
  return finished;
}

Outcome worst_of(const std::vector<RunResult>& results) {
  Outcome worst = Outcome::kPassed;
  for (const RunResult& result : results) {
    if (gravity(result.outcome) > gravity(worst)) worst = result.outcome;
  }
  return worst;
}

}  // namespace scenarios
