// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/hunt_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/common/marks.h"
#include "models/common/mutations.h"
#include "scenarios/fault_catalogue.h"
#include "scenarios/format.h"
#include "scenarios/hunt/fault_gen.h"
#include "scenarios/report_parts.h"
#include "scenarios/shell_words.h"

namespace scenarios {

namespace {

struct Range {
  int64_t least = 0, median = 0, most = 0;
};

Range range_of(const std::vector<SeedRun>& runs, int64_t SeedRun::*member) {
  std::vector<int64_t> values;
  for (const SeedRun& run : runs) values.push_back(run.*member);
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values.back()};
}

struct Measure {
  const char* name;
  int64_t SeedRun::*member;
};
constexpr Measure kMeasures[] = {
    {"events", &SeedRun::events},
    {"elections", &SeedRun::elections},
    {"isr changes", &SeedRun::isr_changes},
    {"faults that bit", &SeedRun::bites},
    {"acknowledged", &SeedRun::acknowledged},
};

// Feature -> seeds that had it; kinds of faults that hunts draw are there even if none had them.
std::map<std::string, int64_t> coverage_of(const HuntResult& result) {
  std::map<std::string, int64_t> seeds;
  for (const FaultCard& card : fault_catalogue()) {
    if (harm_of(card.name)) seeds["fault " + std::string(card.name)] = 0;
  }
  for (const SeedRun& run : result.runs) {
    for (const std::string& feature : run.features) ++seeds[feature];
  }
  return seeds;
}

// (kind, permission) -> seeds, records.
std::map<std::pair<std::string, std::string>, std::pair<int64_t, int64_t>> permitted_in(
    const HuntResult& result) {
  std::map<std::pair<std::string, std::string>, std::pair<int64_t, int64_t>> all;
  for (const SeedRun& run : result.runs) {
    for (const auto& [what, records] : run.permitted) {
      ++all[what].first;
      all[what].second += records;
    }
  }
  return all;
}

std::string findings_text(const HuntResult& result, const HuntReportOptions& options) {
  std::string out;
  for (size_t i = 0; i < result.findings.size(); ++i) {
    const Finding& finding = result.findings[i];
    const SeedRun& first = result.runs[finding.runs[0]];
    out += fmt::format("  FOUND  {}  ({} of {} seeds, first {})\n", finding.signature,
                       finding.runs.size(), result.runs.size(), first.seed);
    out += wrapped("         " + first.reason, 9) + "\n";
    if (i >= options.saved.size()) {
      out += fmt::format("         not saved; again: {} hunt --seeds {}..{} and the same options\n",
                         options.program, first.seed, first.seed);
      continue;
    }
    const SavedFinding& saved = options.saved[i];
    out += fmt::format("         replay: {} run {}\n", options.program, shell_quote(saved.file));
    if (saved.small.empty()) continue;
    out += fmt::format("         shrunk: {} run {}  ({} edits in {} runs{})\n", options.program,
                       shell_quote(saved.small), saved.steps, saved.runs,
                       saved.complete ? "" : ", not to the end");
  }
  return out.empty() ? out : out + "\n";
}

std::string coverage_text(const HuntResult& result) {
  std::map<std::string, std::string> lines;
  for (const auto& [feature, seeds] : coverage_of(result)) {
    size_t space = feature.find(' ');
    std::string& line = lines[feature.substr(0, space)];
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", feature.substr(space + 1), seeds);
    // A number needs a mark between it and its count.
    if (std::isdigit(static_cast<unsigned char>(feature[space + 1])) != 0)
      line.insert(line.rfind(' '), ":");
  }
  std::string out = "  took part, in seeds\n";
  for (const auto& [kind, line] : lines)
    out += wrapped(fmt::format("    {:<20} {}", kind, line), 25) + "\n";
  return out;
}

struct MarkReach {
  std::string_view name;
  int64_t seeds = 0;
  int64_t count = 0;
};

std::vector<MarkReach> marks_of(const HuntResult& result) {
  std::vector<MarkReach> reached;
  for (int i = 0; i < models::kMarkCount; ++i) {
    MarkReach& mark = reached.emplace_back(MarkReach{name_of(static_cast<models::Mark>(i))});
    for (const SeedRun& run : result.runs) {
      int64_t count = run.marks[static_cast<size_t>(i)];
      mark.seeds += count > 0;
      mark.count += count;
    }
  }
  return reached;
}

std::string marks_text(const HuntResult& result, bool all) {
  std::vector<MarkReach> marks = marks_of(result);
  std::string never, each;
  int64_t reached = 0;
  for (const MarkReach& mark : marks) {
    reached += mark.count > 0;
    if (mark.count == 0) never += fmt::format("{}{}", never.empty() ? "" : ", ", mark.name);
    each += fmt::format("    {:<36} {:>8} {:>12}\n", mark.name, with_commas(mark.seeds),
                        with_commas(mark.count));
  }
  std::string out = fmt::format("\n  marks: {} of {} reached\n", reached, marks.size());
  if (!never.empty()) out += wrapped("    never: " + never, 11) + "\n";
  if (all) out += fmt::format("    {:<36} {:>8} {:>12}\n{}", "", "seeds", "times", each);
  return out;
}

}  // namespace

std::string hunt_text(const HuntResult& result, const HuntReportOptions& options) {
  if (result.runs.empty()) return "no seed was run to its end\n";
  int64_t simulated = 0, failed = 0;
  for (const SeedRun& run : result.runs) {
    simulated += run.simulated_nanos;
    failed += !run.signature.empty();
  }
  int64_t count = static_cast<int64_t>(result.runs.size());
  std::string out =
      fmt::format("hunt  seeds {}..{}  {} simulated in {}, {} a seed\n\n", result.runs.front().seed,
                  result.runs.back().seed, text_of(sim::Duration::nanos(simulated)),
                  text_of(sim::Duration::nanos(options.wall_nanos)),
                  text_of(sim::Duration::nanos(options.wall_nanos / count)));
  out += findings_text(result, options);
  for (const auto& [what, counted] : permitted_in(result))
    out += fmt::format("  {} {} in {} seeds: permitted by {}\n", what.first,
                       with_commas(counted.second), counted.first, what.second);
  out += fmt::format("\n  {:<20} {:>10} {:>10} {:>10}\n", "of each seed", "min", "median", "max");
  for (const Measure& measure : kMeasures) {
    Range range = range_of(result.runs, measure.member);
    out += fmt::format("  {:<20} {:>10} {:>10} {:>10}\n", measure.name, with_commas(range.least),
                       with_commas(range.median), with_commas(range.most));
  }
  out += "\n" + coverage_text(result) + marks_text(result, options.marks);
  std::string verdict = failed > 0 ? "FAIL" : options.interrupted ? "INTERRUPTED" : "PASS";
  int color = failed > 0 ? 31 : options.interrupted ? 33 : 32;
  if (options.color) verdict = fmt::format("\x1b[{};1m{}\x1b[0m", color, verdict);
  size_t left = std::max(options.asked, result.runs.size()) - result.runs.size();
  return out + fmt::format("\n  verdict: {}  ({} of {} seeds hold{})\n", verdict, count - failed,
                           count, left == 0 ? "" : fmt::format(", {} not run", left));
}

std::string hunt_json(const HuntResult& result, const HuntReportOptions& options) {
  Json all = Json::object();
  all["asked"] = options.asked;
  all["seeds"] = result.runs.size();
  int64_t held = std::count_if(result.runs.begin(), result.runs.end(),
                               [](const SeedRun& run) { return run.signature.empty(); });
  all["held"] = held;
  all["interrupted"] = options.interrupted;
  all["findings"] = Json::array();
  for (size_t i = 0; i < result.findings.size(); ++i) {
    const Finding& finding = result.findings[i];
    Json one{{"signature", finding.signature},
             {"outcome", name_of(result.runs[finding.runs[0]].outcome)},
             {"reason", result.runs[finding.runs[0]].reason}};
    for (size_t run : finding.runs) one["seeds"].push_back(result.runs[run].seed);
    if (i < options.saved.size()) {
      one["file"] = options.saved[i].file;
      if (!options.saved[i].small.empty()) one["shrunk"] = options.saved[i].small;
    }
    all["findings"].push_back(std::move(one));
  }
  all["permitted"] = Json::array();
  for (const auto& [what, counted] : permitted_in(result)) {
    all["permitted"].push_back({{"kind", what.first},
                                {"by", what.second},
                                {"seeds", counted.first},
                                {"records", counted.second}});
  }
  for (const Measure& measure : kMeasures) {
    if (result.runs.empty()) break;
    Range range = range_of(result.runs, measure.member);
    all["per_seed"][measure.name] = {
        {"min", range.least}, {"median", range.median}, {"max", range.most}};
  }
  all["coverage"] = coverage_of(result);
  for (const MarkReach& mark : marks_of(result))
    all["marks"][std::string(mark.name)] = {{"seeds", mark.seeds}, {"times", mark.count}};
  for (const SeedRun& run : result.runs)
    all["digests"].push_back(fmt::format("{:016x}", run.digest));
  return all.dump(2);
}

std::string museum_text(const std::vector<MuseumFind>& finds) {
  std::string out = fmt::format("{:<14} {:>6}  {}\n", "mutation", "seeds", "found by");
  for (const MuseumFind& find : finds) {
    out += find.found ? fmt::format("{:<14} {:>6}  {} (seed {})\n", find.mutation, find.seeds,
                                    find.found->signature, find.found->seed)
                      : fmt::format("{:<14} {:>6}  not found\n", find.mutation, find.seeds);
  }
  return out;
}

std::string museum_json(const std::vector<MuseumFind>& finds) {
  Json all = Json::array();
  for (const MuseumFind& find : finds) {
    Json one{{"mutation", find.mutation}, {"found", find.found.has_value()}, {"seeds", find.seeds}};
    if (find.found) one.update({{"seed", find.found->seed}, {"signature", find.found->signature}});
    all.push_back(std::move(one));
  }
  return all.dump(2);
}

}  // namespace scenarios
