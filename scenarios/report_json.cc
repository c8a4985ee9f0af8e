// SPDX-License-Identifier: Apache-2.0

#include <nlohmann/json.hpp>

#include "models/common/config_keys.h"
#include "scenarios/format.h"
#include "scenarios/report.h"

namespace scenarios {

namespace {

using Json = nlohmann::ordered_json;

std::string digest_hex(uint64_t digest) {
  std::string text = digest_of(digest);
  std::erase(text, ' ');
  return text;
}

Json json_of(const FaultRun& fault) {
  Json bite = {{"leaderships_lost", fault.leaderships_lost}};
  sim::FaultBite::fields([&](std::string_view name, auto member) { bite[std::string(name)] = fault.bite.*member; });
  Json json = {{"fault", fault.text}, {"occurrence", fault.occurrence}, {"began_ns", fault.began.nanos()}};
  json["ended_ns"] = fault.ended ? Json(fault.ended->nanos()) : Json(nullptr);
  json["event"] = fault.event.value();
  json["bit"] = std::move(bite);
  return json;
}

Json json_of(const models::Anomaly& anomaly) {
  Json json = {{"kind", std::string(name_of(anomaly.kind))},
               {"partition", to_string(anomaly.partition)},
               {"offset", anomaly.offset.value()},
               {"record", anomaly.record.value()},
               {"producer", anomaly.producer},
               {"reader", anomaly.reader}};
  if (anomaly.acknowledged) json["acknowledged_ns"] = anomaly.acknowledged->nanos();
  json["permitted_by"] = anomaly.permitted_by.empty() ? Json(nullptr) : Json(anomaly.permitted_by);
  json["event"] = anomaly.event.value();
  return json;
}

Json json_of(const CheckedExpectation& checked) {
  using State = CheckedExpectation::State;
  const char* state = checked.state == State::kHolds ? "holds" : checked.state == State::kBroken ? "broken" : "unknown";
  Json json = {{"expectation", checked.expectation.text}, {"state", state}, {"actual", checked.actual}};
  if (!checked.why.empty()) json["why"] = checked.why;
  if (checked.event.value() != 0) json["event"] = checked.event.value();
  return json;
}

Json json_of(const models::Latencies& l) {
  return {{"count", l.count},       {"p50", l.p50.nanos()},   {"p90", l.p90.nanos()},
          {"p99", l.p99.nanos()},   {"p999", l.p999.nanos()}, {"max", l.max.nanos()}};
}

}  // namespace

std::string json_report(const Scenario& scenario, const RunResult& result, const ReportOptions& options) {
  Json json = {{"scenario", scenario.name}, {"file", scenario.file}, {"seed", result.seed}};
  json["outcome"] = std::string(name_of(result.outcome));
  json["exit_code"] = exit_code_of(result.outcome);
  json["digest"] = digest_hex(result.digest);
  json["events"] = result.events;
  json["simulated_ns"] = result.simulated.nanos();
  json["produced"] = result.produced;
  json["acknowledged"] = result.acknowledged;
  json["failed"] = result.failed;
  json["consumed"] = result.consumed;
  json["produce_latency_ns"] = json_of(result.latencies);
  json["audited"] = result.audited;
  for (const char* list : {"expectations", "faults", "timeline", "anomalies", "warnings", "chain"}) json[list] = Json::array();
  for (const CheckedExpectation& checked : result.expectations) json["expectations"].push_back(json_of(checked));
  for (const FaultRun& fault : result.faults) json["faults"].push_back(json_of(fault));
  for (const TimelineEntry& entry : result.timeline) {
    json["timeline"].push_back({{"at_ns", entry.at.nanos()}, {"kind", entry.kind}, {"subject", entry.subject},
                                {"text", entry.text}, {"cause", entry.cause}, {"event", entry.event.value()}});
  }
  for (const models::Anomaly& anomaly : result.anomalies) json["anomalies"].push_back(json_of(anomaly));
  for (const std::string& warning : result.warnings) json["warnings"].push_back(warning);
  for (const std::string& step : result.chain) json["chain"].push_back(step);
  if (result.violation) {
    json["violation"] = {{"invariant", std::string(result.violation->invariant)},
                         {"text", result.violation->text},
                         {"at_ns", result.violation->at.nanos()},
                         {"event", result.violation->event.value()}};
  }
  if (!result.stalled.empty()) json["stalled"] = result.stalled;
  if (!options.trace_file.empty()) json["trace"] = options.trace_file;
  json["replay"] = "./faultline run " + scenario.file + " --seed " + std::to_string(result.seed) + options.replay_arguments;
  for (const auto& [path, value] : resolved_settings(scenario)) json["settings"][path] = value;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace scenarios
