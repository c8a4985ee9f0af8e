// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "fmt/format.h"
#include "models/node/cluster.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

constexpr std::string_view kHowTarget =
    "write broker N, leader of T-P, follower of T-P, random follower of T-P, controller, "
    "controller N, any broker, client NAME, zone RACK or region NAME";

absl::Status wrong(std::string message) { return absl::InvalidArgumentError(message); }

// Takes `prefix` from the front of `text`, if it is there.
bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A number without sign or leading zeros, of at most nine digits.
std::optional<int32_t> parse_index(std::string_view text) {
  if (text.empty() || text.size() > 9 || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  int32_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "orders-0" -> {"orders", 0}; nothing when it does not end in a number.
std::optional<std::pair<std::string_view, int32_t>> split_index(std::string_view text) {
  size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  std::optional<int32_t> index = parse_index(text.substr(dash + 1));
  if (!index) return std::nullopt;
  return std::pair(text.substr(0, dash), *index);
}

absl::Status set_broker(const Scenario& scenario, std::string_view number, Target& target) {
  std::optional<int32_t> node = parse_index(number);
  if (!node) return wrong(fmt::format("{} is no broker's number", in_quotes(number)));
  if (*node < 1 || *node > scenario.cluster.brokers) {
    return wrong(fmt::format("there is no broker {}, the cluster has brokers 1 to {}", *node,
                             scenario.cluster.brokers));
  }
  target.kind = Target::Kind::kBroker;
  target.node = *node;
  return absl::OkStatus();
}

absl::Status set_controller(const Scenario& scenario, std::string_view number, Target& target) {
  std::optional<int32_t> node = parse_index(number);
  if (!node) return wrong(fmt::format("{} is no controller's number", in_quotes(number)));
  int32_t last = models::kFirstControllerId + scenario.cluster.controllers - 1;
  if (*node < models::kFirstControllerId || *node > last) {
    std::string all = fmt::format("{}", models::kFirstControllerId);
    if (last > models::kFirstControllerId) all += fmt::format(" to {}", last);
    return wrong(fmt::format("there is no controller {}, the cluster has {}", *node, all));
  }
  target.kind = Target::Kind::kController;
  target.node = *node;
  return absl::OkStatus();
}

absl::Status set_zone(const Scenario& scenario, std::string_view name, Target& target) {
  const std::vector<std::string>& racks = scenario.cluster.racks;
  target.kind = Target::Kind::kZone;
  target.place = std::string(name);
  if (std::find(racks.begin(), racks.end(), name) != racks.end()) return absl::OkStatus();
  if (racks.empty())
    return wrong(fmt::format("there is no zone {}: the cluster has no racks", in_quotes(name)));
  std::vector<std::string_view> names(racks.begin(), racks.end());
  std::string nearest = did_you_mean(name, names);
  if (nearest.empty()) nearest = fmt::format(", the cluster has {}", fmt::join(names, ", "));
  return wrong(fmt::format("there is no zone {}{}", in_quotes(name), nearest));
}

absl::Status set_region(const Scenario& scenario, std::string_view name, Target& target) {
  target.kind = Target::Kind::kRegion;
  target.place = std::string(name);
  if (name == scenario.cluster.region) return absl::OkStatus();
  return wrong(fmt::format("there is no region {}, the cluster is in {}", in_quotes(name),
                           in_quotes(scenario.cluster.region)));
}

absl::Status set_replica(const Scenario& scenario, Target::Kind kind, std::string_view partition,
                         Target& target) {
  absl::StatusOr<models::TopicPartition> parsed = parse_partition(scenario, partition);
  if (!parsed.ok()) return parsed.status();
  target.kind = kind;
  target.partition = *parsed;
  const TopicPlan* topic = find_topic(scenario, parsed->topic);
  if (kind != Target::Kind::kFollower || topic->replication_factor > 1) return absl::OkStatus();
  return wrong(fmt::format("{} has one replica, so no follower", topic->name));
}

std::optional<int32_t> members_of(const Scenario& scenario, std::string_view client) {
  if (const ProducerPlan* producer = find_producer(scenario, client)) return producer->count;
  if (const ConsumerPlan* consumer = find_consumer(scenario, client)) return consumer->count;
  return std::nullopt;
}

absl::Status set_client(const Scenario& scenario, std::string_view name, Target& target) {
  target.kind = Target::Kind::kClient;
  target.client = std::string(name);
  if (members_of(scenario, name)) return absl::OkStatus();
  if (auto member = split_index(name)) {
    std::optional<int32_t> count = members_of(scenario, member->first);
    bool many = count && *count > 1;  // A single one has no number.
    if (many && member->second >= 1 && member->second <= *count) return absl::OkStatus();
    if (many) {
      return wrong(fmt::format("{} has members 1 to {}", in_quotes(member->first), *count));
    }
  }
  std::vector<std::string_view> names;
  for (const ProducerPlan& producer : scenario.producers) names.push_back(producer.name);
  for (const ConsumerPlan& consumer : scenario.consumers) names.push_back(consumer.name);
  return wrong(fmt::format("there is no client {}{}", in_quotes(name), did_you_mean(name, names)));
}

// "leadr of orders-0" -> `; did you mean "leader of orders-0"?`
std::string nearest_target(std::string_view text) {
  size_t space = std::min(text.rfind(' '), text.size());
  std::string_view head = text.substr(0, space);
  auto nearest = nearest_name(head, {"broker", "leader of", "follower of", "random follower of",
                                     "client", "controller", "zone", "region"});
  if (nearest && space < text.size())
    return fmt::format("; did you mean {}?",
                       in_quotes(std::string(*nearest).append(text.substr(space))));
  return did_you_mean(text, {"controller", "any broker"});
}

absl::Status set_target(const Scenario& scenario, std::string_view text, Target& target) {
  std::string_view rest = text;
  if (take(rest, "broker ")) return set_broker(scenario, rest, target);
  if (take(rest, "controller ")) return set_controller(scenario, rest, target);
  if (take(rest, "leader of ")) return set_replica(scenario, Target::Kind::kLeader, rest, target);
  target.random = take(rest, "random ");
  if (take(rest, "follower of "))
    return set_replica(scenario, Target::Kind::kFollower, rest, target);
  target.random = false;
  rest = text;
  if (take(rest, "client ")) return set_client(scenario, rest, target);
  if (take(rest, "controller ")) return set_controller(scenario, rest, target);
  if (take(rest, "zone ")) return set_zone(scenario, rest, target);
  if (take(rest, "region ")) return set_region(scenario, rest, target);
  if (text == "controller" || text == "any broker") {
    target.kind = text == "controller" ? Target::Kind::kController : Target::Kind::kAnyBroker;
    return absl::OkStatus();
  }
  if (take(rest, "coordinator of ")) {
    return wrong(in_quotes(text) + " is not supported yet");
  }
  std::string nearest = nearest_target(text);
  return wrong(fmt::format("unknown target {}{}", in_quotes(text),
                           nearest.empty() ? "; " + std::string(kHowTarget) : nearest));
}

template <class Plan>
const Plan* find_named(const std::vector<Plan>& plans, std::string_view name) {
  for (const Plan& plan : plans) {
    if (plan.name == name) return &plan;
  }
  return nullptr;
}

}  // namespace

const TopicPlan* find_topic(const Scenario& scenario, std::string_view name) {
  return find_named(scenario.topics, name);
}

const ProducerPlan* find_producer(const Scenario& scenario, std::string_view name) {
  return find_named(scenario.producers, name);
}

const ConsumerPlan* find_consumer(const Scenario& scenario, std::string_view name) {
  return find_named(scenario.consumers, name);
}

absl::Status check_topic(const Scenario& scenario, std::string_view name) {
  if (find_topic(scenario, name) != nullptr) return absl::OkStatus();
  std::vector<std::string_view> names;
  for (const TopicPlan& topic : scenario.topics) names.push_back(topic.name);
  return wrong(fmt::format("there is no topic {}{}", in_quotes(name), did_you_mean(name, names)));
}

absl::StatusOr<models::TopicPartition> parse_partition(const Scenario& scenario,
                                                       std::string_view text) {
  auto parts = split_index(text);
  if (!parts) {
    return wrong(fmt::format("{} names no partition; write a topic and a number, as \"orders-0\"",
                             in_quotes(text)));
  }
  absl::Status exists = check_topic(scenario, parts->first);
  if (!exists.ok()) return exists;
  int32_t partitions = find_topic(scenario, parts->first)->partitions;
  if (parts->second >= partitions) {
    return wrong(fmt::format("there is no partition {}: {} has {}, from 0", in_quotes(text),
                             parts->first, partitions));
  }
  return models::TopicPartition{std::string(parts->first), parts->second};
}

absl::StatusOr<Target> parse_target(const Scenario& scenario, std::string_view text) {
  Target target;
  target.text = std::string(text);
  absl::Status status = set_target(scenario, text, target);
  if (!status.ok()) return status;
  return target;
}

}  // namespace scenarios
