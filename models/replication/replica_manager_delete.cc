// SPDX-License-Identifier: Apache-2.0
//
// Replicas that go: the topic was deleted, or the partition belongs to others. The directory is
// renamed at once, so that the name is free, and its files are removed file.delete.delay.ms later.
// What a starting broker finds on its disk and metadata does not give it is set aside for ever.
// Source: storage/.../log/LogManager.java (asyncDelete, deleteLogs), core/.../server/
// ReplicaManager.scala (stopPartitions), log/LogManager.scala (isStrayKraftReplica).

#include <algorithm>
#include <string>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {
namespace {

absl::Status remove_directory(const std::string& path, sim::FileSystem& disk) {
  absl::StatusOr<std::vector<std::string>> names = disk.list(path);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    absl::Status removed = disk.remove(path + '/' + name);
    if (!removed.ok()) return removed;
  }
  return disk.remove(path);
}

// 32 hexadecimal digits, as a Java UUID without its dashes.
std::string random_digits(sim::Rng& rng) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 32; ++i) text += kDigits[rng.below(16)];
  return text;
}

}  // namespace

void ReplicaManager::delete_replicas(const MetadataImage& image, const MetadataDelta& delta,
                                     Step& step) {
  for (const auto& [id, name] : delta.deleted_topics) {
    auto topic = known_.find(name);
    if (topic == known_.end()) continue;
    for (auto& [index, entry] : topic->second) {
      bool same = entry.hosted != kNotHosted && at(entry.hosted).topic_id == to_string(id);
      if (same) delete_replica(entry.hosted, step);
      bool exists = image.find(TopicPartition{name, index}) != nullptr;
      if (!exists) entry = Known{};
    }
  }
  for (const TopicPartition& partition : delta.partitions) {
    const Known* entry = entry_of(partition);
    const PartitionRegistration* registration = image.find(partition);
    if (entry == nullptr || entry->hosted == kNotHosted || registration == nullptr) continue;
    if (!registration->has_replica(options_.node_id)) delete_replica(entry->hosted, step);
  }
}

// Serves nobody from here on; its place in the list stays.
void ReplicaManager::retire(int32_t number, std::string_view state, Step& step) {
  HostedPartition& replica = at(number);
  stop_fetching(number);
  replica.role = ReplicaRole::kNone;
  replica.leader = kNoNode;
  replica.as_leader = LeaderReplica();
  add_entry(replica.partition()).hosted = kNotHosted;
  replica.deleted = true;
  check_all(number, step);
  stop_cleaning(number, step);
  cleaner_.cleaned_to.erase(replica.partition());
  removed_.push_back(replica.partition());
  std::string directory =
      replica.log.directory() + '.' + random_digits(step.rng) + std::string(state);
  if (!step.disk.rename(replica.log.directory(), directory).ok()) {
    return fail_log_directory("delete", step);
  }
  if (state == kDeleteState) remove_later(std::move(directory), step);
}

void ReplicaManager::delete_replica(int32_t number, Step& step) {
  step.mark(Mark::kReplicaDeleted);
  step.effects.note("replica_deleted", {{"partition", to_string(at(number).partition())}});
  retire(number, kDeleteState, step);
}

// What the log directory holds and the cluster does not give this broker (any more).
void ReplicaManager::set_strays_aside(const MetadataImage& image, Step& step) {
  for (size_t i = 0; i < hosted_.size(); ++i) {
    HostedPartition& replica = hosted_[i];
    if (replica.deleted) continue;
    const PartitionRegistration* registration = image.find(replica.partition());
    auto topic = image.topics.find(replica.partition().topic);
    bool given = registration != nullptr && registration->has_replica(options_.node_id) &&
                 to_string(topic->second.id) == replica.topic_id;
    if (given) continue;
    step.mark(Mark::kStrayReplicaDeleted);
    step.effects.note("stray_replica", {{"partition", to_string(replica.partition())}});
    retire(static_cast<int32_t>(i), kStrayState, step);
  }
}

void ReplicaManager::remove_later(std::string directory, Step& step) {
  int64_t due = (step.wall + options_.config.topic.file_delete_delay_ms).millis();
  to_remove_.emplace_back(due, std::move(directory));
  arm_replica_removal(step);
}

void ReplicaManager::arm_replica_removal(Step& step) {
  if (to_remove_.empty()) return;
  int64_t wait = std::max<int64_t>(0, to_remove_.front().first - step.wall.millis());
  step.effects.arm({Timer::kReplicaRemoval}, sim::Duration::millis(wait));
}

void ReplicaManager::on_replica_removal(Step& step) {
  while (!to_remove_.empty() && to_remove_.front().first <= step.wall.millis()) {
    std::string directory = std::move(to_remove_.front().second);
    to_remove_.erase(to_remove_.begin());
    if (!remove_directory(directory, step.disk).ok()) return fail_log_directory("remove", step);
  }
  arm_replica_removal(step);
}

}  // namespace models
