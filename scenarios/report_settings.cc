// SPDX-License-Identifier: Apache-2.0
//
// Every setting of a run, so that a pasted report is a bug report.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "models/common/config_keys.h"
#include "models/log/compression.h"
#include "models/node/cost_model.h"
#include "scenarios/format.h"
#include "scenarios/report.h"
#include "scenarios/values.h"
#include "sim/disk.h"
#include "sim/link_defaults.h"

namespace scenarios {

namespace {

template <class Config, class Value>
void add_config(Settings& out, const std::string& path, models::ConfigScope scope,
                const Config& config, const Value& value_of) {
  for (const models::ConfigKey& key : models::config_keys(scope))
    out.emplace_back(path + "/config/" + std::string(key.name), value_of(config, key));
}

// ["orders","returns"]
std::string list_of(const std::vector<std::string>& names) {
  return nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// "500/s", "0.5/s", "7/h": in the smallest unit of which it is a decimal.
std::string rate_text(int64_t records, sim::Duration per) {
  const std::pair<sim::Duration, const char*> kUnits[] = {{sim::Duration::seconds(1), "s"},
                                                          {sim::Duration::seconds(60), "min"},
                                                          {sim::Duration::seconds(3'600), "h"},
                                                          {sim::Duration::seconds(86'400), "day"}};
  for (const auto& [unit, name] : kUnits) {
    if (per.nanos() % unit.nanos() != 0) continue;
    int64_t units = per.nanos() / unit.nanos();
    __int128 scaled = records;
    int64_t scale = 1;
    for (int digits = 0; digits <= 9; ++digits, scaled *= 10, scale *= 10) {
      if (scaled % units != 0) continue;
      auto value = static_cast<int64_t>(scaled / units);
      if (digits == 0) return fmt::format("{}/{}", value, name);
      return fmt::format("{}.{:0{}}/{}", value / scale, value % scale, digits, name);
    }
  }
  return fmt::format("{} per {}", records, duration_text(per));  // The loader makes no such rate.
}

void add_producers(Settings& out, const Scenario& scenario) {
  for (const ProducerPlan& plan : scenario.producers) {
    std::string path = "/producers/" + plan.name;
    out.emplace_back(path + "/count", std::to_string(plan.count));
    out.emplace_back(path + "/topic", plan.topic);
    out.emplace_back(path + "/rate", rate_text(plan.records, plan.per));
    if (plan.skew != models::KeySkew::kNone) {
      out.emplace_back(path + "/keys/distinct", std::to_string(plan.distinct_keys));
      out.emplace_back(path + "/keys/skew",
                       plan.skew == models::KeySkew::kZipf ? "zipf" : "uniform");
    }
    out.emplace_back(path + "/value/size", fmt::format("{}B", plan.value_bytes));
    if (plan.tombstones.numerator > 0) {
      out.emplace_back(path + "/value/tombstones", fmt::format("{}/{}", plan.tombstones.numerator,
                                                               plan.tombstones.denominator));
    }
    add_config(out, path, models::ConfigScope::kProducer, plan.config,
               models::producer_config_value);
  }
}

void add_consumers(Settings& out, const Scenario& scenario) {
  for (const ConsumerPlan& plan : scenario.consumers) {
    std::string path = "/consumers/" + plan.name;
    out.emplace_back(path + "/count", std::to_string(plan.count));
    out.emplace_back(path + "/topics", list_of(plan.topics));
    out.emplace_back(path + "/assignment", "static");
    out.emplace_back(path + "/processing", duration_text(plan.processing));
    add_config(out, path, models::ConfigScope::kConsumer, plan.config,
               models::consumer_config_value);
  }
}

void add_mutations(Settings& out, const Scenario& scenario) {
  std::vector<std::string> names;
  for (int i = 0; i < models::kMutationCount; ++i) {
    auto mutation = static_cast<models::Mutation>(i);
    if (scenario.mutations.contains(mutation)) names.emplace_back(models::card_of(mutation).name);
  }
  if (!names.empty()) out.emplace_back("/mutations", list_of(names));
}

}  // namespace

Settings resolved_settings(const Scenario& scenario, uint64_t seed) {
  Settings out;
  out.emplace_back("/seed", std::to_string(seed));
  out.emplace_back("/duration", duration_text(scenario.duration));
  out.emplace_back("/cluster/brokers", std::to_string(scenario.cluster.brokers));
  out.emplace_back("/cluster/controllers", std::to_string(scenario.cluster.controllers));
  out.emplace_back("/cluster/region", scenario.cluster.region);
  if (!scenario.cluster.racks.empty())
    out.emplace_back("/cluster/racks", list_of(scenario.cluster.racks));
  out.emplace_back("/cluster/features/eligible.leader.replicas.version",
                   std::to_string(scenario.cluster.elr_version));
  out.emplace_back("/cluster/coordination", "kraft");
  for (size_t i = 0; i < scenario.cluster.imports.size(); ++i) {
    const ImportPlan& plan = scenario.cluster.imports[i];
    std::string path = fmt::format("/cluster/import/{}", i);
    out.emplace_back(path + "/broker", std::to_string(plan.broker));
    out.emplace_back(path + "/directory", plan.directory);
  }
  add_config(out, "/cluster", models::ConfigScope::kBroker, scenario.cluster.config,
             models::broker_config_value);
  for (const TopicPlan& topic : scenario.topics) {
    std::string path = "/topics/" + topic.name;
    out.emplace_back(path + "/partitions", std::to_string(topic.partitions));
    out.emplace_back(path + "/replication.factor", std::to_string(topic.replication_factor));
    add_config(out, path, models::ConfigScope::kTopic, topic.config, models::topic_config_value);
  }
  add_producers(out, scenario);
  add_consumers(out, scenario);
  add_mutations(out, scenario);
  return out;
}

Settings environment_settings() {
  sim::DiskSpec disk;
  models::CostModel costs;
  return {{"network/host_link/p50", text_of(sim::kHostLink.p50)},
          {"network/host_link/p99", text_of(sim::kHostLink.p99)},
          {"network/nic_bytes_per_second", std::to_string(sim::kNicBytesPerSecond)},
          {"disk/sync_p50", text_of(disk.sync_p50)},
          {"disk/sync_p99", text_of(disk.sync_p99)},
          {"disk/bytes_per_second", std::to_string(disk.bytes_per_second)},
          {"disk/write_back_after", text_of(disk.write_back_after)},
          {"cost/produce_request", text_of(costs.produce_request)},
          {"cost/fetch_request", text_of(costs.fetch_request)},
          {"cost/network_request", text_of(costs.network_request)},
          // The sizes of compressed batches, and with them the digest, depend on these.
          {"compression/libraries", models::compression_libraries()}};
}

}  // namespace scenarios
