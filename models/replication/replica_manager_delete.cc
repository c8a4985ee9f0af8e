// SPDX-License-Identifier: Apache-2.0
//
// Replicas that go: the topic was deleted, or the partition belongs to others. The directory is
// renamed at once, so that the name is free, and its files are removed file.delete.delay.ms later.
// Source: storage/.../log/LogManager.java (asyncDelete, deleteLogs), core/.../server/
// ReplicaManager.scala (stopPartitions).

#include <string>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {

void ReplicaManager::delete_replicas(const MetadataImage& image, const MetadataDelta& delta,
                                     Step& step) {
  for (const auto& [id, name] : delta.deleted_topics) {
    auto topic = known_.find(name);
    if (topic == known_.end()) continue;
    for (auto& [index, entry] : topic->second) {
      int32_t hosted = entry.hosted;
      bool same = hosted != kNotHosted && at(hosted).topic_id == id;
      // Who waits is told what metadata says now, as Kafka's cache of it moves first.
      if (image.find(TopicPartition{name, index}) == nullptr) entry = Known{};
      if (same) delete_replica(hosted, step);
      // One of a topic that has the name now is another, wherever the former one lies.
      if (entry.hosted == kNotHosted) entry = Known{};
    }
  }
  for (const TopicPartition& partition : delta.partitions) {
    const Known* entry = entry_of(partition);
    const PartitionRegistration* registration = image.find(partition);
    if (entry == nullptr || entry->hosted == kNotHosted || registration == nullptr) continue;
    if (!registration->has_replica(options_.node_id)) delete_replica(entry->hosted, step);
  }
}

// Serves nobody from here on; its place in the list stays. One that is offline stays on its disk: a
// later start finds a stray there.
void ReplicaManager::delete_replica(int32_t number, Step& step) {
  HostedPartition& replica = at(number);
  wake_sessions(number);  // No session rests on a number that is never used again.
  const TopicPartition partition = replica.partition();
  bool has_log = replica.has_log();
  step.mark(Mark::kReplicaDeleted);
  step.effects.note("replica_deleted", {{"partition", to_string(partition)}});
  stop_fetching(number);
  replica.role = ReplicaRole::kNone;
  replica.leader = kNoNode;
  replica.as_leader = LeaderReplica();
  add_entry(partition).hosted = kNotHosted;
  replica.deleted = true;
  check_all(number, step);
  stop_cleaning(number, step);
  cleaner_.cleaned_to.erase(partition);
  removed_.push_back(partition);
  if (!has_log) return;
  const std::string& root = directories_[static_cast<size_t>(replica.directory)].path;
  std::string path = path_out_of_the_way(root, partition, kDeleteSuffix, step.rng);
  if (!step.disk.rename(replica.log.directory(), path).ok()) {
    return fail_directory_of(number, "delete", step);
  }
  doom(replica.directory, std::move(path), step);
  arm_removal(step);
}

}  // namespace models
