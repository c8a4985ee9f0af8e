// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/fault_catalogue.h"
#include "scenarios/format.h"
#include "scenarios/report.h"
#include "scenarios/report_parts.h"
#include "scenarios/shell_words.h"

namespace scenarios {

namespace {

using State = CheckedExpectation::State;

constexpr int64_t kAnomaliesShown = 5;  // Of a kind, reader and permission.
// Where the text of a timeline entry begins, and what comes after it.
constexpr size_t kEntryAt = 23;
constexpr size_t kUnderVerdict = 8;

// One line of the report's timeline.
struct Line {
  sim::SimTime at;
  size_t rank = 0;  // Of lines at the same time: faults first, each followed by what it bit.
  std::string kind;
  std::string text;
  std::string right;
  size_t entries = 1;  // Of the timeline, that it stands for.
};

class Text {
 public:
  Text(const Scenario& scenario, const RunResult& result, const ReportOptions& options)
      : scenario_(scenario), result_(result), options_(options) {}

  std::string write() {
    header();
    timeline();
    figures();
    anomalies();
    expectations();
    if (options_.verbose) marks();
    if (options_.verbose) settings();
    verdict();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    std::string text = fmt::format(format, std::forward<Args>(args)...);
    text.erase(text.find_last_not_of(' ') + 1);
    out_ += text + "\n";
  }
  // One line, or more with the rest `hang` columns in.
  void paragraph(std::string_view text, size_t hang) { line("{}", wrapped(text, hang)); }
  // `end` on the last line of `text`, or below if there is no room. `end` is never broken.
  void with_end(const std::string& text, size_t end_at, const std::string& end, size_t hang) {
    std::string lines = wrapped(text, hang);
    size_t last = columns_of(std::string_view(lines).substr(lines.rfind('\n') + 1));
    size_t room = kReportColumns - std::min(kReportColumns, last + columns_of(end));
    size_t gap = last < end_at ? end_at - last : 2;
    if (gap > room) gap = std::min<size_t>(gap, 2);  // Not in its column, but on the line.
    bool below = !end.empty() && gap > room;
    line("{}{}{}", lines, below ? "\n" + std::string(hang, ' ') : std::string(gap, ' '), end);
  }
  std::string paint(std::string_view text, std::string_view code) const {
    if (!options_.color) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }

  void header() {
    std::string speed;
    if (options_.wall_nanos > 0) {
      speed = fmt::format(" in {} ({}x)", text_of(sim::Duration::nanos(options_.wall_nanos)),
                          with_commas(result_.simulated.nanos() / options_.wall_nanos));
    }
    with_end(fmt::format("{}  seed {}  {} simulated{}  {} events", paint(scenario_.name, "1"),
                         result_.seed, text_of(result_.simulated), speed,
                         with_commas(static_cast<int64_t>(result_.events))),
             0, "digest " + digest_of(result_.digest), 2);
    if (!scenario_.title.empty()) paragraph("  " + scenario_.title, 2);
    if (!scenario_.why.empty()) paragraph("  why: " + scenario_.why, 7);
    for (const std::string& note : scenario_.notes) paragraph("  note: " + note, 8);
    line("");
  }

  void timeline() {
    std::vector<Line> lines;
    for (size_t i = 0; i < result_.faults.size(); ++i) {
      const FaultRun& fault = result_.faults[i];
      const FaultCard& card = card_of(scenario_.faults[static_cast<size_t>(fault.plan)].verb);
      bool lasts = card.keys.find(" for ") != std::string_view::npos;  // Else: done at once.
      std::string healed = fault.ended ? "healed " + clock_of(*fault.ended) : "to the end";
      if (!lasts) healed.clear();
      if (fault.waits && !fault.happened) healed = "did not happen";
      sim::SimTime at = fault.happened.value_or(fault.began);
      lines.push_back({at, 2 * i, "fault", fault.text, healed});
      lines.push_back({at, 2 * i + 1, "bit", bite_text(fault), ""});
    }
    add_events(lines);
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return std::tie(a.at, a.rank) < std::tie(b.at, b.rank);
    });
    if (!options_.verbose) merge_upkeep(lines);
    for (const Line& each : lines) {
      std::string at = each.kind == "bit" ? std::string(9, ' ') : clock_of(each.at);
      with_end(fmt::format("  {}  {:<9} {}", at, each.kind, each.text), kEntryAt + 41, each.right,
               kEntryAt);
    }
    if (!lines.empty()) line("");
  }

  // Retention and the cleaner go on all the time: of deletions, or cleanings, between which nothing
  // else happened, the first is told, and until when.
  static void merge_upkeep(std::vector<Line>& lines) {
    std::vector<Line> merged;
    size_t left_out = 0;
    auto tell_left_out = [&](sim::SimTime until) {
      if (left_out > 0)
        merged.back().text += fmt::format(", and {} more until {}", left_out, clock_of(until));
      left_out = 0;
    };
    for (size_t i = 0; i < lines.size(); ++i) {
      bool is_upkeep = lines[i].kind == "deleted" || lines[i].kind == "cleaned";
      bool is_more = i > 0 && is_upkeep && lines[i].kind == lines[i - 1].kind;
      if (is_more) {
        left_out += lines[i].entries;
      } else {
        if (i > 0) tell_left_out(lines[i - 1].at);
        merged.push_back(lines[i]);
      }
    }
    if (!lines.empty()) tell_left_out(lines.back().at);
    lines = std::move(merged);
  }

  // Entries of one moment, kind, direction and cause share a line, unless all are asked for.
  void add_events(std::vector<Line>& lines) {
    const std::vector<TimelineEntry>& all = result_.timeline;
    std::vector<bool> told(all.size(), false);
    for (size_t i = 0; i < all.size(); ++i) {
      if (told[i] || is_part_of_election(all[i])) continue;
      std::vector<std::string> others;
      for (size_t j = i + 1; j < all.size() && all[j].at - all[i].at < sim::Duration::millis(250);
           ++j) {
        bool alike = all[j].kind == all[i].kind && !told[j] && !options_.verbose &&
                     all[j].cause == all[i].cause && all[j].direction == all[i].direction &&
                     all[i].kind != "fenced" && all[i].kind != "unfenced" &&
                     !is_part_of_election(all[j]);
        if (!alike) continue;
        told[j] = true;
        others.push_back(all[j].subject);
      }
      std::string text = all[i].subject + (all[i].text.empty() ? "" : " " + all[i].text);
      if (!others.empty()) text += fmt::format(", and {} more", others.size());
      lines.push_back({all[i].at, SIZE_MAX, all[i].kind, text,
                       all[i].cause.empty() ? "" : "cause: " + all[i].cause, 1 + others.size()});
    }
  }

  // An election's own line shows its ISR.
  bool is_part_of_election(const TimelineEntry& entry) const {
    if (entry.kind != "isr") return false;
    return std::any_of(
        result_.timeline.begin(), result_.timeline.end(), [&](const TimelineEntry& other) {
          return other.kind == "election" && other.at == entry.at && other.subject == entry.subject;
        });
  }
  void figures() {
    // Of clients that were killed: nobody is left to know.
    int64_t unknown = result_.produced - result_.acknowledged - result_.failed;
    line("  produced {}   acknowledged {}   failed {}{}   consumed {}",
         with_commas(result_.produced), with_commas(result_.acknowledged),
         with_commas(result_.failed),
         unknown == 0 ? "" : "   never answered " + with_commas(unknown),
         with_commas(result_.consumed));
    const models::Latencies& l = result_.latencies;
    if (l.count > 0) {
      line("  produce latency   p50 {}   p99 {}   p99.9 {}   max {}", text_of(l.p50),
           text_of(l.p99), text_of(l.p999), text_of(l.max));
    }
    removals();
    line("");
  }

  // Neither lost nor a failure: "deleted by retention.ms 57,072   orders-0 before 57072".
  void removals() {
    constexpr size_t kMostPlaces = 3;
    const std::vector<models::RemovalCount>& all = result_.removals;
    std::vector<std::string> settings;
    for (const models::RemovalCount& removal : all) {
      if (std::find(settings.begin(), settings.end(), removal.by) == settings.end())
        settings.push_back(removal.by);
    }
    for (const std::string& setting : settings) {
      int64_t records = 0;
      size_t partitions = 0;
      std::string places;
      for (const models::RemovalCount& removal : all) {
        if (removal.by != setting) continue;
        records += removal.records;
        if (++partitions > kMostPlaces) continue;
        places += fmt::format("{}{} before {}", partitions == 1 ? "" : ", ",
                              to_string(removal.partition), removal.before.value());
      }
      if (partitions > kMostPlaces)
        places += fmt::format(", and {} more partitions", partitions - kMostPlaces);
      paragraph(fmt::format("  deleted by {} {}   {}", setting, with_commas(records), places), 8);
    }
  }

  void anomalies() {
    for (const models::AnomalyCount& count : result_.anomaly_counts) anomalies_of(count);
    if (!result_.chain.empty()) {
      paragraph("  because" + (result_.chain_of.empty() ? "" : " (" + result_.chain_of + ")"), 4);
      for (const std::string& step : result_.chain) {
        size_t event = std::min(step.rfind("  ["), step.size());
        std::string place = event == step.size() ? "" : step.substr(event + 2);
        with_end("    " + step.substr(0, event), 0, place, kEntryAt);
      }
    }
    if (!result_.anomaly_counts.empty() || !result_.chain.empty()) line("");
  }

  void anomalies_of(const models::AnomalyCount& count) {
    std::string reader = count.reader.empty() ? "" : fmt::format(" ({})", count.reader);
    paragraph(fmt::format("  {}{} {}: {}", name_of(count.kind), reader, with_commas(count.total),
                          count.permitted_by.empty() ? paint("BROKEN PROMISE", "31")
                                                     : "permitted by " + count.permitted_by),
              kUnderVerdict);
    int64_t told = 0;
    for (const models::Anomaly& anomaly : result_.anomalies) {
      bool listed = anomaly.kind == count.kind && anomaly.reader == count.reader &&
                    anomaly.permitted_by == count.permitted_by;
      if (!listed || told == kAnomaliesShown) continue;
      ++told;
      paragraph(fmt::format("        {}  {}", place_of(anomaly), account_of(anomaly)), 12);
    }
    if (count.total > told) line("        ... and {} more", with_commas(count.total - told));
  }

  void expectations() {
    for (const CheckedExpectation& checked : result_.expectations) expectation(checked);
    if (result_.broken_promises > 0) {
      with_end(fmt::format("  {}  no broken promises", paint("FAIL", "31")), kUnderVerdict + 43,
               broken_promises_text(result_), kUnderVerdict);
    }
    for (const std::string& warning : result_.warnings)
      paragraph(fmt::format("  {}  {}", paint("WARN", "33"), warning), kUnderVerdict);
    if (result_.violation) {
      line("  {}  {}  at {}, event {}", paint("INVARIANT", "31"), result_.violation->invariant,
           clock_of(result_.violation->at), result_.violation->event.value());
      paragraph(std::string(kUnderVerdict, ' ') + result_.violation->text, kUnderVerdict);
    }
    if (!result_.stalled.empty())
      paragraph(fmt::format("  {}  {}", paint("STALLED", "31"), result_.stalled), kUnderVerdict);
  }

  void expectation(const CheckedExpectation& checked) {
    std::string word = checked.state == State::kHolds    ? paint("PASS", "32")
                       : checked.state == State::kBroken ? paint("FAIL", "31")
                                                         : paint("????", "33");
    std::string indent(kUnderVerdict, ' ');
    with_end(fmt::format("  {}  {}", word, checked.expectation.text), kUnderVerdict + 43,
             checked.actual, kUnderVerdict);
    if (checked.state == State::kHolds) return told_.clear();
    bool again = checked.state == State::kUnknown && checked.why == told_;
    if (!checked.why.empty() && !again) paragraph(indent + checked.why, kUnderVerdict);
    told_ = checked.why;
    if (checked.event.value() == 0) return;
    std::string trace = options_.trace_file.empty() ? "run.db" : shell_quote(options_.trace_file);
    line("{}why: {}{} explain {} {}", indent,
         options_.trace_file.empty() ? "run again with --trace run.db, then: " : "",
         shell_quote(options_.replay.program), trace, checked.event.value());
  }

  void marks() {
    line("");
    line("  Marks: how often rare places in the code were reached (faultline marks explains them)");
    for (size_t i = 0; i < result_.marks.size(); ++i)
      line("  {:>12}  {}", with_commas(result_.marks[i]), name_of(static_cast<models::Mark>(i)));
  }

  void settings() {
    line("");
    line("  Settings, as --set takes them");
    for (const auto& [path, value] : resolved_settings(scenario_, result_.seed))
      line("  {}", shell_quote(path + "=" + value));
    line("  Not to be set");
    for (const auto& [name, value] : environment_settings()) line("  {} = {}", name, value);
    line("");
  }

  void verdict() {
    int64_t broken = 0, unknown = 0;
    for (const CheckedExpectation& checked : result_.expectations) {
      broken += checked.state == State::kBroken;
      unknown += checked.state == State::kUnknown;
    }
    std::string count;
    size_t all = result_.expectations.size();
    if (broken > 0 && unknown > 0) {
      count = fmt::format(" ({} of {}; {} not judged)", broken, all, unknown);
    } else if (broken + unknown > 0) {
      count = fmt::format(" ({} of {}{})", broken + unknown, all, unknown > 0 ? " not judged" : "");
    } else if (all == 0 && result_.outcome == Outcome::kPassed) {
      count = " (nothing was expected)";
    } else if (all == 0 && result_.outcome == Outcome::kNotJudged) {
      count = " (nothing was acknowledged)";
    }
    if (broken + unknown == 0 && result_.broken_promises > 0) count = " (broken promises)";
    with_end(fmt::format("  verdict: {}{}",
                         paint(name_of(result_.outcome),
                               result_.outcome == Outcome::kPassed ? "32;1" : "31;1"),
                         count),
             0, "replay: " + replay_command(scenario_, result_.seed, options_.replay), 2);
  }

  const Scenario& scenario_;
  const RunResult& result_;
  const ReportOptions& options_;
  std::string told_;  // Why the expectation before was not judged or does not hold.
  std::string out_;
};

}  // namespace

int exit_code_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return 0;
    case Outcome::kFailed:
    case Outcome::kNotJudged:
      return 1;
    case Outcome::kInvariant:
      return 3;
    case Outcome::kStalled:
      return 4;
    case Outcome::kInterrupted:
      return 130;
  }
  return 3;
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "PASS";
    case Outcome::kFailed:
      return "FAIL";
    case Outcome::kNotJudged:
      return "NOT JUDGED";
    case Outcome::kInvariant:
      return "INVARIANT BROKEN";
    case Outcome::kStalled:
      return "STALLED";
    case Outcome::kInterrupted:
      return "INTERRUPTED";
  }
  return "?";
}

std::string bite_text(const FaultRun& fault) {
  std::string text;
  auto add = [&](int64_t n, std::string_view one, std::string_view many) {
    if (n == 0) return;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", with_commas(n), n == 1 ? one : many);
  };
  const sim::FaultBite& bite = fault.bite;
  add(fault.leaderships_lost, "leadership lost", "leaderships lost");
  add(bite.processes_stopped, "process stopped", "processes stopped");
  add(bite.connections_cut, "connection cut", "connections cut");
  add(bite.connects_failed, "connect failed", "connects failed");
  add(bite.messages_dropped, "message dropped", "messages dropped");
  add(bite.messages_held, "message held back", "messages held back");
  add(bite.messages_slowed, "message slowed", "messages slowed");
  add(bite.events_delayed, "event delayed", "events delayed");
  add(bite.timers_kept, "timer kept from firing", "timers kept from firing");
  add(bite.disk_operations_slowed, "disk operation slowed", "disk operations slowed");
  add(bite.disk_operations_failed, "disk operation failed", "disk operations failed");
  add(bite.disk_writes_refused, "write refused", "writes refused");
  add(bite.flushes_ignored, "flush ignored", "flushes ignored");
  add(bite.places_corrupted, "place corrupted", "places corrupted");
  add(bite.threads_stalled, "application stalled", "applications stalled");
  add(bite.work_slowed, "piece of work slowed", "pieces of work slowed");
  add(bite.clock_readings, "reading of a wrong clock", "readings of a wrong clock");
  add(bite.directory_operations_lost, "directory operation lost", "directory operations lost");
  if (bite.bytes_lost > 0)
    text += fmt::format("{}{} unflushed lost", text.empty() ? "" : ", ", bytes_of(bite.bytes_lost));
  for (const std::string& note : fault.notes) text += (text.empty() ? "" : ", ") + note;
  return text.empty() ? "nothing" : text;
}

std::string replay_command(const Scenario& scenario, uint64_t seed, const Replay& replay) {
  std::string options = fmt::format(" --seed {}{}", seed, replay.arguments);
  std::string program = shell_quote(replay.program) + " run";
  std::string file = shell_quote(scenario.file);
  bool is_option = scenario.file.size() > 1 && scenario.file.front() == '-';
  return is_option ? program + options + " -- " + file : program + " " + file + options;
}

std::string broken_promises_text(const RunResult& result) {
  std::string text;
  for (const models::AnomalyCount& count : result.anomaly_counts) {
    if (!count.permitted_by.empty()) continue;
    std::string reader = count.reader.empty() ? "" : fmt::format(" ({})", count.reader);
    text += fmt::format("{}{}{} {}", text.empty() ? "" : ", ", name_of(count.kind), reader,
                        with_commas(count.total));
  }
  return text;
}

std::string text_report(const Scenario& scenario, const RunResult& result,
                        const ReportOptions& options) {
  return Text(scenario, result, options).write();
}

}  // namespace scenarios
