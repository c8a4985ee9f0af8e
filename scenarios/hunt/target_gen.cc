// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/target_gen.h"

#include <fmt/format.h>

#include <vector>

#include "models/node/cluster.h"
#include "scenarios/loader_parts.h"
#include "sim/check.h"

namespace scenarios {

namespace {

using Names = std::vector<std::string>;

Names client_names(const Scenario& scenario) {
  Names names;
  for (const ProducerPlan& plan : scenario.producers) names.push_back("client " + plan.name);
  for (const ConsumerPlan& plan : scenario.consumers) names.push_back("client " + plan.name);
  return names;
}

const std::string& any_of(Draw& draw, const Names& names) {
  return names[static_cast<size_t>(draw.between(0, static_cast<int64_t>(names.size()) - 1))];
}

// The first `count` in a random order.
Names some_of(Draw& draw, Names names, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    int64_t other = draw.between(static_cast<int64_t>(i), static_cast<int64_t>(names.size()) - 1);
    std::swap(names[i], names[static_cast<size_t>(other)]);
  }
  names.resize(count);
  return names;
}

bool has_followers(const Scenario& scenario, const std::string& partition) {
  return find_topic(scenario, partition.substr(0, partition.rfind('-')))->replication_factor > 1;
}

bool hits_clients(const TargetRules& rules) {
  return rules.hits == FaultCard::Hits::kAll || rules.hits == FaultCard::Hits::kClients;
}

std::string one_node(Draw& draw, const Scenario& scenario, const TargetRules& rules) {
  enum { kBroker, kLeader, kFollower, kRandomFollower, kAny, kController, kClient };
  Names clients = client_names(scenario);
  if (rules.hits == FaultCard::Hits::kClients) return any_of(draw, clients);
  bool focused = draw.percent(75);
  std::string partition = focused ? rules.focus : draw_partition(draw, scenario);
  bool follower = has_followers(scenario, partition);
  switch (draw.weighted({35, 28, follower ? 12 : 0, follower ? 5 : 0, 6, rules.controllers ? 6 : 0,
                         hits_clients(rules) && !clients.empty() ? 6 : 0})) {
    case kLeader:
      return "leader of " + partition;
    case kFollower:
      return "follower of " + partition;
    case kRandomFollower:
      return "random follower of " + partition;
    case kAny:
      return "any broker";
    case kController:
      return draw.percent(60) ? "controller" : any_of(draw, controller_names(scenario));
    case kClient:
      return any_of(draw, clients);
    default:
      return any_of(draw, broker_names(scenario));
  }
}

Json some_brokers(Draw& draw, const Scenario& scenario, int64_t least) {
  int64_t count = draw.between(least, scenario.cluster.brokers);
  return some_of(draw, broker_names(scenario), static_cast<size_t>(count));
}

// Everybody is on one of two sides, or on none and sees both.
Json two_sides(Draw& draw, const Scenario& scenario, const TargetRules& rules) {
  Names all = broker_names(scenario);
  if (rules.controllers) {
    for (std::string& controller : controller_names(scenario)) all.push_back(std::move(controller));
  }
  if (hits_clients(rules)) {
    for (std::string& client : client_names(scenario)) all.push_back(std::move(client));
  }
  Json sides = Json::array({Json::array(), Json::array()});
  std::vector<size_t> nowhere;
  for (size_t i = 0; i < all.size(); ++i) {
    size_t side = draw.weighted({40, 40, 20});
    if (side < 2) {
      sides[side].push_back(all[i]);
    } else {
      nowhere.push_back(i);
    }
  }
  // There are two at least: a broker and the controller, or a client.
  for (size_t side = 0; side < 2; ++side) {
    if (!sides[side].empty()) continue;
    Json& other = sides[1 - side];
    if (!nowhere.empty()) {
      sides[side].push_back(all[nowhere.back()]);
      nowhere.pop_back();
    } else {
      sides[side].push_back(other.back());
      other.erase(other.size() - 1);
    }
  }
  return sides;
}

Json links(Draw& draw, const Scenario& scenario, const TargetRules& rules) {
  bool brokers = scenario.cluster.brokers >= 2;
  switch (draw.weighted({50, brokers ? 25 : 0, 25})) {
    case 0:
      return one_node(draw, scenario, rules);
    case 1:
      return some_brokers(draw, scenario, 2);
    default:
      return two_sides(draw, scenario, rules);
  }
}

}  // namespace

std::vector<std::string> broker_names(const Scenario& scenario) {
  Names names;
  for (int32_t id = 1; id <= scenario.cluster.brokers; ++id)
    names.push_back(fmt::format("broker {}", id));
  return names;
}

std::vector<std::string> controller_names(const Scenario& scenario) {
  Names names;
  for (int32_t i = 0; i < scenario.cluster.controllers; ++i)
    names.push_back(fmt::format("controller {}", models::kFirstControllerId + i));
  return names;
}

std::string draw_partition(Draw& draw, const Scenario& scenario) {
  int64_t last = static_cast<int64_t>(scenario.topics.size()) - 1;
  const TopicPlan& topic = scenario.topics[static_cast<size_t>(draw.between(0, last))];
  return fmt::format("{}-{}", topic.name, draw.between(0, topic.partitions - 1));
}

namespace {

// What a cluster in trouble says most, and what its elections and commits rest on.
std::string a_message(Draw& draw) {
  return draw.one_of({"Fetch", "FetchResponse", "Produce", "ProduceResponse", "AlterPartition",
                      "AlterPartitionResponse", "BrokerHeartbeat", "BrokerRegistration", "Metadata",
                      "InitProducerId", "Vote", "BeginQuorumEpoch"});
}

}  // namespace

Json draw_targets(Draw& draw, const Scenario& scenario, KeyKind form, const TargetRules& rules) {
  if (rules.hits == FaultCard::Hits::kZones) return "zone " + any_of(draw, scenario.cluster.racks);
  if (rules.hits == FaultCard::Hits::kRegions) return "region " + scenario.cluster.region;
  switch (form) {
    case KeyKind::kMessage:
      return a_message(draw);
    case KeyKind::kTargets:
      if (rules.hits == FaultCard::Hits::kClients) return one_node(draw, scenario, rules);
      if (scenario.cluster.brokers < 2 || draw.percent(80)) return one_node(draw, scenario, rules);
      return some_brokers(draw, scenario, 2);
    case KeyKind::kSides:
      return two_sides(draw, scenario, rules);
    case KeyKind::kLinkSides:
      return links(draw, scenario, rules);
    case KeyKind::kBrokersOrAll:
      return draw.percent(60) ? Json("all") : some_brokers(draw, scenario, 1);
    default:
      SIM_CHECK(false, static_cast<int>(form));
  }
  return {};
}

}  // namespace scenarios
