// SPDX-License-Identifier: Apache-2.0
//
// The summary of many seeds.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "scenarios/campaign.h"
#include "scenarios/expectations.h"
#include "scenarios/format.h"
#include "scenarios/report.h"
#include "scenarios/report_parts.h"

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
  uint64_t worst_seed() const {
    return more_is_worse ? values.back().second : values.front().second;
  }
};

bool was_run(const RunResult& result) { return result.outcome != Outcome::kInterrupted; }

// A run that was not audited has fewer figures than others.
std::vector<Spread> spreads_of(const std::vector<RunResult>& results) {
  std::vector<Spread> spreads;
  for (const RunResult& result : results) {
    for (const Figure& figure : result.figures) {
      auto same = std::find_if(spreads.begin(), spreads.end(),
                               [&](const Spread& spread) { return spread.name == figure.name; });
      if (same == spreads.end())
        same = spreads.insert(spreads.end(),
                              {figure.name, figure.unit, figure.unit != MetricUnit::kRate, {}});
      same->values.emplace_back(figure.value, result.seed);
    }
  }
  for (Spread& spread : spreads) std::sort(spread.values.begin(), spread.values.end());
  return spreads;
}

std::string reason_of(const RunResult& result) {
  if (result.violation)
    return std::string(result.violation->invariant) + ": " + result.violation->text;
  if (!result.stalled.empty()) return result.stalled;
  for (State state : {State::kBroken, State::kUnknown}) {
    for (const CheckedExpectation& checked : result.expectations) {
      if (checked.state == state) return checked.expectation.text + "  is " + checked.actual;
    }
  }
  return std::string(name_of(result.outcome));
}

std::string table_of(const std::vector<RunResult>& results) {
  std::string out = fmt::format("  {:<26} {:>12} {:>12} {:>12} {:>12}   worst seed\n", "", "min",
                                "median", "p99", "max");
  for (const Spread& spread : spreads_of(results)) {
    auto text = [&](int64_t value) { return value_text(spread.unit, value); };
    bool varies = spread.values.front().first != spread.values.back().first;
    out += fmt::format("  {:<26} {:>12} {:>12} {:>12} {:>12}   {}\n", spread.name,
                       text(spread.values.front().first), text(spread.rank(50)),
                       text(spread.rank(99)), text(spread.values.back().first),
                       varies ? std::to_string(spread.worst_seed()) : "-");
  }
  return out + "\n";
}

std::string expectations_of(const Scenario& scenario, const std::vector<RunResult>& results) {
  std::string out;
  for (size_t i = 0; i < scenario.expect.size(); ++i) {
    auto count = [&](State state) {
      return std::count_if(results.begin(), results.end(), [&](const RunResult& r) {
        return i < r.expectations.size() && r.expectations[i].state == state;
      });
    };
    int64_t holds = count(State::kHolds), unknown = count(State::kUnknown);
    bool all = holds == static_cast<int64_t>(results.size());
    out += fmt::format("  {}  {:<46} {} of {} seeds{}\n",
                       all                         ? "PASS"
                       : count(State::kBroken) > 0 ? "FAIL"
                                                   : "????",
                       scenario.expect[i].text, holds, results.size(),
                       unknown > 0 ? fmt::format(", {} not judged", unknown) : "");
  }
  return out;
}

std::string failures_of(const Scenario& scenario, const std::vector<RunResult>& results,
                        std::string_view replay_arguments) {
  std::string out;
  size_t shown = 0;
  for (const RunResult& result : results) {
    if (result.outcome == Outcome::kPassed || ++shown > 10) continue;
    out += wrapped(fmt::format("  seed {}: {}", result.seed, reason_of(result)), 6) + "\n";
    out += "      replay: " + replay_command(scenario, result.seed, replay_arguments) + "\n";
  }
  return shown > 10 ? out + fmt::format("  ... and {} more seeds\n", shown - 10) : out;
}

}  // namespace

std::string summary_text(const Scenario& scenario, const std::vector<RunResult>& results,
                         int64_t wall_nanos, bool color, std::string_view replay_arguments) {
  std::vector<RunResult> finished;
  std::copy_if(results.begin(), results.end(), std::back_inserter(finished), was_run);
  size_t interrupted = results.size() - finished.size();
  std::string cut = interrupted == 0 ? "" : fmt::format(", {} interrupted", interrupted);
  if (finished.empty()) return "no seed was run to its end" + cut + "\n";
  int64_t passed = 0;
  sim::Duration simulated;
  for (const RunResult& result : finished) {
    passed += result.outcome == Outcome::kPassed;
    simulated += result.simulated;
  }
  std::string out = fmt::format("{}  seeds {}..{}  {} simulated in {} ({}x)\n", scenario.name,
                                finished.front().seed, finished.back().seed, text_of(simulated),
                                text_of(sim::Duration::nanos(wall_nanos)),
                                with_commas(simulated.nanos() / std::max<int64_t>(1, wall_nanos)));
  for (const std::string& note : scenario.notes) out += wrapped("  note: " + note, 8) + "\n";
  out += "\n" + table_of(finished) + expectations_of(scenario, finished) +
         failures_of(scenario, finished, replay_arguments);
  Outcome worst = worst_of(results);
  std::string verdict(name_of(worst));
  if (color)
    verdict = fmt::format("\x1b[{};1m{}\x1b[0m", worst == Outcome::kPassed ? 32 : 31, verdict);
  return out + fmt::format("  verdict: {}  ({} of {} seeds hold{})\n", verdict, passed,
                           finished.size(), cut);
}

std::string summary_json(const Scenario& scenario, const std::vector<RunResult>& results) {
  nlohmann::ordered_json json = {{"scenario", scenario.name},
                                 {"file", scenario.file},
                                 {"seeds", nlohmann::ordered_json::array()}};
  for (const RunResult& result : results) {
    nlohmann::ordered_json seed = {{"seed", result.seed},
                                   {"outcome", std::string(name_of(result.outcome))},
                                   {"digest", fmt::format("{:016x}", result.digest)},
                                   {"events", result.events}};
    // Of a run that was cut off they are not those of the scenario.
    if (was_run(result)) {
      for (const Figure& figure : result.figures) seed["figures"][figure.name] = figure.value;
    }
    if (result.outcome != Outcome::kPassed && was_run(result)) seed["why"] = reason_of(result);
    json["seeds"].push_back(std::move(seed));
  }
  json["interrupted"] =
      results.size() - static_cast<size_t>(std::count_if(results.begin(), results.end(), was_run));
  json["outcome"] = std::string(name_of(worst_of(results)));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace scenarios
