// SPDX-License-Identifier: Apache-2.0
//
// A hunt: many random scenarios, one a seed, and what they found. Results do not depend on the number
// of threads.

#ifndef SCENARIOS_HUNT_HUNT_H_
#define SCENARIOS_HUNT_HUNT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/hunt/scenario_gen.h"
#include "scenarios/hunt/shrink.h"
#include "scenarios/run_result.h"

namespace scenarios {

struct HuntOptions {
  uint64_t first_seed = 1;
  uint64_t last_seed = 200;
  int32_t jobs = 1;
  DrawOptions draw;
  std::function<bool()> stop = [] { return false; };  // Begins no further seed.
  const std::atomic<bool>* interrupted = nullptr;     // Ends the running ones too.
  std::function<void(size_t done, size_t all)> on_progress = [](size_t, size_t) {};
};

// What is kept of a seed.
struct SeedRun {
  uint64_t seed = 0;
  Outcome outcome = Outcome::kPassed;
  std::string signature;  // Empty: it holds.
  std::string reason;     // In a line.
  uint64_t digest = 0;
  int64_t events = 0, elections = 0, isr_changes = 0, bites = 0, acknowledged = 0;
  int64_t simulated_nanos = 0;
  // "fault crash", "brokers 3", "acks all", "class flushed": what took part.
  std::vector<std::string> features;
  MarkCounts marks{};
  // Records of each kind of anomaly that a setting permits: ("lost", "acks=1").
  std::map<std::pair<std::string, std::string>, int64_t> permitted;
};

// All runs that failed in the same way.
struct Finding {
  std::string signature;
  std::vector<size_t> runs;  // Indexes into HuntResult::runs, by seed.
};

struct HuntResult {
  std::vector<SeedRun> runs;      // By seed; those that were not run to their end are left out.
  std::vector<Finding> findings;  // The gravest first, then by their first seed.
};

SeedRun run_seed(uint64_t seed, const DrawOptions& options,
                 const std::atomic<bool>* interrupted = nullptr);
HuntResult hunt(const HuntOptions& options);

// A mutation and the first seed that shows it: it fails, and does not without the mutation.
struct MuseumFind {
  std::string mutation;
  std::optional<SeedRun> found;
  int64_t seeds = 0;  // That were needed, or tried in vain.
};
MuseumFind find_mutation(const std::string& mutation, const HuntOptions& options);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_HUNT_H_
