// SPDX-License-Identifier: Apache-2.0

#include "scenarios/report_json.h"

#include <nlohmann/json.hpp>

#include "scenarios/format.h"
#include "scenarios/report.h"

namespace scenarios {

using Json = nlohmann::ordered_json;

std::string digest_hex(uint64_t digest) {
  std::string text = digest_of(digest);
  std::erase(text, ' ');
  return text;
}

Json json_of(const CheckedExpectation& checked) {
  using State = CheckedExpectation::State;
  const char* state = checked.state == State::kHolds    ? "holds"
                      : checked.state == State::kBroken ? "broken"
                                                        : "not judged";
  Json json = {
      {"expectation", checked.expectation.text}, {"state", state}, {"actual", checked.actual}};
  if (!checked.why.empty()) json["why"] = checked.why;
  if (checked.event.value() != 0) json["event"] = checked.event.value();
  return json;
}

Json json_of(const models::AnomalyCount& count) {
  return {{"kind", std::string(name_of(count.kind))},
          {"reader", count.reader},
          {"permitted_by", count.permitted_by.empty() ? Json(nullptr) : Json(count.permitted_by)},
          {"total", count.total},
          {"shown", count.kept}};
}

Json json_of(const MarkCounts& marks) {
  Json json = Json::object();
  for (size_t i = 0; i < marks.size(); ++i)
    json[std::string(models::name_of(static_cast<models::Mark>(i)))] = marks[i];
  return json;
}

namespace {

using scenarios::json_of;

Json json_of(const FaultRun& fault) {
  Json bite = {{"leaderships_lost", fault.leaderships_lost}};
  sim::FaultBite::fields(
      [&](std::string_view name, auto member) { bite[std::string(name)] = fault.bite.*member; });
  Json json = {
      {"fault", fault.text}, {"occurrence", fault.occurrence}, {"began_ns", fault.began.nanos()}};
  if (fault.waits)
    json["happened_ns"] = fault.happened ? Json(fault.happened->nanos()) : Json(nullptr);
  json["ended_ns"] = fault.ended ? Json(fault.ended->nanos()) : Json(nullptr);
  json["event"] = fault.event.value();
  json["bit"] = std::move(bite);
  json["bit_text"] = bite_text(fault);
  json["notes"] = fault.notes;
  return json;
}

// Null: unknown.
Json offset_of(models::Offset offset) {
  return offset == models::kNoOffset ? Json(nullptr) : Json(offset.value());
}

Json json_of(const models::Anomaly& anomaly) {
  Json json = {{"kind", std::string(name_of(anomaly.kind))},
               {"partition", to_string(anomaly.partition)},
               {"offset", offset_of(anomaly.offset)},
               {"other_offset", offset_of(anomaly.other_offset)},
               {"record", anomaly.record.value()},
               {"producer", anomaly.producer},
               {"reader", anomaly.reader}};
  if (anomaly.acknowledged) json["acknowledged_ns"] = anomaly.acknowledged->nanos();
  json["permitted_by"] = anomaly.permitted_by.empty() ? Json(nullptr) : Json(anomaly.permitted_by);
  json["event"] = anomaly.event.value();
  return json;
}

Json json_of(const models::RemovalCount& removal) {
  return {{"partition", to_string(removal.partition)},
          {"by", removal.by},
          {"records", removal.records},
          {"before", removal.before.value()}};
}

Json json_of(const models::Latencies& l) {
  return {{"count", l.count},     {"p50", l.p50.nanos()},   {"p90", l.p90.nanos()},
          {"p99", l.p99.nanos()}, {"p999", l.p999.nanos()}, {"max", l.max.nanos()}};
}

Json json_of(const TimelineEntry& entry) {
  return {{"at_ns", entry.at.nanos()},   {"kind", entry.kind},           {"subject", entry.subject},
          {"text", entry.text},          {"direction", entry.direction}, {"cause", entry.cause},
          {"event", entry.event.value()}};
}

Json json_of(const models::Violation& violation) {
  return {{"invariant", std::string(violation.invariant)},
          {"signature", violation.signature},
          {"text", violation.text},
          {"at_ns", violation.at.nanos()},
          {"event", violation.event.value()}};
}

template <class T>
Json list_of(const std::vector<T>& all) {
  Json list = Json::array();
  for (const T& each : all) list.push_back(json_of(each));
  return list;
}

Json object_of(const Settings& settings) {
  Json object = Json::object();
  for (const auto& [name, value] : settings) object[name] = value;
  return object;
}

void add_counts(const RunResult& result, Json& json) {
  json["produced"] = result.produced;
  json["acknowledged"] = result.acknowledged;
  json["failed"] = result.failed;
  json["consumed"] = result.consumed;
  json["produce_latency_ns"] = json_of(result.latencies);
  json["audited"] = result.audited;
}

}  // namespace

std::string json_report(const Scenario& scenario, const RunResult& result,
                        const ReportOptions& options) {
  Json json = {{"scenario", scenario.name}, {"title", scenario.title}, {"why", scenario.why},
               {"file", scenario.file},     {"notes", scenario.notes}, {"seed", result.seed}};
  json["outcome"] = std::string(name_of(result.outcome));
  json["exit_code"] = exit_code_of(result.outcome);
  json["digest"] = digest_hex(result.digest);
  json["events"] = result.events;
  json["simulated_ns"] = result.simulated.nanos();
  add_counts(result, json);
  json["expectations"] = list_of(result.expectations);
  json["faults"] = list_of(result.faults);
  json["timeline"] = list_of(result.timeline);
  json["anomalies"] = list_of(result.anomalies);
  json["anomaly_counts"] = list_of(result.anomaly_counts);
  json["deleted"] = list_of(result.removals);
  json["warnings"] = result.warnings;
  json["marks"] = json_of(result.marks);
  json["broken_promises"] = result.broken_promises;
  json["chain"] = result.chain;
  json["chain_of"] = result.chain_of;
  if (result.violation) json["violation"] = json_of(*result.violation);
  if (!result.stalled.empty()) json["stalled"] = result.stalled;
  if (!options.trace_file.empty()) json["trace"] = options.trace_file;
  if (!result.trace_problem.empty()) json["trace_problem"] = result.trace_problem;
  json["replay"] = replay_command(scenario, result.seed, options.replay);
  json["settings"] = object_of(resolved_settings(scenario, result.seed));
  json["environment"] = object_of(environment_settings());
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace scenarios
