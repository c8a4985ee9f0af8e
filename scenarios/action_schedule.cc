// SPDX-License-Identifier: Apache-2.0

#include "scenarios/action_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "models/controller/metadata_records.h"
#include "models/node/client_node.h"
#include "scenarios/selectors.h"

namespace scenarios {

namespace {

std::vector<models::NodeId> nodes_of(const std::vector<Target>& targets,
                                     const models::Cluster& cluster, const sim::World& world,
                                     sim::Rng& rng) {
  std::vector<models::NodeId> nodes;
  for (const Target& target : targets) {
    for (const Hit& hit : resolve(target, cluster, world, rng)) nodes.push_back(hit.node);
  }
  return nodes;
}

models::AlterConfigsResource resource_of(int8_t type, std::string name, const ConfigText& config) {
  models::AlterConfigsResource resource{type, std::move(name), {}};
  for (const auto& [key, text] : config)
    resource.configs.push_back({key, models::ConfigOperation::kSet, text});
  return resource;
}

models::Message configs_of(const ActionPlan& plan, const std::vector<models::NodeId>& brokers) {
  models::IncrementalAlterConfigsRequest request;
  if (plan.verb == ActionVerb::kAlterConfig) {
    request.resources.push_back(resource_of(models::kTopicResource, plan.topic, plan.config));
  } else if (plan.brokers.empty()) {
    request.resources.push_back(resource_of(models::kBrokerResource, "", plan.config));
  }
  for (models::NodeId id : brokers) {
    request.resources.push_back(
        resource_of(models::kBrokerResource, std::to_string(id.value()), plan.config));
  }
  return request;
}

models::Message election_of(const ActionPlan& plan, const models::MetadataImage* image) {
  models::ElectLeadersRequest request;
  request.type = plan.verb == ActionVerb::kElectUnclean ? models::ElectionType::kUnclean
                                                        : models::ElectionType::kPreferred;
  if (plan.partition) request.partitions.push_back(*plan.partition);
  if (plan.topic.empty() || image == nullptr) return request;
  auto topic = image->topics.find(plan.topic);
  size_t count = topic == image->topics.end() ? 1 : topic->second.partitions.size();
  for (size_t i = 0; i < count; ++i)
    request.partitions.push_back({plan.topic, static_cast<int32_t>(i)});
  return request;
}

models::Message request_of(const ActionPlan& plan, const models::Cluster& cluster,
                           const sim::World& world) {
  sim::Rng rng = world.root_rng().stream("action", static_cast<uint64_t>(plan.index),
                                         static_cast<uint64_t>(world.now().nanos()));
  std::vector<models::NodeId> brokers = nodes_of(plan.brokers, cluster, world, rng);
  switch (plan.verb) {
    case ActionVerb::kCreateTopic:
      return models::CreateTopicsRequest{
          {{plan.topic, plan.partitions, plan.replication_factor, plan.config, {}}}};
    case ActionVerb::kDeleteTopic:
      return models::DeleteTopicsRequest{{{plan.topic, {}}}};
    case ActionVerb::kAddPartitions:
      return models::CreatePartitionsRequest{{{plan.topic, plan.partitions, {}}}};
    case ActionVerb::kReassign: {
      models::ReassignablePartition wanted{*plan.partition, std::nullopt};
      if (!plan.cancels) wanted.replicas = std::move(brokers);
      return models::AlterPartitionReassignmentsRequest{true, {std::move(wanted)}};
    }
    case ActionVerb::kElectPreferred:
    case ActionVerb::kElectUnclean:
      return election_of(plan, metadata_of(cluster, world));
    case ActionVerb::kDeleteRecords:
      return models::DeleteRecordsRequest{.partitions = {{*plan.partition, plan.before}}};
    case ActionVerb::kAlterConfig:
    case ActionVerb::kAlterBrokerConfig:
      break;
  }
  return configs_of(plan, brokers);
}

}  // namespace

ActionSchedule::ActionSchedule(const std::vector<ActionPlan>& plans) {
  for (size_t i = 0; i < plans.size(); ++i) {
    for (int32_t n = 0; n < plans[i].times; ++n)
      due_.push_back({plans[i].at + plans[i].every * n, static_cast<int32_t>(i)});
  }
  std::sort(due_.begin(), due_.end(), [](const Due& a, const Due& b) {
    return a.at != b.at ? a.at > b.at : a.plan > b.plan;
  });
}

std::optional<sim::SimTime> ActionSchedule::next() const {
  if (due_.empty()) return std::nullopt;
  return due_.back().at;
}

void ActionSchedule::act(const std::vector<ActionPlan>& plans, const models::Cluster& cluster,
                         sim::World& world) {
  const ActionPlan& plan = plans[static_cast<size_t>(due_.back().plan)];
  ActionRun run{due_.back().plan, world.now(), plan.text, std::nullopt, "", {}};
  due_.pop_back();
  int64_t id = static_cast<int64_t>(runs_.size());
  models::Message request = request_of(plan, cluster, world);
  world.poke(cluster.admin(), "admin.perform", [&](sim::Process& process, sim::Context& context) {
    auto& node = static_cast<models::AdminNode&>(process);
    run.event = context.current_event();
    node.run(context, [&](models::Step& step) { node.admin().perform(id, request, step); });
  });
  runs_.push_back(std::move(run));
}

const ActionRun* ActionSchedule::on_done(const models::Note& note, sim::SimTime at) {
  int64_t id = -1;
  std::string errors;
  for (const auto& [key, value] : note.fields) {
    if (key == "id") std::from_chars(value.data(), value.data() + value.size(), id);
    if (key == "errors") errors = value;
  }
  if (id < 0 || id >= static_cast<int64_t>(runs_.size())) return nullptr;
  ActionRun& run = runs_[static_cast<size_t>(id)];
  run.ended = at;
  run.errors = std::move(errors);
  return &run;
}

bool ActionSchedule::is_over() const {
  return due_.empty() && std::all_of(runs_.begin(), runs_.end(),
                                     [](const ActionRun& run) { return run.ended.has_value(); });
}

}  // namespace scenarios
