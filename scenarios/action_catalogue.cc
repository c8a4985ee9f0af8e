// SPDX-License-Identifier: Apache-2.0

#include "scenarios/action_catalogue.h"

#include <vector>

namespace scenarios {

namespace {

using V = ActionVerb;
using K = KeyKind;
using models::ConfigScope;

constexpr ActionCard kCards[] = {
    {V::kCreateTopic, "create_topic", "A topic is created.", K::kName,
     "at every times partitions replication.factor config",
     R"({"at": "20s", "create_topic": "audit", "partitions": 3, "replication.factor": 3})"},
    {V::kDeleteTopic, "delete_topic", "A topic is deleted, with all its records.", K::kText,
     "at every times", R"({"at": "20s", "delete_topic": "orders"})"},
    {V::kAddPartitions, "add_partitions", "A topic gets more partitions, `to` so many in all.",
     K::kText, "at every times to", R"({"at": "20s", "add_partitions": "orders", "to": 12})"},
    {V::kAlterConfig, "alter_config", "Settings of a topic are changed.", K::kText,
     "at every times config",
     R"({"at": "20s", "alter_config": "orders", "config": {"min.insync.replicas": 1}})"},
    {V::kAlterBrokerConfig, "alter_broker_config",
     "Settings of all brokers (\"all\"), or of some, are changed while they run.", K::kBrokersOrAll,
     "at every times broker_config",
     R"({"at": "20s", "alter_broker_config": "all", "broker_config": {"log.retention.ms": 60000}})"},
    {V::kReassign, "reassign",
     "The replicas of a partition move to these brokers, the first being the preferred leader; or "
     "a move that is under way is called off.",
     K::kText, "at every times replicas cancel",
     R"({"at": "20s", "reassign": "orders-0", "replicas": ["broker 4", "broker 2", "broker 3"]})"},
    {V::kElectPreferred, "elect_preferred",
     "The first replica becomes leader again: of a partition, of all partitions of a topic, or of "
     "\"all\".",
     K::kText, "at every times", R"({"at": "40s", "elect_preferred": "orders"})"},
    {V::kElectUnclean, "elect_unclean",
     "A partition without leader gets one that may lack records: a partition, a topic, or \"all\".",
     K::kText, "at every times", R"({"at": "40s", "elect_unclean": "orders-0"})"},
    {V::kDeleteRecords, "delete_records",
     "The first records of a partition are deleted: those with offsets below `before`, or all that "
     "consumers can read.",
     K::kText, "at every times before",
     R"({"at": "30s", "delete_records": "orders-0", "before": 1000})"},
};

constexpr KeyDecl kWhenKeys[] = {
    {.name = "at",
     .kind = K::kDuration,
     .doc = "When it is done, from the start of the run.",
     .required = true},
    {.name = "every",
     .kind = K::kDuration,
     .doc = "From one time to the next; with `times`.",
     .min = 1},
    {.name = "times",
     .kind = K::kInteger,
     .doc = "How often it is done in all; with `every`.",
     .min = 1,
     .max = kMostFaults},
    {.name = "when", .planned = true},
};

constexpr KeyDecl kMoreKeys[] = {
    {.name = "partitions",
     .kind = K::kInteger,
     .doc = "create_topic: its partitions.",
     .fallback = "1",
     .min = 1,
     .max = kMostPartitions},
    {.name = "replication.factor",
     .kind = K::kInteger,
     .doc = "create_topic: replicas of each partition.",
     .fallback = "1",
     .min = 1,
     .max = kMostBrokers},
    {.name = "config",
     .kind = K::kConfig,
     .doc = "create_topic, alter_config: settings of the topic.",
     .scope = ConfigScope::kTopic},
    {.name = "broker_config",
     .kind = K::kConfig,
     .doc = "alter_broker_config: settings of brokers; those that can change while they run.",
     .scope = ConfigScope::kBroker},
    {.name = "to",
     .kind = K::kInteger,
     .doc = "add_partitions: how many there are then.",
     .min = 2,
     .max = kMostPartitions},
    {.name = "replicas",
     .kind = K::kTargets,
     .doc = "reassign: the new replicas, as \"broker 4\" or \"follower of orders-0\"."},
    {.name = "cancel",
     .kind = K::kBoolean,
     .doc = "reassign: calls off the move that is under way.",
     .fallback = "false"},
    {.name = "before",
     .kind = K::kInteger,
     .doc = "delete_records: the offset of the first record that stays; without it none does.",
     .min = 0,
     .max = INT64_MAX},
};

constexpr std::string_view kPlannedVerbs[] = {"scale", "register_schema"};

std::vector<KeyDecl> all_keys() {
  std::vector<KeyDecl> keys(std::begin(kWhenKeys), std::end(kWhenKeys));
  for (const ActionCard& card : kCards) {
    keys.push_back({.name = card.name, .kind = card.subject, .doc = card.about, .choice = true});
  }
  keys.insert(keys.end(), std::begin(kMoreKeys), std::end(kMoreKeys));
  for (std::string_view verb : kPlannedVerbs) {
    keys.push_back({.name = verb, .choice = true, .planned = true});
  }
  return keys;
}

}  // namespace

std::span<const ActionCard> action_catalogue() { return kCards; }

const ActionCard* find_action(std::string_view name) {
  for (const ActionCard& card : kCards) {
    if (card.name == name) return &card;
  }
  return nullptr;
}

const ObjectDecl* action_declaration() {
  static const std::vector<KeyDecl> kKeys = all_keys();
  static const ObjectDecl kAction{"action", "What an administrator does: one verb, and when.",
                                  kKeys, "(faultline actions lists all)"};
  return &kAction;
}

}  // namespace scenarios
