// SPDX-License-Identifier: Apache-2.0
//
// "import" of a cluster: directories of real brokers are read onto simulated disks, and the topics
// of the scenario that are in them get their ids, replicas and epochs from there.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "models/node/cluster.h"
#include "scenarios/disk_import.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"
#include "scenarios/printable.h"
#include "scenarios/real_directory.h"

namespace scenarios {

namespace {

namespace fs = std::filesystem;

// The log.dir, or one partition's directory, that `path` is or that is alone in it.
absl::StatusOr<LogPlace> place_in(RealDirectory& files) {
  auto places = find_log_places(files, "");
  if (!places.ok()) return places.status();
  if (places->empty()) {
    return absl::NotFoundError(
        "no log directory: expected partitions (orders-0) or meta.properties in it");
  }
  if (places->size() > 1) {
    return absl::InvalidArgumentError(
        fmt::format("holds {} log.dirs, and a simulated broker has one; name one of them, as {}",
                    places->size(), printable(places->front().path)));
  }
  return places->front();
}

absl::Status read_directory(const std::string& file, ImportPlan& plan) {
  fs::path path = fs::path(file).parent_path() / plan.directory;
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  if (error) return absl::NotFoundError(error.message());
  auto files = RealDirectory::open(real.string(), RealDirectory::Mode::kReadOnly);
  if (!files.ok()) return files.status();
  auto place = place_in(*files);
  if (!place.ok()) return place.status();
  sim::SimDisk disk;
  auto imported = import_disk(*files, *place, {.partition_name = real.filename().string()}, disk);
  if (!imported.ok()) return imported.status();
  models::NodeId node(plan.broker);
  std::string cluster_id(models::kClusterId);
  if (absl::Status given = give_to(node, cluster_id, disk); !given.ok()) return given;
  sim::SimDisk trial = disk;
  auto started = start_on(trial, node, cluster_id);
  if (!started.ok()) return started.status();
  if (!started->set_aside.empty()) {
    const SetAside& log = started->set_aside.front();
    return absl::InvalidArgumentError(to_string(log.partition) + ": " + log.why);
  }
  plan.former_epoch = started->former_epoch;
  plan.logs = std::move(started->logs);
  plan.disk = std::make_shared<const sim::SimDisk>(std::move(disk));
  return absl::OkStatus();
}

void load_import(const JsonValue& value, const ObjectDecl& decl, Scenario& scenario,
                 ProblemList& problems) {
  Fields fields(&value, decl);
  auto broker = fields.integer("broker");
  auto directory = fields.text("directory");
  if (!broker || !directory) return;
  ClusterPlan& cluster = scenario.cluster;
  if (*broker > cluster.brokers) {
    return problems.at_value(
        *fields.find("broker"),
        fmt::format("no broker {}: the cluster has brokers 1 to {}", *broker, cluster.brokers));
  }
  ImportPlan plan{.broker = static_cast<int32_t>(*broker), .directory = *directory};
  for (const ImportPlan& other : cluster.imports) {
    if (other.broker != plan.broker) continue;
    return problems.at_value(*fields.find("broker"),
                             fmt::format("broker {} has a directory already: {}", plan.broker,
                                         in_quotes(other.directory)));
  }
  if (absl::Status read = read_directory(scenario.file, plan); !read.ok()) {
    return problems.at_value(*fields.find("directory"),
                             fmt::format("{}: {}", in_quotes(plan.directory), std::string(read.message())));
  }
  cluster.imports.push_back(std::move(plan));
}

// A log of a partition, and the broker that begins with it.
struct Holder {
  models::NodeId broker;
  const StartedLog* log;
};

std::vector<Holder> holders_of(const Scenario& scenario, const models::TopicPartition& partition) {
  std::vector<Holder> holders;
  for (const ImportPlan& plan : scenario.cluster.imports) {
    for (const StartedLog& log : plan.logs) {
      if (log.partition == partition) holders.push_back({models::NodeId(plan.broker), &log});
    }
  }
  std::sort(holders.begin(), holders.end(),
            [](const Holder& a, const Holder& b) { return a.broker < b.broker; });
  return holders;
}

// The holder that is furthest alone is in sync: what the others lack, they fetch. Nobody leads
// until that one has registered, and then under an epoch that no log has.
models::PartitionRegistration registration_of(const std::vector<Holder>& holders,
                                              const Scenario& scenario, const TopicPlan& topic,
                                              int32_t index) {
  models::PartitionRegistration partition;
  const Holder* best = &holders.front();
  for (const Holder& holder : holders) {
    partition.replicas.push_back(holder.broker);
    auto reach = [](const Holder& of) { return std::pair(of.log->epoch, of.log->log_end); };
    if (reach(holder) > reach(*best)) best = &holder;
  }
  int32_t brokers = scenario.cluster.brokers;
  for (int32_t i = 0; i < brokers; ++i) {
    if (partition.replicas.size() >= static_cast<size_t>(topic.replication_factor)) break;
    models::NodeId next(1 + (index + i) % brokers);
    if (!partition.has_replica(next)) partition.replicas.push_back(next);
  }
  partition.isr = {best->broker};
  partition.leader_epoch = std::max(best->log->epoch, models::LeaderEpoch(0));
  return partition;
}

class TopicImport {
 public:
  TopicImport(const Scenario& scenario, TopicPlan& topic, const JsonValue& value,
              ProblemList& problems)
      : scenario_(scenario), topic_(topic), value_(value), problems_(problems) {}

  void run() {
    int32_t found = 0;  // One more than the last partition.
    for (const ImportPlan& plan : scenario_.cluster.imports) {
      for (const StartedLog& log : plan.logs) {
        if (log.partition.topic == topic_.name)
          found = std::max(found, log.partition.partition + 1);
      }
    }
    if (found == 0) return;
    if (found != topic_.partitions) {
      return wrong("partitions", fmt::format("{} has {} in the imported directories, found {}",
                                             in_quotes(topic_.name), found, topic_.partitions));
    }
    for (int32_t index = 0; index < found; ++index) {
      if (!take(index)) return;
    }
  }

 private:
  // At the value of `key`, or at the topic if that is not written.
  void wrong(std::string_view key, std::string message) {
    const JsonValue* at = value_.find(key);
    problems_.at_value(at == nullptr ? value_ : *at, std::move(message));
  }

  bool take(int32_t index) {
    std::string name = to_string(models::TopicPartition{topic_.name, index});
    std::vector<Holder> holders = holders_of(scenario_, {topic_.name, index});
    if (holders.empty()) {
      wrong("", fmt::format("no imported directory has {}, and others have its sisters", name));
      return false;
    }
    if (holders.size() > static_cast<size_t>(topic_.replication_factor)) {
      wrong("replication.factor", fmt::format("{} imported directories have {}, found {}",
                                              holders.size(), name, topic_.replication_factor));
      return false;
    }
    for (const Holder& holder : holders) {
      const models::Uuid& id = holder.log->topic_id;
      if (!topic_.imported_id.is_zero() && id != topic_.imported_id) {
        wrong("",
              fmt::format("{} of broker {} has topic id {}, other logs of the topic have {}", name,
                          holder.broker.value(), to_string(id), to_string(topic_.imported_id)));
        return false;
      }
      topic_.imported_id = id;
    }
    topic_.imported.push_back(registration_of(holders, scenario_, topic_, index));
    models::NodeId best = topic_.imported.back().isr.front();
    for (const Holder& holder : holders) {
      if (holder.broker == best) topic_.imported_ends.push_back(holder.log->log_end);
    }
    return true;
  }

  const Scenario& scenario_;
  TopicPlan& topic_;
  const JsonValue& value_;
  ProblemList& problems_;
};

void note_strays(Scenario& scenario) {
  for (const ImportPlan& plan : scenario.cluster.imports) {
    std::string last;
    for (const StartedLog& log : plan.logs) {
      if (log.partition.topic == last) continue;
      last = log.partition.topic;
      if (find_topic(scenario, last) != nullptr) continue;
      scenario.notes.push_back(
          fmt::format("cluster: {} of {} is none of the topics: broker {} sets it aside (-stray)",
                      last, printable(plan.directory), plan.broker));
    }
  }
}

}  // namespace

void load_imports(const Fields& root, Scenario& scenario, ProblemList& problems) {
  Fields cluster = root.object("cluster");
  const ObjectDecl& of_cluster = *find_key(scenario_declaration(), "cluster")->of();
  const ObjectDecl& decl = *find_key(of_cluster, "import")->of();
  for (const JsonValue* value : cluster.entries("import"))
    load_import(*value, decl, scenario, problems);
  if (scenario.cluster.imports.empty()) return;
  std::vector<const JsonValue*> topics = root.entries("topics");
  for (size_t i = 0; i < scenario.topics.size(); ++i)
    TopicImport(scenario, scenario.topics[i], *topics[i], problems).run();
  note_strays(scenario);
}

}  // namespace scenarios
