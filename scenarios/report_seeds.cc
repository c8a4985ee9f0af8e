// SPDX-License-Identifier: Apache-2.0
//
// The summary of many seeds.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "scenarios/campaign.h"
#include "scenarios/expectations.h"
#include "scenarios/format.h"
#include "scenarios/report.h"
#include "scenarios/report_parts.h"
#include "scenarios/seed_spread.h"

namespace scenarios {

namespace {

using State = CheckedExpectation::State;

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

std::string of_seeds(size_t some, size_t all) { return fmt::format("{} of {} seeds", some, all); }

std::string promises_of(const std::vector<RunResult>& results) {
  auto broken = std::count_if(results.begin(), results.end(),
                              [](const RunResult& r) { return r.broken_promises > 0; });
  if (broken == 0) return {};
  size_t kept = results.size() - static_cast<size_t>(broken);
  return fmt::format("  FAIL  {:<46} {}\n", "no broken promises", of_seeds(kept, results.size()));
}

// Each kind with its permission: how many in all, and in how many seeds.
std::string anomalies_of(const std::vector<RunResult>& results) {
  std::map<std::tuple<models::AnomalyKind, std::string, std::string>, std::pair<int64_t, size_t>>
      all;
  for (const RunResult& result : results) {
    for (const models::AnomalyCount& count : result.anomaly_counts) {
      auto& [total, seeds] = all[{count.kind, count.reader, count.permitted_by}];
      total += count.total;
      ++seeds;
    }
  }
  std::string out;
  for (const auto& [key, sum] : all) {
    const auto& [kind, reader, permitted_by] = key;
    out +=
        wrapped(fmt::format(
                    "  {}{} {} in {}: {}", name_of(kind), reader.empty() ? "" : " (" + reader + ")",
                    with_commas(sum.first), of_seeds(sum.second, results.size()),
                    permitted_by.empty() ? "BROKEN PROMISE" : "permitted by " + permitted_by),
                8) +
        "\n";
  }
  return out.empty() ? out : out + "\n";
}

std::string warnings_of(const std::vector<RunResult>& results) {
  constexpr size_t kMostShown = 10;
  std::map<std::string, size_t> seeds;
  for (const RunResult& result : results) {
    std::set<std::string> once(result.warnings.begin(), result.warnings.end());
    for (const std::string& warning : once) ++seeds[warning];
  }
  std::vector<std::pair<std::string, size_t>> all(seeds.begin(), seeds.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (size_t i = 0; i < std::min(all.size(), kMostShown); ++i) {
    std::string line =
        fmt::format("  WARN  {}  ({})", all[i].first, of_seeds(all[i].second, results.size()));
    out += wrapped(line, 8) + "\n";
  }
  if (all.size() > kMostShown)
    out += fmt::format("  ... and {} more warnings\n", all.size() - kMostShown);
  return out;
}

std::string failures_of(const Scenario& scenario, const std::vector<RunResult>& results,
                        const Replay& replay) {
  std::string out;
  size_t shown = 0;
  for (const RunResult& result : results) {
    if (result.outcome == Outcome::kPassed || ++shown > 10) continue;
    out += wrapped(fmt::format("  seed {}: {}", result.seed, reason_of(result)), 6) + "\n";
    out += "      replay: " + replay_command(scenario, result.seed, replay) + "\n";
  }
  return shown > 10 ? out + fmt::format("  ... and {} more seeds\n", shown - 10) : out;
}

}  // namespace

std::string summary_text(const Scenario& scenario, const std::vector<RunResult>& results,
                         const SummaryOptions& options) {
  std::vector<RunResult> finished;
  std::copy_if(results.begin(), results.end(), std::back_inserter(finished), was_run);
  size_t interrupted = results.size() - finished.size();
  size_t not_begun = std::max(options.asked, results.size()) - results.size();
  std::string cut = interrupted == 0 ? "" : fmt::format(", {} interrupted", interrupted);
  if (not_begun > 0) cut += fmt::format(", {} never started", not_begun);
  if (finished.empty()) return "no seed was run to its end" + cut + "\n";
  int64_t passed = 0;
  sim::Duration simulated;
  for (const RunResult& result : finished) {
    passed += result.outcome == Outcome::kPassed;
    simulated += result.simulated;
  }
  std::string out = fmt::format(
      "{}  seeds {}..{}  {} simulated in {} ({}x)\n", scenario.name, finished.front().seed,
      finished.back().seed, text_of(simulated), text_of(sim::Duration::nanos(options.wall_nanos)),
      with_commas(simulated.nanos() / std::max<int64_t>(1, options.wall_nanos)));
  for (const std::string& note : scenario.notes) out += wrapped("  note: " + note, 8) + "\n";
  out += "\n" + table_of(finished) + anomalies_of(finished) + expectations_of(scenario, finished) +
         promises_of(finished) + warnings_of(finished) +
         failures_of(scenario, finished, options.replay);
  Outcome worst = not_begun > 0 && worst_of(results) == Outcome::kPassed ? Outcome::kInterrupted
                                                                         : worst_of(results);
  std::string verdict(name_of(worst));
  if (options.color)
    verdict = fmt::format("\x1b[{};1m{}\x1b[0m", worst == Outcome::kPassed ? 32 : 31, verdict);
  return out + fmt::format("  verdict: {}  ({} of {} seeds hold{})\n", verdict, passed,
                           finished.size(), cut);
}

}  // namespace scenarios
