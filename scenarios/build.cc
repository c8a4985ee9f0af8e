// SPDX-License-Identifier: Apache-2.0

#include "scenarios/build.h"

#include <string>

#include "sim/host_clock.h"
#include "sim/link_defaults.h"

namespace scenarios {

namespace {

// "billing" if there is one member, else "billing-1", ...
std::string member_name(const std::string& plan, int32_t member, int32_t count) {
  return count == 1 ? plan : plan + "-" + std::to_string(member + 1);
}

const TopicPlan* find_topic(const Scenario& scenario, const std::string& name) {
  for (const TopicPlan& topic : scenario.topics) {
    if (topic.name == name) return &topic;
  }
  return nullptr;
}

models::ProducerOptions producer_options(const ProducerPlan& plan, int32_t member, int32_t number,
                                         sim::Duration duration) {
  models::ProducerOptions options;
  options.number = number;
  options.client_id = member_name(plan.name, member, plan.count);
  options.topic = plan.topic;
  options.config = plan.config;
  options.load.records = plan.records;
  options.load.per = plan.per;
  options.load.start = sim::MonoTime::at_nanos(sim::HostClock::kMonoAtZero);
  options.load.end = options.load.start + duration;
  options.load.skew = plan.skew;
  options.load.distinct_keys = plan.distinct_keys;
  options.load.value_bytes = plan.value_bytes;
  options.load.tombstones = plan.tombstones;
  return options;
}

models::ConsumerOptions consumer_options(const Scenario& scenario, const ConsumerPlan& plan,
                                         int32_t member, int32_t number) {
  models::ConsumerOptions options;
  options.number = number;
  options.client_id = member_name(plan.name, member, plan.count);
  options.config = plan.config;
  options.processing = plan.processing;
  for (const std::string& name : plan.topics) {
    const TopicPlan* topic = find_topic(scenario, name);
    for (int32_t p = member; topic != nullptr && p < topic->final_partitions; p += plan.count)
      options.assignment.push_back({name, p});
  }
  return options;
}

}  // namespace

models::ClusterSpec cluster_spec_of(const Scenario& scenario) {
  models::ClusterSpec spec;
  spec.brokers = scenario.cluster.brokers;
  spec.controllers = scenario.cluster.controllers;
  spec.config = scenario.cluster.config;
  spec.elr_version = scenario.cluster.elr_version;
  spec.mutations = scenario.mutations;
  spec.host_link = sim::kHostLink;
  spec.nic_bytes_per_second = sim::kNicBytesPerSecond;
  spec.region = scenario.cluster.region;
  spec.racks = scenario.cluster.racks;
  for (const TopicPlan& topic : scenario.topics)
    spec.topics.push_back(
        {topic.name, topic.partitions, topic.replication_factor, topic.config_text, {}});
  for (const TopicPlan& topic : scenario.topics) {
    if (topic.imported.empty()) continue;
    spec.imported.push_back({topic.name, topic.imported_id, topic.config_text, topic.imported});
  }
  for (const ImportPlan& plan : scenario.cluster.imports) {
    spec.disks[models::NodeId(plan.broker)] = plan.disk;
    spec.imported_brokers.push_back({models::NodeId(plan.broker), plan.former_epoch});
    for (const StartedLog& log : plan.logs) {
      if (log.last_producer_id >= spec.next_producer_id)
        spec.next_producer_id = models::ProducerId(log.last_producer_id.value() + 1);
    }
  }
  for (const TopicPlan& topic : scenario.topics) {
    for (int32_t p = topic.partitions; p < topic.final_partitions; ++p)
      spec.later_partitions.push_back({topic.name, p});
  }
  int32_t number = 0;
  for (const ProducerPlan& plan : scenario.producers) {
    for (int32_t member = 0; member < plan.count; ++member)
      spec.producers.push_back(producer_options(plan, member, ++number, scenario.duration));
  }
  number = 0;
  for (const ConsumerPlan& plan : scenario.consumers) {
    for (int32_t member = 0; member < plan.count; ++member)
      spec.consumers.push_back(consumer_options(scenario, plan, member, ++number));
  }
  return spec;
}

models::JudgeOptions judge_options_of(const Scenario& scenario) {
  models::JudgeOptions options;
  int32_t number = 0;
  for (const ProducerPlan& plan : scenario.producers) {
    for (int32_t member = 0; member < plan.count; ++member)
      options.producers.push_back(
          {++number, member_name(plan.name, member, plan.count), plan.name, plan.config});
  }
  number = 0;
  for (const ConsumerPlan& plan : scenario.consumers) {
    for (int32_t member = 0; member < plan.count; ++member)
      options.consumers.push_back(
          {++number, member_name(plan.name, member, plan.count), plan.name, false, plan.topics});
  }
  options.consumers.push_back({++number, "auditor", "auditor", true, {}});
  for (const TopicPlan& topic : scenario.topics)
    options.topics.push_back({topic.name, topic.final_partitions, topic.replication_factor,
                              topic.config, topic.imported_ends});
  return options;
}

}  // namespace scenarios
