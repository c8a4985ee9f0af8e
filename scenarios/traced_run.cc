// SPDX-License-Identifier: Apache-2.0

#include "scenarios/traced_run.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "scenarios/cause_graph.h"
#include "scenarios/report.h"
#include "scenarios/report_parts.h"
#include "scenarios/trace_file.h"
#include "scenarios/trace_memory.h"
#include "scenarios/version.h"

namespace scenarios {

namespace {

constexpr uint64_t kMostEventsInMemory = 5'000'000;
constexpr int64_t kStepsBetweenLooks = 4096;

class ClientOps final : public RunListener {
 public:
  explicit ClientOps(TraceFile& file) : file_(file) {}
  void on_client_event(sim::EventId event, sim::SimTime at, const std::string& client,
                       const models::ClientEvent& seen) override {
    std::string partition = to_string(seen.partition);
    for (const models::RecordSeen& record : seen.records) {
      bool has_record = seen.kind != models::ClientEventKind::kAssigned;
      std::string name = has_record ? fmt::format("{}/{}", models::producer_of(record.id),
                                                  models::count_of(record.id))
                                    : "";
      file_.add_client_op(event, at, client, name_of(seen.kind), partition, record.offset.value(),
                          name);
    }
  }

 private:
  TraceFile& file_;
};

bool drive(Run& run, const std::atomic<bool>* stop,
           const std::function<void(const Run&)>& on_progress) {
  int64_t steps = 0;
  while (run.step()) {
    if (++steps % kStepsBetweenLooks != 0) continue;
    if (stop != nullptr && stop->load()) return false;
    if (on_progress) on_progress(run);
  }
  return true;
}

std::string text_of(const models::Anomaly& anomaly) {
  std::string permitted = anomaly.permitted_by.empty() ? "no setting permits it"
                                                       : "permitted by " + anomaly.permitted_by;
  return fmt::format("{} {} of {}: {}", name_of(anomaly.kind), place_of(anomaly), anomaly.producer,
                     permitted);
}

// What cut a lost record out of its log; null: nothing that was told of.
const Recorder::Truncation* cut_of(const models::Anomaly& lost, const Recorder& recorder) {
  if (lost.kind != models::AnomalyKind::kLost || lost.offset == models::kNoOffset) return nullptr;
  for (const Recorder::Truncation& cut : recorder.truncations()) {
    bool removed = cut.partition == lost.partition && cut.to <= lost.offset &&
                   lost.offset < cut.to + cut.records;
    if (removed && (!lost.sent || cut.at >= *lost.sent)) return &cut;
  }
  return nullptr;
}

void add_findings(const Recorder& recorder, const RunResult& result, TraceFile& file) {
  if (result.violation)
    file.add_finding(result.violation->event, result.violation->at, "violation",
                     result.violation->text);
  for (const CheckedExpectation& checked : result.expectations) {
    if (checked.state == CheckedExpectation::State::kHolds) continue;
    file.add_finding(checked.event, sim::SimTime() + result.simulated, "expectation",
                     checked.expectation.text + ": " + checked.actual);
  }
  for (const models::Anomaly& anomaly : result.anomalies) {
    const Recorder::Truncation* cut = cut_of(anomaly, recorder);
    file.add_finding(anomaly.event, anomaly.acknowledged.value_or(sim::SimTime()), "anomaly",
                     text_of(anomaly) + (cut == nullptr ? "" : "; " + cut->text));
  }
}

// Everything that is known at the end.
void add_results(const Recorder& recorder, const RunResult& result, TraceFile& file) {
  for (const auto& [key, series] : recorder.series()) {
    for (const Series::Point& point : series.points())
      file.add_metric(point.at, key.first, key.second, point.value);
  }
  for (const Recorder::PartitionChange& change : recorder.partition_changes())
    file.add_partition(change.at, change.partition, change.leader.value(), change.epoch.value(),
                       change.isr);
  for (const FaultRun& fault : result.faults)
    file.add_fault(fault.event, fault.began, fault.ended, fault.text, bite_text(fault));
  add_findings(recorder, result, file);
}

// Where the story of the gravest broken thing begins: the violation, a lost record, an expectation.
struct Symptom {
  sim::EventId event;
  std::string before;  // What follows from `event`, told first.
  std::string of;      // What it is the story of.
};

// A broken promise rather than what a setting permits.
const models::Anomaly* first_of(const RunResult& result, bool lost) {
  const models::Anomaly* first = nullptr;
  for (const models::Anomaly& anomaly : result.anomalies) {
    if ((anomaly.kind == models::AnomalyKind::kLost) != lost) continue;
    if (anomaly.permitted_by.empty()) return &anomaly;
    if (first == nullptr) first = &anomaly;
  }
  return first;
}

std::string title_of(const models::Anomaly& anomaly) {
  return fmt::format("{} {}", name_of(anomaly.kind), place_of(anomaly));
}

Symptom symptom_of(const RunResult& result, const Recorder& recorder) {
  if (result.violation)
    return {result.violation->event, {}, std::string(result.violation->invariant)};
  if (const models::Anomaly* lost = first_of(result, true); lost != nullptr) {
    const Recorder::Truncation* cut = cut_of(*lost, recorder);
    return {lost->event, cut == nullptr ? "" : cut->text, title_of(*lost)};
  }
  for (const CheckedExpectation& checked : result.expectations) {
    bool shown = checked.state == CheckedExpectation::State::kBroken && checked.event.value() != 0;
    if (shown) return {checked.event, {}, checked.expectation.text};
  }
  const models::Anomaly* other = first_of(result, false);
  if (other == nullptr || !other->permitted_by.empty()) return {};
  return {other->event, {}, title_of(*other)};
}

std::vector<std::string> chain_of(const Trace& trace, const Symptom& symptom) {
  auto lines = explain_lines(trace, symptom.event);
  if (!lines.ok()) return {std::string(lines.status().message())};
  if (!symptom.before.empty()) lines->insert(lines->begin(), "        " + symptom.before);
  return *std::move(lines);
}

std::vector<std::string> chain_by_running_again(const std::shared_ptr<const Scenario>& scenario,
                                                const RunOptions& options, const Symptom& symptom,
                                                const std::atomic<bool>* stop) {
  Run again(scenario, options);
  MemoryTrace memory;
  again.world().set_sink(&memory);
  if (!drive(again, stop, {})) return {};
  TraceInfo info;
  info.names = names_of(again.world());
  again.finish();
  again.world().set_sink(nullptr);
  return chain_of(memory.take(std::move(info)), symptom);
}

TraceFacts facts_of(const Run& run, const RunOptions& options) {
  TraceFacts facts;
  facts.scenario = run.scenario().name;
  facts.scenario_text = run.scenario().source;
  facts.seed = options.seed.value_or(run.scenario().seed);
  facts.version = std::string(kVersion);
  facts.names = names_of(run.world());
  return facts;
}

}  // namespace

absl::StatusOr<RunResult> run_traced(std::shared_ptr<const Scenario> scenario,
                                     const RunOptions& options, const std::string& trace_path,
                                     const std::atomic<bool>* stop,
                                     const std::function<void(const Run&)>& on_progress) {
  Run run(scenario, options);
  std::unique_ptr<TraceFile> file;
  std::optional<ClientOps> client_ops;
  if (!trace_path.empty()) {
    auto opened = open_trace(trace_path, facts_of(run, options));
    if (!opened.ok()) return opened.status();
    file = *std::move(opened);
    client_ops.emplace(*file);
    run.world().set_sink(file.get());
    run.set_listener(&*client_ops);
  }
  bool finished = drive(run, stop, on_progress);
  RunResult result = run.finish(!finished);
  run.world().set_sink(nullptr);
  Symptom symptom = symptom_of(result, run.recorder());
  if (file != nullptr) {
    add_results(run.recorder(), result, *file);
    absl::Status closed = file->close({result.digest, std::string(name_of(result.outcome))});
    if (!closed.ok()) result.trace_problem = std::string(closed.message());
  }
  if (!finished || symptom.event.value() == 0) return result;
  result.chain_of = symptom.of;
  if (file != nullptr && result.trace_problem.empty()) {
    auto trace = open_trace_to_read(trace_path);
    if (trace.ok()) result.chain = chain_of(*trace, symptom);
  } else if (result.events <= kMostEventsInMemory) {
    result.chain = chain_by_running_again(scenario, options, symptom, stop);
  }
  return result;
}

}  // namespace scenarios
