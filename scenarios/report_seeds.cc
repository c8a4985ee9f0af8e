// SPDX-License-Identifier: Apache-2.0
//
// The summary of many seeds.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "scenarios/campaign.h"
#include "scenarios/expectations.h"
#include "scenarios/format.h"

namespace scenarios {

namespace {

using State = CheckedExpectation::State;

// A figure over all seeds, sorted; each value with its seed.
struct Spread {
  std::string name;
  MetricUnit unit{};
  bool more_is_worse = true;
  std::vector<std::pair<int64_t, uint64_t>> values;
  int64_t rank(size_t percent) const { return values[(values.size() - 1) * percent / 100].first; }
  uint64_t worst_seed() const { return more_is_worse ? values.back().second : values.front().second; }
};

std::vector<Spread> spreads_of(const std::vector<RunResult>& results) {
  std::vector<Spread> spreads;
  for (const RunResult& result : results) {
    for (size_t i = 0; i < result.figures.size(); ++i) {
      const Figure& figure = result.figures[i];
      if (i == spreads.size()) spreads.push_back({figure.name, figure.unit, figure.unit != MetricUnit::kRate, {}});
      spreads[i].values.emplace_back(figure.value, result.seed);
    }
  }
  for (Spread& spread : spreads) std::sort(spread.values.begin(), spread.values.end());
  return spreads;
}

std::string reason_of(const RunResult& result) {
  if (result.violation) return std::string(result.violation->invariant) + ": " + result.violation->text;
  if (!result.stalled.empty()) return result.stalled;
  for (const CheckedExpectation& checked : result.expectations) {
    if (checked.state != State::kHolds) return checked.expectation.text + "  is " + checked.actual;
  }
  return std::string(name_of(result.outcome));
}

}  // namespace

std::string summary_text(const Scenario& scenario, const std::vector<RunResult>& results,
                         int64_t wall_nanos, bool color) {
  if (results.empty()) return "no seed was run to its end\n";
  int64_t passed = 0;
  sim::Duration simulated;
  for (const RunResult& result : results) {
    passed += result.outcome == Outcome::kPassed;
    simulated += result.simulated;
  }
  std::string out = fmt::format("{}  seeds {}..{}  {} simulated in {} ({}x)\n\n", scenario.name,
                                results.front().seed, results.back().seed, text_of(simulated),
                                text_of(sim::Duration::nanos(wall_nanos)),
                                with_commas(simulated.nanos() / std::max<int64_t>(1, wall_nanos)));
  out += fmt::format("  {:<26} {:>12} {:>12} {:>12} {:>12}   worst seed\n", "", "min", "median", "p99", "max");
  for (const Spread& spread : spreads_of(results)) {
    auto text = [&](int64_t value) { return value_text(spread.unit, value); };
    bool varies = spread.values.front().first != spread.values.back().first;
    out += fmt::format("  {:<26} {:>12} {:>12} {:>12} {:>12}   {}\n", spread.name, text(spread.values.front().first),
                       text(spread.rank(50)), text(spread.rank(99)), text(spread.values.back().first),
                       varies ? std::to_string(spread.worst_seed()) : "-");
  }
  out += "\n";
  for (size_t i = 0; i < scenario.expect.size(); ++i) {
    auto holds = [&](const RunResult& r) { return i < r.expectations.size() && r.expectations[i].state == State::kHolds; };
    int64_t n = std::count_if(results.begin(), results.end(), holds);
    out += fmt::format("  {}  {:<46} {} of {} seeds\n", n == static_cast<int64_t>(results.size()) ? "PASS" : "FAIL",
                       scenario.expect[i].text, n, results.size());
  }
  size_t shown = 0;
  for (const RunResult& result : results) {
    if (result.outcome == Outcome::kPassed || ++shown > 10) continue;
    out += fmt::format("  seed {}: {}\n      replay: ./faultline run {} --seed {}\n", result.seed, reason_of(result),
                       scenario.file, result.seed);
  }
  if (shown > 10) out += fmt::format("  ... and {} more seeds\n", shown - 10);
  std::string verdict = passed == static_cast<int64_t>(results.size()) ? "PASS" : std::string(name_of(worst_of(results)));
  if (color) verdict = fmt::format("\x1b[{};1m{}\x1b[0m", verdict == "PASS" ? 32 : 31, verdict);
  return out + fmt::format("  verdict: {}  ({} of {} seeds hold)\n", verdict, passed, results.size());
}

std::string summary_json(const Scenario& scenario, const std::vector<RunResult>& results) {
  nlohmann::ordered_json json = {{"scenario", scenario.name}, {"file", scenario.file}, {"seeds", nlohmann::ordered_json::array()}};
  for (const RunResult& result : results) {
    nlohmann::ordered_json seed = {{"seed", result.seed}, {"outcome", std::string(name_of(result.outcome))},
                                   {"digest", fmt::format("{:016x}", result.digest)}, {"events", result.events}};
    for (const Figure& figure : result.figures) seed["figures"][figure.name] = figure.value;
    if (result.outcome != Outcome::kPassed) seed["why"] = reason_of(result);
    json["seeds"].push_back(std::move(seed));
  }
  json["outcome"] = std::string(name_of(worst_of(results)));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace scenarios
