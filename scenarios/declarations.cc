// SPDX-License-Identifier: Apache-2.0

#include "scenarios/declarations.h"

#include "models/clients/workload.h"
#include "scenarios/action_catalogue.h"
#include "scenarios/fault_catalogue.h"

namespace scenarios {

namespace {

using K = KeyKind;
using models::ConfigScope;

constexpr int64_t kDay = 86'400ll * 1'000'000'000;

constexpr KeyDecl kFeatureKeys[] = {
    {.name = "eligible.leader.replicas.version",
     .kind = K::kInteger,
     .doc = "Whether below min.insync.replicas those who leave the ISR stay eligible (KIP-966).",
     .fallback = "1",
     .min = 0,
     .max = 1},
};
const ObjectDecl kFeatures{
    "features", "Kafka's features and their levels, as a new cluster has them.", kFeatureKeys};

constexpr KeyDecl kImportKeys[] = {
    {.name = "broker",
     .kind = K::kInteger,
     .doc = "The broker that begins with it.",
     .required = true,
     .min = 1,
     .max = kMostBrokers},
    {.name = "directory",
     .kind = K::kText,
     .doc = "A log.dir of a real broker; relative to this file.",
     .required = true},
};
const ObjectDecl kImport{"import", "The log directory with which a broker begins.", kImportKeys};

constexpr KeyDecl kClusterKeys[] = {
    {.name = "brokers",
     .kind = K::kInteger,
     .doc = "Brokers, with node ids from 1.",
     .fallback = "3",
     .min = 1,
     .max = kMostBrokers},
    {.name = "controllers",
     .kind = K::kInteger,
     .doc = "Controllers of the KRaft quorum, with node ids from 3000: 1, 3 or 5.",
     .fallback = "1",
     .min = 1,
     .max = 5},
    {.name = "region",
     .kind = K::kName,
     .doc = "The name of the region where all of it is, for faults.",
     .fallback = "region"},
    {.name = "racks",
     .kind = K::kTexts,
     .doc = "Availability zones of the region, for the brokers (and the controllers) in turn: of "
            "three, broker 4 is in the first again. Kafka spreads replicas over them; consumers "
            "may name one as client.rack. The clients' machines are in none of them."},
    {.name = "coordination",
     .kind = K::kWord,
     .doc = "What keeps the cluster's metadata.",
     .fallback = "kraft",
     .words = "kraft",
     .planned_words = "zookeeper"},
    {.name = "features",
     .kind = K::kObject,
     .doc = "Kafka's features: kafka-storage.sh format --feature.",
     .of = [] { return &kFeatures; }},
    {.name = "import",
     .kind = K::kObjects,
     .doc =
         "Log directories of real brokers that are on the disks when the run begins. Topics of the "
         "same names are theirs.",
     .of = [] { return &kImport; }},
    {.name = "config",
     .kind = K::kConfig,
     .doc = "Settings of every broker.",
     .scope = ConfigScope::kBroker},
};
const ObjectDecl kCluster{"cluster", "The cluster's nodes and their settings.", kClusterKeys};

constexpr KeyDecl kTopicKeys[] = {
    {.name = "partitions",
     .kind = K::kInteger,
     .doc = "Partitions.",
     .fallback = "1",
     .min = 1,
     .max = kMostPartitions},
    {.name = "replication.factor",
     .kind = K::kInteger,
     .doc = "Replicas of each partition.",
     .fallback = "1",
     .min = 1,
     .max = kMostBrokers},
    {.name = "config",
     .kind = K::kConfig,
     .doc = "Settings of this topic.",
     .scope = ConfigScope::kTopic},
};
const ObjectDecl kTopic{"topic", "A topic; it exists when the run begins.", kTopicKeys};

constexpr KeyDecl kKeysKeys[] = {
    {.name = "distinct",
     .kind = K::kInteger,
     .doc = "How many different keys there are.",
     .required = true,
     .min = 1,
     .max = kMostKeys},
    {.name = "skew",
     .kind = K::kWord,
     .doc = "uniform: all equally frequent; zipf: the k-th is 1/k as frequent as the first.",
     .fallback = "uniform",
     .words = "uniform zipf"},
    {.name = "kind", .planned = true},
};
const ObjectDecl kKeys{"keys", "The keys of records.", kKeysKeys};

constexpr KeyDecl kValueKeys[] = {
    {.name = "size",
     .kind = K::kSize,
     .doc = "Size of each value; it begins with the record's id, so 8 bytes are the least.",
     .fallback = "100B",
     .min = models::kMinValueBytes,
     .max = 1'000'000},
    {.name = "tombstones",
     .kind = K::kProbability,
     .doc = "Share of the records that have no value: they delete their key. Needs `keys`.",
     .fallback = "0"},
    {.name = "schema", .planned = true},
};
const ObjectDecl kValue{"value", "The values of records.", kValueKeys};

constexpr KeyDecl kProducerKeys[] = {
    {.name = "count",
     .kind = K::kInteger,
     .doc = "How many producers of this kind.",
     .fallback = "1",
     .min = 1,
     .max = kMostClients},
    {.name = "topic", .kind = K::kText, .doc = "The topic it writes to.", .required = true},
    {.name = "rate",
     .kind = K::kRate,
     .doc = "Records of each producer, as \"500/s\".",
     .required = true},
    {.name = "keys",
     .kind = K::kObject,
     .doc = "Without it, records have no key.",
     .of = [] { return &kKeys; }},
    {.name = "value",
     .kind = K::kObject,
     .doc = "What values are like.",
     .of = [] { return &kValue; }},
    {.name = "config",
     .kind = K::kConfig,
     .doc = "Settings of these producers.",
     .scope = ConfigScope::kProducer},
    {.name = "cluster", .planned = true},
    {.name = "region", .planned = true},
    {.name = "transactions", .planned = true},
};
const ObjectDecl kProducer{"producer", "Applications that write to a topic at a constant rate.",
                           kProducerKeys};

constexpr KeyDecl kConsumerKeys[] = {
    {.name = "count",
     .kind = K::kInteger,
     .doc = "How many consumers of this kind.",
     .fallback = "1",
     .min = 1,
     .max = kMostClients},
    {.name = "topics", .kind = K::kTexts, .doc = "The topics they read.", .required = true},
    {.name = "assignment",
     .kind = K::kWord,
     .doc = "static: the i-th partition of each topic belongs to member i modulo `count`.",
     .required = true,
     .words = "static",
     .planned_words = "group consumer classic"},
    {.name = "processing",
     .kind = K::kDuration,
     .doc = "Time the application takes for one record.",
     .fallback = "0s",
     .max = 3'600ll * 1'000'000'000},
    {.name = "config",
     .kind = K::kConfig,
     .doc = "Settings of these consumers.",
     .scope = ConfigScope::kConsumer},
    {.name = "commit", .planned = true},
    {.name = "group", .planned = true},
    {.name = "cluster", .planned = true},
    {.name = "region", .planned = true},
};
const ObjectDecl kConsumer{"consumer", "Applications that read topics.", kConsumerKeys};

constexpr KeyDecl kScenarioKeys[] = {
    {.name = "$schema", .doc = "Where editors find the schema of this file."},
    {.name = "name", .kind = K::kName, .doc = "A short name, as the file's.", .required = true},
    {.name = "title", .doc = "What happens, in a line."},
    {.name = "why", .doc = "What it teaches, in a sentence or two."},
    {.name = "seed", .kind = K::kSeed, .doc = "Of all randomness of the run.", .fallback = "1"},
    {.name = "duration",
     .kind = K::kDuration,
     .doc = "Simulated time, up to a day.",
     .required = true,
     .min = 1,
     .max = kDay},
    {.name = "cluster",
     .kind = K::kObject,
     .doc = "Without it, three brokers and one controller.",
     .of = [] { return &kCluster; }},
    {.name = "topics",
     .kind = K::kMap,
     .doc = "Topics by name.",
     .required = true,
     .of = [] { return &kTopic; }},
    {.name = "producers",
     .kind = K::kMap,
     .doc = "Producers by name.",
     .of = [] { return &kProducer; }},
    {.name = "consumers",
     .kind = K::kMap,
     .doc = "Consumers by name.",
     .of = [] { return &kConsumer; }},
    {.name = "faults",
     .kind = K::kObjects,
     .doc = "What goes wrong, and when.",
     .of = fault_declaration},
    {.name = "actions",
     .kind = K::kObjects,
     .doc = "What an administrator does, and when.",
     .of = action_declaration},
    {.name = "expect",
     .kind = K::kTexts,
     .doc = "METRIC(ARGS) OP VALUE [at T | at end | during A..B | always]; faultline metrics lists "
            "the "
            "metrics."},
    {.name = "mutations", .kind = K::kTexts, .doc = "Historical bugs to switch on, by name."},
    {.name = "regions", .planned = true},
    {.name = "clusters", .planned = true},
    {.name = "links", .planned = true},
};
const ObjectDecl kScenario{"scenario", "A scenario of Faultline.", kScenarioKeys};

}  // namespace

const ObjectDecl& scenario_declaration() { return kScenario; }

const KeyDecl* find_key(const ObjectDecl& object, std::string_view name) {
  for (const KeyDecl& key : object.keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::vector<std::string_view> split_words(std::string_view words) {
  std::vector<std::string_view> split;
  while (!words.empty()) {
    size_t end = words.find(' ');
    if (end != 0) split.push_back(words.substr(0, end));
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
  }
  return split;
}

}  // namespace scenarios
