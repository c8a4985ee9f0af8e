// SPDX-License-Identifier: Apache-2.0
//
// The summary of many seeds, for programs: all that the text says, and what a report says of each
// seed. Units are in the names.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/campaign.h"
#include "scenarios/report_json.h"
#include "scenarios/seed_spread.h"

namespace scenarios {

namespace {

using Json = nlohmann::ordered_json;

// "unavailable_ns", "produce_latency_ns(p99)", "throughput_per_second", "lost".
std::string name_with_unit(std::string name, MetricUnit unit) {
  const char* suffix = unit == MetricUnit::kDuration ? "_ns"
                       : unit == MetricUnit::kRate   ? "_per_second"
                                                     : "";
  return name.insert(std::min(name.find('('), name.size()), suffix);
}

// Rates are kept in thousandths.
Json value_of(MetricUnit unit, int64_t value) {
  if (unit == MetricUnit::kRate) return static_cast<double>(value) / 1000;
  return value;
}

Json seed_of(const Scenario& scenario, const RunResult& result, const Replay& replay) {
  Json seed = {{"seed", result.seed},
               {"outcome", std::string(name_of(result.outcome))},
               {"exit_code", exit_code_of(result.outcome)},
               {"digest", digest_hex(result.digest)},
               {"events", result.events}};
  // Of a run that was cut off they are not those of the scenario.
  if (was_run(result)) {
    seed["figures"] = Json::object();
    for (const Figure& figure : result.figures)
      seed["figures"][name_with_unit(figure.name, figure.unit)] =
          value_of(figure.unit, figure.value);
    seed["expectations"] = Json::array();
    for (const CheckedExpectation& checked : result.expectations)
      seed["expectations"].push_back(json_of(checked));
    if (result.outcome != Outcome::kPassed) seed["why"] = reason_of(result);
  }
  seed["anomaly_counts"] = Json::array();
  for (const models::AnomalyCount& count : result.anomaly_counts)
    seed["anomaly_counts"].push_back(json_of(count));
  seed["broken_promises"] = result.broken_promises;
  seed["warnings"] = result.warnings;
  seed["replay"] = replay_command(scenario, result.seed, replay);
  return seed;
}

Json table_of(const std::vector<RunResult>& results) {
  Json table = Json::object();
  for (const Spread& spread : spreads_of(results)) {
    table[name_with_unit(spread.name, spread.unit)] = {
        {"min", value_of(spread.unit, spread.values.front().first)},
        {"median", value_of(spread.unit, spread.rank(50))},
        {"p99", value_of(spread.unit, spread.rank(99))},
        {"max", value_of(spread.unit, spread.values.back().first)},
        {"worst_seed", spread.worst_seed()},
        {"seeds", spread.values.size()}};
  }
  return table;
}

// How many of the seeds keep each expectation.
Json expectations_of(const Scenario& scenario, const std::vector<RunResult>& results) {
  using State = CheckedExpectation::State;
  Json list = Json::array();
  for (size_t i = 0; i < scenario.expect.size(); ++i) {
    auto count = [&](State state) {
      return std::count_if(results.begin(), results.end(), [&](const RunResult& r) {
        return i < r.expectations.size() && r.expectations[i].state == state;
      });
    };
    list.push_back({{"expectation", scenario.expect[i].text},
                    {"holds", count(State::kHolds)},
                    {"broken", count(State::kBroken)},
                    {"not_judged", count(State::kUnknown)}});
  }
  return list;
}

}  // namespace

std::string summary_json(const Scenario& scenario, const std::vector<RunResult>& results,
                         const SummaryOptions& options) {
  Json json = {{"scenario", scenario.name}, {"file", scenario.file}, {"notes", scenario.notes}};
  std::vector<RunResult> finished;
  std::copy_if(results.begin(), results.end(), std::back_inserter(finished), was_run);
  json["seeds"] = Json::array();
  for (const RunResult& result : results)
    json["seeds"].push_back(seed_of(scenario, result, options.replay));
  json["table"] = table_of(finished);
  json["expectations"] = expectations_of(scenario, finished);
  json["marks"] = json_of(marks_of(results));
  json["interrupted"] = results.size() - finished.size();
  json["never_started"] = std::max(options.asked, results.size()) - results.size();
  Outcome worst = worst_of(results);
  json["outcome"] = std::string(name_of(worst));
  json["exit_code"] = exit_code_of(worst);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace scenarios
