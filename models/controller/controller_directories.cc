// SPDX-License-Identifier: Apache-2.0
//
// Log directories of brokers: which are online, where replicas are, and what the loss of one means
// (KIP-112, KIP-858).
//
//   directory fails --heartbeat's OfflineLogDirs--> its replicas leave their ISRs, and lead no more
//   broker places a replica --AssignReplicasToDirs--> the partition's directory is known
//
// Source: metadata/.../controller/ReplicationControlManager.java (handleDirectoriesOffline,
// handleAssignReplicasToDirs), ClusterControlManager.java (registerBroker).

#include <algorithm>
#include <utility>

#include "models/controller/controller.h"
#include "models/controller/leader_election.h"

namespace models {

bool Controller::has_online_directory(NodeId id, const PartitionRegistration& partition) const {
  const BrokerRegistration* broker = latest_.image().find(id);
  return broker != nullptr && is_online(partition.directory_of(id), broker->directories);
}

Uuid Controller::default_directory(NodeId id) const {
  const BrokerRegistration* broker = latest_.image().find(id);
  return broker == nullptr ? kUnassignedDirectory : broker->default_directory();
}

// Of no other broker, none twice, and none that is no directory's.
bool Controller::are_directories_valid(const BrokerRegistrationRequest& request) const {
  std::vector<Uuid> sorted = request.log_dirs;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return false;
  if (std::any_of(sorted.begin(), sorted.end(), is_reserved)) return false;
  for (const auto& [id, broker] : latest_.image().brokers) {
    if (id == request.broker_id) continue;
    for (const Uuid& directory : broker.directories) {
      if (std::binary_search(sorted.begin(), sorted.end(), directory)) return false;
    }
  }
  return true;
}

void Controller::add_changes_without_directory(NodeId broker, const Uuid& directory,
                                               Records& records) const {
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      const PartitionRegistration& partition = topic.partitions[i];
      if (!partition.has_replica(broker) || partition.directory_of(broker) != directory) continue;
      add_change(topic, i, {.removed = broker}, records);
    }
  }
}

void Controller::add_offline_directories(NodeId id, const std::vector<Uuid>& offline,
                                         Records& records, Step& step) const {
  const BrokerRegistration& broker = latest_.image().brokers.at(id);
  auto failed = [&](const Uuid& directory) {
    return std::find(offline.begin(), offline.end(), directory) != offline.end();
  };
  std::vector<Uuid> online;
  for (const Uuid& directory : broker.directories) {
    if (!failed(directory)) {
      online.push_back(directory);
      continue;
    }
    add_changes_without_directory(id, directory, records);
    step.effects.note("directory_offline", {{"broker", std::to_string(id.value())},
                                            {"directory", to_string(directory)}});
  }
  if (online.size() == broker.directories.size()) return;
  BrokerRegistrationChangeRecord change{id, broker.epoch};
  change.log_dirs = std::move(online);
  records.emplace_back(std::move(change));
}

void Controller::on_assign_replicas_to_dirs(RequestToken token,
                                            const AssignReplicasToDirsRequest& request,
                                            Step& step) {
  AssignReplicasToDirsResponse response;
  if (!active_) {
    response.error = ErrorCode::kNotController;
  } else if (!has_broker_epoch(request.broker_id, request.broker_epoch)) {
    response.error = ErrorCode::kStaleBrokerEpoch;
  }
  if (response.error != ErrorCode::kNone) {
    step.effects.reply(token, std::move(response));
    return;
  }
  Records records;
  Records of_offline;  // Come after all others, as Kafka's do.
  for (const AssignedDirectory& directory : request.directories) {
    for (const AssignedReplica& replica : directory.replicas) {
      ErrorCode error =
          assign_replica(request.broker_id, directory.id, replica, records, of_offline);
      response.replicas.push_back({replica, error});
    }
  }
  std::move(of_offline.begin(), of_offline.end(), std::back_inserter(records));
  if (!records.empty()) step.mark(Mark::kDirectoryAssigned);
  append(records, "broker " + std::to_string(request.broker_id.value()) + " told its directory",
         step);
  answer(token, std::move(response), step);
}

ErrorCode Controller::assign_replica(NodeId broker, const Uuid& directory,
                                     const AssignedReplica& replica, Records& records,
                                     Records& of_offline) const {
  const TopicImage* topic = latest_.find_topic(replica.topic_id);
  if (topic == nullptr) return ErrorCode::kUnknownTopicId;
  size_t index = static_cast<size_t>(replica.partition);
  if (index >= topic->partitions.size()) return ErrorCode::kUnknownTopicOrPartition;
  const PartitionRegistration& partition = topic->partitions[index];
  if (!partition.has_replica(broker)) return ErrorCode::kNotLeaderOrFollower;
  PartitionTarget target = target_of(*topic, index, Election::kOnline);
  // Kafka's builder is not told here that there is an ELR: this empties it.
  target.elr_enabled = false;
  target.directories[broker] = directory;
  change(*topic, std::move(target), records);
  if (is_online(directory, latest_.image().brokers.at(broker).directories)) return ErrorCode::kNone;
  add_change(*topic, index, {.removed = broker}, of_offline);
  return ErrorCode::kNone;
}

}  // namespace models
