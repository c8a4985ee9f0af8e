// SPDX-License-Identifier: Apache-2.0

#include "scenarios/cause_graph.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "scenarios/format.h"

namespace scenarios {

namespace {

constexpr size_t kLongestChain = 1'000'000;
constexpr size_t kLongestPeriod = 24;  // Steps of a loop: a fetch with its reply and queues.
constexpr size_t kLeastRounds = 3;
constexpr size_t kMostLines = 60;
constexpr size_t kMostFindings = 5;
constexpr size_t kMostElections = 30;

// The causes of `row`, the one that explains more first.
std::vector<sim::EventId> causes_of(const TraceRow& row) {
  std::vector<sim::EventId> causes{row.cause2, row.cause};
  // A suppressed record's first cause is the fault, its second only when it was noticed.
  if (row.kind == sim::TraceKind::kSuppressed) std::swap(causes[0], causes[1]);
  causes.erase(std::remove(causes.begin(), causes.end(), sim::EventId(0)), causes.end());
  return causes;
}

absl::StatusOr<std::optional<TraceRow>> find_or_nearest(const Trace& trace, sim::EventId id) {
  absl::StatusOr<TraceRow> row = trace.find(id);
  if (row.ok()) return std::optional<TraceRow>(*std::move(row));
  if (!absl::IsNotFound(row.status())) return row.status();
  return trace.suppressed_during(id);
}

// Two steps that say the same of different times.
bool alike(const TraceRow& a, const TraceRow& b) {
  return std::tie(a.kind, a.process, a.peer, a.at, a.what) ==
         std::tie(b.kind, b.process, b.peer, b.at, b.what);
}

struct Loop {
  size_t period = 1;
  size_t rounds = 1;
  size_t length() const { return period * rounds; }
};

// The loop that covers most of `steps` from `from` on; rounds 1: none.
Loop loop_at(const std::vector<TraceRow>& steps, size_t from) {
  Loop best;
  for (size_t period = 1; period <= kLongestPeriod && from + 2 * period <= steps.size(); ++period) {
    size_t same = 0;
    while (from + same + period < steps.size() &&
           alike(steps[from + same], steps[from + same + period]))
      ++same;
    Loop loop{period, same / period + 1};
    if (loop.rounds >= kLeastRounds && loop.length() > best.length()) best = loop;
  }
  return best;
}

std::string line_of(const Trace& trace, const TraceRow& row, bool first) {
  std::string at(row.at);
  return fmt::format("{} {}  {}  [{}{}{}]", first ? "       " : "because", clock_of(row.time),
                     words_of(trace, row), row.id.value(), at.empty() ? "" : " ", at);
}

std::vector<std::string> lines_of(const Trace& trace, const CauseChain& chain) {
  const std::vector<TraceRow>& steps = chain.steps;
  std::vector<std::string> lines;
  for (size_t i = 0; i < steps.size();) {
    Loop loop = loop_at(steps, i);
    for (size_t k = 0; k < loop.period; ++k)
      lines.push_back(line_of(trace, steps[i + k], i + k == 0));
    i += loop.length();
    if (loop.rounds == 1) continue;
    const TraceRow& oldest = steps[i - 1];
    lines.push_back(fmt::format("        ... the same {}, {} times more, since {}  [{}]",
                                loop.period == 1 ? "step" : fmt::format("{} steps", loop.period),
                                loop.rounds - 1, clock_of(oldest.time), oldest.id.value()));
  }
  if (chain.unrecorded.value() != 0) {
    lines.push_back(
        fmt::format("because of event {}, which left no record: a step inside the network",
                    chain.unrecorded.value()));
  }
  return lines;
}

// The symptom's end and the cause's end matter; what is between them can be asked for.
void cut_middle(std::vector<std::string>& lines) {
  if (lines.size() <= kMostLines) return;
  size_t left_out = lines.size() - kMostLines;
  auto middle = lines.begin() + kMostLines / 2;
  lines.erase(middle, middle + static_cast<std::ptrdiff_t>(left_out));
  lines.insert(
      lines.begin() + kMostLines / 2,
      fmt::format("        ... {} lines left out; explain the event above to go on from there ...",
                  left_out));
}

std::string incomplete_words(const Trace& trace) {
  if (trace.info().complete) return {};
  return fmt::format(
      "This trace is incomplete: it ends with event {}, before the run's own end and its "
      "findings.\n",
      trace.info().last.value());
}

absl::StatusOr<std::string> explain_finding(const Trace& trace, const TraceFinding& finding) {
  std::string text = fmt::format("{}: {}\n", finding.kind, finding.text);
  if (finding.event.value() == 0) return text + "        (no event of the run shows it)\n";
  absl::StatusOr<std::vector<std::string>> chain = explain_lines(trace, finding.event);
  if (absl::IsNotFound(chain.status()))
    return text + "        " + std::string(chain.status().message()) + "\n";
  if (!chain.ok()) return chain.status();
  return fmt::format("{}{}\n", text, fmt::join(*chain, "\n"));
}

absl::StatusOr<std::string> list_elections(const Trace& trace) {
  absl::StatusOr<std::vector<TraceRow>> elections =
      trace.named(sim::TraceKind::kNote, "leader_elected", kMostElections + 1);
  if (!elections.ok()) return elections.status();
  if (elections->empty())
    return incomplete_words(trace) +
           "Nothing to explain: the trace has no finding and no election.\n";
  std::string text = incomplete_words(trace) +
                     "No findings. Elections, of which any can be explained by its number:\n";
  for (size_t i = 0; i < std::min(elections->size(), kMostElections); ++i) {
    const TraceRow& row = (*elections)[i];
    text +=
        fmt::format("{:>10}  {}  {}\n", row.id.value(), clock_of(row.time), words_of(trace, row));
  }
  if (elections->size() > kMostElections) text += "            and more\n";
  return text;
}

}  // namespace

absl::StatusOr<CauseChain> cause_chain(const Trace& trace, sim::EventId event) {
  absl::StatusOr<TraceRow> symptom = trace.find(event);
  if (!symptom.ok()) return symptom.status();
  CauseChain chain;
  std::set<sim::EventId> seen{event};  // A damaged trace may have a circle.
  std::optional<TraceRow> row = *std::move(symptom);
  while (row && chain.steps.size() < kLongestChain) {
    chain.steps.push_back(*std::move(row));
    row.reset();
    std::vector<sim::EventId> causes = causes_of(chain.steps.back());
    for (sim::EventId cause : causes) {
      absl::StatusOr<std::optional<TraceRow>> found = find_or_nearest(trace, cause);
      if (!found.ok()) return found.status();
      if (!*found || !seen.insert((*found)->id).second) continue;
      row = *std::move(found);
      break;
    }
    if (!row && !causes.empty()) chain.unrecorded = causes.back();
  }
  return chain;
}

absl::StatusOr<std::vector<std::string>> explain_lines(const Trace& trace, sim::EventId event) {
  absl::StatusOr<CauseChain> chain = cause_chain(trace, event);
  if (!chain.ok()) return chain.status();
  std::vector<std::string> lines = lines_of(trace, *chain);
  cut_middle(lines);
  return lines;
}

absl::StatusOr<std::string> explain(const Trace& trace, sim::EventId event) {
  absl::StatusOr<std::vector<std::string>> lines = explain_lines(trace, event);
  if (!lines.ok()) return lines.status();
  return fmt::format("{}{}\n", incomplete_words(trace), fmt::join(*lines, "\n"));
}

absl::StatusOr<std::string> explain(const Trace& trace) {
  absl::StatusOr<std::vector<TraceFinding>> findings = trace.findings();
  if (!findings.ok()) return findings.status();
  if (findings->empty()) return list_elections(trace);
  std::stable_sort(findings->begin(), findings->end(),
                   [](const TraceFinding& a, const TraceFinding& b) {
                     return (a.kind == "violation") > (b.kind == "violation");
                   });
  std::string text = incomplete_words(trace);
  for (size_t i = 0; i < std::min(findings->size(), kMostFindings); ++i) {
    absl::StatusOr<std::string> one = explain_finding(trace, (*findings)[i]);
    if (!one.ok()) return one.status();
    if (i > 0) text += "\n";
    text += *one;
  }
  if (findings->size() > kMostFindings)
    text += fmt::format("\nand {} more findings\n", findings->size() - kMostFindings);
  return text;
}

}  // namespace scenarios
