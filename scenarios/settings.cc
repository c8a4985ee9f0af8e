// SPDX-License-Identifier: Apache-2.0
//
// Every setting of a run, so that a pasted report is a bug report.

#include <fmt/format.h>

#include "models/common/config_keys.h"
#include "models/node/cost_model.h"
#include "scenarios/format.h"
#include "scenarios/report.h"
#include "sim/disk.h"
#include "sim/link_defaults.h"

namespace scenarios {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

template <class Config, class Value>
void add_config(Settings& out, const std::string& path, models::ConfigScope scope, const Config& config,
                const Value& value_of) {
  for (const models::ConfigKey& key : models::config_keys(scope))
    out.emplace_back(path + "/config/" + std::string(key.name), value_of(config, key));
}

void add_producers(Settings& out, const Scenario& scenario) {
  for (const ProducerPlan& plan : scenario.producers) {
    std::string path = "/producers/" + plan.name;
    out.emplace_back(path + "/count", std::to_string(plan.count));
    out.emplace_back(path + "/topic", plan.topic);
    out.emplace_back(path + "/rate", fmt::format("{} per {}", plan.records, text_of(plan.per)));
    out.emplace_back(path + "/keys/distinct", std::to_string(plan.distinct_keys));
    out.emplace_back(path + "/keys/skew", plan.skew == models::KeySkew::kZipf      ? "zipf"
                                          : plan.skew == models::KeySkew::kUniform ? "uniform"
                                                                                   : "none");
    out.emplace_back(path + "/value/size", fmt::format("{}B", plan.value_bytes));
    add_config(out, path, models::ConfigScope::kProducer, plan.config, models::producer_config_value);
  }
}

void add_consumers(Settings& out, const Scenario& scenario) {
  for (const ConsumerPlan& plan : scenario.consumers) {
    std::string path = "/consumers/" + plan.name;
    out.emplace_back(path + "/count", std::to_string(plan.count));
    out.emplace_back(path + "/assignment", "static");
    out.emplace_back(path + "/processing", text_of(plan.processing));
    add_config(out, path, models::ConfigScope::kConsumer, plan.config, models::consumer_config_value);
  }
}

void add_environment(Settings& out) {
  out.emplace_back("network/host_link/p50", text_of(sim::kHostLink.p50));
  out.emplace_back("network/host_link/p99", text_of(sim::kHostLink.p99));
  out.emplace_back("network/nic_bytes_per_second", std::to_string(sim::kNicBytesPerSecond));
  sim::DiskSpec disk;
  out.emplace_back("disk/sync_p50", text_of(disk.sync_p50));
  out.emplace_back("disk/sync_p99", text_of(disk.sync_p99));
  out.emplace_back("disk/bytes_per_second", std::to_string(disk.bytes_per_second));
  out.emplace_back("disk/write_back_after", text_of(disk.write_back_after));
  models::CostModel costs;
  out.emplace_back("cost/produce_request", text_of(costs.produce_request));
  out.emplace_back("cost/fetch_request", text_of(costs.fetch_request));
  out.emplace_back("cost/network_request", text_of(costs.network_request));
}

}  // namespace

Settings resolved_settings(const Scenario& scenario) {
  Settings out;
  out.emplace_back("/duration", text_of(scenario.duration));
  out.emplace_back("/cluster/brokers", std::to_string(scenario.cluster.brokers));
  out.emplace_back("/cluster/controllers", std::to_string(scenario.cluster.controllers));
  add_config(out, "/cluster", models::ConfigScope::kBroker, scenario.cluster.config, models::broker_config_value);
  for (const TopicPlan& topic : scenario.topics) {
    std::string path = "/topics/" + topic.name;
    out.emplace_back(path + "/partitions", std::to_string(topic.partitions));
    out.emplace_back(path + "/replication.factor", std::to_string(topic.replication_factor));
    add_config(out, path, models::ConfigScope::kTopic, topic.config, models::topic_config_value);
  }
  add_producers(out, scenario);
  add_consumers(out, scenario);
  for (int i = 0; i < models::kMutationCount; ++i) {
    auto mutation = static_cast<models::Mutation>(i);
    if (scenario.mutations.contains(mutation)) out.emplace_back("/mutations", std::string(models::card_of(mutation).name));
  }
  add_environment(out);
  return out;
}

}  // namespace scenarios
