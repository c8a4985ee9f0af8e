// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/hunt.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>

#include "scenarios/campaign.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/hunt/signature.h"
#include "scenarios/parallel.h"
#include "scenarios/run.h"
#include "scenarios/seed_spread.h"

namespace scenarios {

namespace {

int64_t figure(const RunResult& result, std::string_view name) {
  for (const Figure& figure : result.figures) {
    if (figure.name == name) return figure.value;
  }
  return 0;
}

std::string_view text_of(models::Acks acks) {
  switch (acks) {
    case models::Acks::kNone:
      return "0";
    case models::Acks::kLeader:
      return "1";
    case models::Acks::kAll:
      return "all";
  }
  return "?";
}

std::vector<std::string> features_of(const Scenario& scenario) {
  std::set<std::string> features;
  features.insert(fmt::format("brokers {}", scenario.cluster.brokers));
  features.insert(fmt::format("controllers {}", scenario.cluster.controllers));
  features.insert("class: " + scenario.title);
  for (const FaultPlan& fault : scenario.faults)
    features.insert("fault " + std::string(name_of(fault.verb)));
  if (scenario.faults.empty()) features.insert("fault none");
  for (const ProducerPlan& producer : scenario.producers)
    features.insert("acks " + std::string(text_of(producer.config.acks)));
  for (const TopicPlan& topic : scenario.topics) {
    features.insert(fmt::format("replicas {}", topic.replication_factor));
    features.insert(fmt::format("min.insync.replicas {}", topic.config.min_insync_replicas));
  }
  return {features.begin(), features.end()};
}

SeedRun summary_of(const Scenario& scenario, const RunResult& result) {
  SeedRun run;
  run.seed = result.seed;
  run.outcome = result.outcome;
  run.signature = signature_of(result);
  if (!run.signature.empty()) run.reason = reason_of(result);
  run.digest = result.digest;
  run.events = static_cast<int64_t>(result.events);
  run.elections = figure(result, "leader_changes");
  run.isr_changes = std::count_if(result.timeline.begin(), result.timeline.end(),
                                  [](const TimelineEntry& entry) { return entry.kind == "isr"; });
  run.bites = std::count_if(result.faults.begin(), result.faults.end(),
                            [](const FaultRun& fault) { return !fault.nothing(); });
  run.acknowledged = result.acknowledged;
  run.simulated_nanos = result.simulated.nanos();
  run.features = features_of(scenario);
  run.marks = result.marks;
  for (const models::AnomalyCount& count : result.anomaly_counts) {
    if (count.permitted_by.empty()) continue;
    run.permitted[{std::string(models::name_of(count.kind)), count.permitted_by}] += count.total;
  }
  return run;
}

int gravity(Outcome outcome) {
  return outcome == Outcome::kInvariant ? 0 : outcome == Outcome::kStalled ? 1 : 2;
}

std::vector<Finding> findings_of(const std::vector<SeedRun>& runs) {
  std::vector<Finding> findings;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].signature.empty()) continue;
    auto same = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.signature == runs[i].signature;
    });
    if (same == findings.end()) same = findings.insert(findings.end(), {runs[i].signature, {}});
    same->runs.push_back(i);
  }
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
    return gravity(runs[a.runs[0]].outcome) < gravity(runs[b.runs[0]].outcome);
  });
  return findings;
}

}  // namespace

SeedRun run_seed(uint64_t seed, const DrawOptions& options, const std::atomic<bool>* interrupted) {
  auto scenario = std::make_shared<Scenario>(must_load(draw_scenario(seed, options), "hunt"));
  return summary_of(*scenario, run_scenario(scenario, {}, interrupted));
}

HuntResult hunt(const HuntOptions& options) {
  size_t all = static_cast<size_t>(options.last_seed - options.first_seed + 1);
  std::vector<std::optional<SeedRun>> runs(all);
  auto work = [&](size_t i) {
    runs[i] = run_seed(options.first_seed + i, options.draw, options.interrupted);
  };
  for_each_index(options.jobs, all, options.stop, work,
                 [&](size_t done) { options.on_progress(done, all); });
  HuntResult result;
  for (std::optional<SeedRun>& run : runs) {
    if (run && run->outcome != Outcome::kInterrupted) result.runs.push_back(*std::move(run));
  }
  result.findings = findings_of(result.runs);
  return result;
}

MuseumFind find_mutation(const std::string& mutation, const HuntOptions& options) {
  DrawOptions with = options.draw;
  with.mutations = {mutation};
  MuseumFind find{mutation, std::nullopt, 0};
  for (uint64_t seed = options.first_seed; seed <= options.last_seed && !options.stop(); ++seed) {
    ++find.seeds;
    options.on_progress(static_cast<size_t>(find.seeds),
                        static_cast<size_t>(options.last_seed - options.first_seed + 1));
    SeedRun run = run_seed(seed, with, options.interrupted);
    if (run.signature.empty()) continue;
    if (!run_seed(seed, options.draw, options.interrupted).signature.empty()) continue;
    find.found = std::move(run);
    break;
  }
  return find;
}

}  // namespace scenarios
