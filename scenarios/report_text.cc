// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/format.h"
#include "scenarios/report.h"

namespace scenarios {

namespace {

using State = CheckedExpectation::State;

constexpr size_t kLostShown = 5;

// One line of the report's timeline.
struct Line {
  sim::SimTime at;
  int rank = 0;  // Of lines at the same time: faults first.
  std::string kind;
  std::string text;
  std::string right;
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
    line("{}  seed {}  {} simulated{}  {} events  digest {}", paint(scenario_.name, "1"), result_.seed,
         text_of(result_.simulated), speed, with_commas(static_cast<int64_t>(result_.events)),
         digest_of(result_.digest));
    if (!scenario_.title.empty()) line("  {}", scenario_.title);
    line("");
  }

  void timeline() {
    std::vector<Line> lines;
    for (const FaultRun& fault : result_.faults) {
      std::string healed = fault.ended ? "healed " + clock_of(*fault.ended) : "to the end";
      lines.push_back({fault.began, 0, "fault", fault.text, healed});
      lines.push_back({fault.began, 1, "bit", bite_text(fault), ""});
    }
    add_events(lines);
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return std::tie(a.at, a.rank) < std::tie(b.at, b.rank);
    });
    for (const Line& each : lines) {
      line("  {}  {:<9} {:<60} {}", each.kind == "bit" ? std::string(9, ' ') : clock_of(each.at),
           each.kind, each.text, each.right);
    }
    if (!lines.empty()) line("");
  }

  // Entries of one moment, kind and cause share a line, unless all are asked for.
  void add_events(std::vector<Line>& lines) {
    const std::vector<TimelineEntry>& all = result_.timeline;
    std::vector<bool> told(all.size(), false);
    for (size_t i = 0; i < all.size(); ++i) {
      if (told[i] || is_part_of_election(all[i])) continue;
      std::vector<std::string> others;
      for (size_t j = i + 1; j < all.size() && all[j].at - all[i].at < sim::Duration::millis(250); ++j) {
        bool alike = all[j].kind == all[i].kind && !told[j] && !options_.verbose &&
                     (all[i].kind == "isr" || all[j].cause == all[i].cause) &&
                     all[i].kind != "fenced" && all[i].kind != "unfenced" && !is_part_of_election(all[j]);
        if (!alike) continue;
        told[j] = true;
        others.push_back(all[j].subject);
      }
      std::string text = all[i].subject + (all[i].text.empty() ? "" : " " + all[i].text);
      if (!others.empty()) text += fmt::format(", and {} more", others.size());
      lines.push_back({all[i].at, 2, all[i].kind, text, all[i].cause.empty() ? "" : "cause: " + all[i].cause});
    }
  }

  // An election's own line shows its ISR.
  bool is_part_of_election(const TimelineEntry& entry) const {
    if (entry.kind != "isr") return false;
    return std::any_of(result_.timeline.begin(), result_.timeline.end(), [&](const TimelineEntry& other) {
      return other.kind == "election" && other.at == entry.at && other.subject == entry.subject;
    });
  }
  void figures() {
    line("  produced {}   acknowledged {}   failed {}   consumed {}", with_commas(result_.produced),
         with_commas(result_.acknowledged), with_commas(result_.failed), with_commas(result_.consumed));
    const models::Latencies& l = result_.latencies;
    if (l.count > 0) {
      line("  produce latency   p50 {}   p99 {}   p99.9 {}   max {}", text_of(l.p50), text_of(l.p99),
           text_of(l.p999), text_of(l.max));
    }
    line("");
  }

  void anomalies() {
    size_t lost = 0;
    for (const models::Anomaly& anomaly : result_.anomalies) {
      if (anomaly.kind != models::AnomalyKind::kLost) continue;
      if (lost++ >= kLostShown) continue;
      line("  lost      {}@{}  acknowledged {} to {}  {}", to_string(anomaly.partition),
           anomaly.offset.value(), anomaly.acknowledged ? clock_of(*anomaly.acknowledged) : "?",
           anomaly.producer,
           anomaly.permitted_by.empty() ? paint("BROKEN PROMISE", "31") : "permitted by " + anomaly.permitted_by);
    }
    if (lost > kLostShown) line("            ... {} in all", with_commas(count_of("lost")));
    if (!result_.chain.empty()) {
      line("  because");
      for (const std::string& step : result_.chain) line("    {}", step);
    }
    if (lost > 0 || !result_.chain.empty()) line("");
  }

  int64_t count_of(std::string_view name) const {
    for (const Figure& figure : result_.figures) {
      if (figure.name == name) return figure.value;
    }
    return 0;
  }

  void expectations() {
    for (const CheckedExpectation& checked : result_.expectations) {
      std::string word = checked.state == State::kHolds    ? paint("PASS", "32")
                         : checked.state == State::kBroken ? paint("FAIL", "31")
                                                           : paint("????", "33");
      line("  {}  {:<42} {}", word, checked.expectation.text, checked.actual);
      bool explain = checked.state != State::kHolds;
      if (explain && !checked.why.empty()) line("        {}", checked.why);
      if (explain && checked.event.value() != 0) {
        line("        why: {}", options_.trace_file.empty()
                                    ? "run again with --trace run.db, then: faultline explain run.db " +
                                          std::to_string(checked.event.value())
                                    : fmt::format("faultline explain {} {}", options_.trace_file,
                                                  checked.event.value()));
      }
    }
    for (const std::string& warning : result_.warnings) line("  {}  {}", paint("WARN", "33"), warning);
    if (result_.violation) {
      line("  {}  {}  at {}, event {}", paint("INVARIANT", "31"), result_.violation->invariant,
           clock_of(result_.violation->at), result_.violation->event.value());
      line("        {}", result_.violation->text);
    }
    if (!result_.stalled.empty()) line("  {}  {}", paint("STALLED", "31"), result_.stalled);
  }

  void settings() {
    line("");
    for (const auto& [path, value] : resolved_settings(scenario_)) line("  {} = {}", path, value);
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
    if (broken + unknown > 0) {
      count = fmt::format(" ({} of {})", broken + unknown, all);
    } else if (all == 0 && result_.outcome == Outcome::kPassed) {
      count = " (nothing was expected)";
    }
    std::string replay = fmt::format("faultline run {} --seed {}{}", scenario_.file, result_.seed,
                                     options_.replay_arguments);
    line("  verdict: {}{}      replay: ./{}",
         paint(name_of(result_.outcome), result_.outcome == Outcome::kPassed ? "32;1" : "31;1"), count, replay);
  }

  const Scenario& scenario_;
  const RunResult& result_;
  const ReportOptions& options_;
  std::string out_;
};

}  // namespace

int exit_code_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed: return 0;
    case Outcome::kFailed: return 1;
    case Outcome::kInvariant: return 3;
    case Outcome::kStalled: return 4;
    case Outcome::kInterrupted: return 130;
  }
  return 3;
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed: return "PASS";
    case Outcome::kFailed: return "FAIL";
    case Outcome::kInvariant: return "INVARIANT BROKEN";
    case Outcome::kStalled: return "STALLED";
    case Outcome::kInterrupted: return "INTERRUPTED";
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
  add(bite.directory_operations_lost, "directory operation lost", "directory operations lost");
  if (bite.bytes_lost > 0) text += fmt::format("{}{} unflushed lost", text.empty() ? "" : ", ", bytes_of(bite.bytes_lost));
  return text.empty() ? "nothing" : text;
}

std::string text_report(const Scenario& scenario, const RunResult& result, const ReportOptions& options) {
  return Text(scenario, result, options).write();
}

}  // namespace scenarios
