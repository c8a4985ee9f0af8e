// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <map>

#include "fmt/format.h"
#include "models/common/config_keys.h"
#include "scenarios/declared_check.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

using models::ConfigScope;

// A setting of the cluster, as written; `topic` is a member of "topics".
const JsonValue* of_cluster(const JsonValue& topic, std::string_view key) {
  const JsonValue* at = topic.parent == nullptr ? nullptr : topic.parent->parent;
  for (std::string_view name : {std::string_view("cluster"), std::string_view("config"), key})
    at = at == nullptr ? nullptr : at->find(name);
  return at;
}

// Was a key meant, and misspelt? Then its default is not what the author wants.
bool is_misspelt(const JsonValue& object, std::string_view key) {
  return object.find(key) == nullptr &&
         std::any_of(object.children.begin(), object.children.end(), [&](const JsonValue& member) {
           return nearest_name(member.key, {key}).has_value();
         });
}

void check_replicas(const Fields& fields, const JsonValue& value, const Scenario& scenario,
                    const TopicPlan& topic, ProblemList& problems) {
  const JsonValue* factor = fields.find("replication.factor");
  int32_t brokers = scenario.cluster.brokers;
  if (topic.replication_factor > brokers) {
    problems.at_value(factor == nullptr ? value : *factor,
                      fmt::format("{0} replicas need {0} brokers, the cluster has {1}",
                                  topic.replication_factor, brokers));
  }
  int32_t least = topic.config.min_insync_replicas;
  if (least <= topic.replication_factor) return;
  const JsonValue* config = fields.find("config");
  const JsonValue* own = config == nullptr ? nullptr : config->find("min.insync.replicas");
  const JsonValue* place = own != nullptr ? own : of_cluster(value, "min.insync.replicas");
  if (place == nullptr) place = factor;
  problems.at_value(place == nullptr ? value : *place,
                    fmt::format("min.insync.replicas is {}, replication.factor is {}: there could "
                                "never be so many replicas in sync",
                                least, topic.replication_factor));
}

TopicPlan load_topic(const JsonValue& value, const ObjectDecl& decl, const Scenario& scenario,
                     ProblemList& problems) {
  Fields fields(&value, decl);
  TopicPlan topic;
  topic.name = value.key;
  // A malformed number must not make good references to the topic look wrong.
  topic.partitions = static_cast<int32_t>(fields.integer("partitions").value_or(kMostPartitions));
  std::optional<int64_t> factor = fields.integer("replication.factor");
  if (is_misspelt(value, "replication.factor")) factor.reset();
  topic.replication_factor = static_cast<int16_t>(factor.value_or(scenario.cluster.brokers));
  topic.config = scenario.cluster.config.topic;
  ConfigReader reader(fields.find("config"), ConfigScope::kTopic, problems);
  reader.read([&](std::string_view key, std::string_view text) {
    return models::set_topic_config(topic.config, key, text);
  });
  topic.config_text = reader.text();
  if (factor) check_replicas(fields, value, scenario, topic, problems);
  return topic;
}

// Kafka takes "." and "_" for the same in the names of its metrics, so no two topics may differ by
// those alone (Topic.hasCollision).
void check_collision(const JsonValue& value, std::map<std::string, std::string>& seen,
                     ProblemList& problems) {
  std::string plain = value.key;
  std::replace(plain.begin(), plain.end(), '.', '_');
  auto [other, fresh] = seen.emplace(plain, value.key);
  if (fresh) return;
  problems.at_key(value,
                  fmt::format("collides with topic {}: Kafka takes \".\" and \"_\" for the same",
                              in_quotes(other->second)));
}

void load_racks(const Fields& fields, ClusterPlan& cluster, ProblemList& problems) {
  for (const JsonValue* rack : fields.texts("racks")) {
    absl::Status named = check_name(rack->text);
    bool twice =
        std::find(cluster.racks.begin(), cluster.racks.end(), rack->text) != cluster.racks.end();
    if (!named.ok()) problems.at_value(*rack, std::string(named.message()));
    if (twice) problems.at_value(*rack, fmt::format("{} is named twice", in_quotes(rack->text)));
    cluster.racks.push_back(rack->text);
  }
  const JsonValue* list = fields.find("racks");
  if (list == nullptr || list->kind != JsonKind::kArray) return;
  if (list->children.empty()) {
    problems.at_value(*list, "is empty; name a rack, or leave it out");
  } else if (cluster.racks.size() > static_cast<size_t>(cluster.brokers)) {
    problems.at_value(*list, fmt::format("{} racks for {} brokers: some would have none",
                                         cluster.racks.size(), cluster.brokers));
  }
}

}  // namespace

void load_cluster(const Fields& root, Scenario& scenario, ProblemList& problems) {
  Fields fields = root.object("cluster");
  ClusterPlan& cluster = scenario.cluster;
  cluster.brokers = static_cast<int32_t>(fields.integer("brokers").value_or(kMostBrokers));
  cluster.controllers = static_cast<int32_t>(fields.integer("controllers").value_or(1));
  if (cluster.controllers % 2 == 0) {
    problems.at_value(*fields.find("controllers"),
                      fmt::format("{} controllers stand no more losses than {}; allowed: 1, 3 or 5",
                                  cluster.controllers, cluster.controllers - 1));
  }
  cluster.region = fields.text("region").value_or("region");
  load_racks(fields, cluster, problems);
  auto elr = fields.object("features").integer("eligible.leader.replicas.version");
  cluster.elr_version = static_cast<int16_t>(elr.value_or(1));
  ConfigReader reader(fields.find("config"), ConfigScope::kBroker, problems);
  reader.read([&](std::string_view key, std::string_view text) {
    return models::set_broker_config(cluster.config, key, text);
  });
  cluster.config_text = reader.text();
  const JsonValue* config = fields.find("config");
  if (config == nullptr) return;
  models::ConfigFindings findings = models::check_broker_config(cluster.config);
  reader.report(findings, *config);
  for (const std::string& note : findings.changes) scenario.notes.push_back("cluster: " + note);
}

void load_topics(const Fields& root, Scenario& scenario, ProblemList& problems) {
  const ObjectDecl& decl = *find_key(scenario_declaration(), "topics")->of();
  std::map<std::string, std::string> seen;
  int64_t partitions = 0;
  for (const JsonValue* value : root.entries("topics")) {
    scenario.topics.push_back(load_topic(*value, decl, scenario, problems));
    check_collision(*value, seen, problems);
    int64_t before = partitions;
    partitions += Fields(value, decl).integer("partitions").value_or(0);
    if (before <= kMostPartitions && partitions > kMostPartitions) {
      problems.at_value(*value, fmt::format("more than {} partitions in all", kMostPartitions));
    }
  }
}

}  // namespace scenarios
