// SPDX-License-Identifier: Apache-2.0
//
// What metadata makes of this broker's replicas: leaders, followers, and whom they follow.
// Source: core/.../server/ReplicaManager.scala (applyDelta), cluster/Partition.scala (makeLeader,
// makeFollower).

#include <algorithm>
#include <utility>

#include "models/replication/notes.h"
#include "models/replication/replica_manager.h"

namespace models {
namespace {

void note_role(std::string_view what, const HostedPartition& replica,
               std::pair<std::string_view, std::string> detail, Step& step) {
  step.effects.note(what, {{"partition", to_string(replica.partition())},
                           {"epoch", std::to_string(replica.version.leader_epoch.value())},
                           {"log_end", std::to_string(replica.log.log_end_offset().value())},
                           {"watermark", std::to_string(replica.log.high_watermark().value())},
                           std::move(detail)});
}

}  // namespace

void ReplicaManager::on_metadata(const MetadataImage& image, const MetadataDelta& delta,
                                 Step& step) {
  if (!logs_open_) {
    open_logs(image, step);
    if (failed_) return;
    begin_background_work(step);
  }
  delete_replicas(image, delta, step);
  if (failed_) return;
  // First what eligibility depends on, as Kafka's metadata cache moves before its replica manager.
  if (!delta.brokers.empty()) take_brokers(image);
  std::vector<std::pair<int32_t, const PartitionRegistration*>> leaders;
  std::vector<std::pair<int32_t, const PartitionRegistration*>> followers;
  for (const TopicPartition& partition : delta.partitions) {
    const PartitionRegistration* registration = image.find(partition);
    if (registration == nullptr) continue;
    Known& entry = add_entry(partition);
    entry.in_metadata = true;
    entry.leader = registration->leader;
    entry.leader_epoch = registration->leader_epoch;
    if (!registration->has_replica(options_.node_id)) continue;
    int32_t number = host(partition, image, step);
    if (failed_) return;
    if (number == kNotHosted) continue;
    tell_directory(number, *registration, image.topics.at(partition.topic).id);
    bool leads = registration->leader == options_.node_id;
    (leads ? leaders : followers).emplace_back(number, registration);
  }
  for (const auto& [number, registration] : leaders) {
    if (!at(number).is_offline()) become_leader(number, *registration, image, step);
  }
  for (const auto& [number, registration] : followers) {
    if (!at(number).is_offline()) become_follower(number, *registration, image, step);
  }
  close_idle_fetchers(step);
  for (ReplicaFetcher& fetcher : fetchers_) fetcher.poll(local(), options_.config, hosted_, step);
  if (!delta.topics.empty()) take_configs(image, delta);
  arm_cleaner(step);
}

// After the roles, which still go by the former settings: a lower min.insync.replicas lets the
// watermark go only when something else next looks at it (BrokerMetadataPublisher.onMetadataUpdate).
void ReplicaManager::take_configs(const MetadataImage& image, const MetadataDelta& delta) {
  for (HostedPartition& replica : hosted_) {
    if (replica.deleted || !delta.topics.contains(replica.partition().topic)) continue;
    auto topic = image.topics.find(replica.partition().topic);
    if (topic != image.topics.end()) replica.log.set_config(topic->second.config);
  }
}

// Who may join an ISR, who is alive, and where.
void ReplicaManager::take_brokers(const MetadataImage& image) {
  racks_.clear();
  for (const auto& [id, broker] : image.brokers) {
    if (!broker.fenced && !broker.rack.empty()) racks_[id] = broker.rack;
  }
  for (size_t i = 0; i < hosted_.size(); ++i) {
    if (!hosted_[i].is_leader()) continue;
    wake_sessions(static_cast<int32_t>(i));
    hosted_[i].as_leader.on_brokers(image);
  }
}

void ReplicaManager::close_idle_fetchers(Step& step) {
  auto is_idle = [](const ReplicaFetcher& fetcher) { return fetcher.order().empty(); };
  for (ReplicaFetcher& fetcher : fetchers_) {
    if (!is_idle(fetcher)) continue;
    step.mark(Mark::kIdleFetcherClosed);
    fetcher.close(step);
  }
  fetchers_.erase(std::remove_if(fetchers_.begin(), fetchers_.end(), is_idle), fetchers_.end());
}

void ReplicaManager::become_leader(int32_t number, const PartitionRegistration& registration,
                                   const MetadataImage& image, Step& step) {
  HostedPartition& replica = at(number);
  // An AlterPartition reply may have brought a newer state already.
  if (registration.partition_epoch < replica.version.partition_epoch) return;
  wake_sessions(number);
  bool new_leader = !replica.is_leader();
  bool new_epoch = registration.leader_epoch > replica.version.leader_epoch;
  if (new_leader) stop_fetching(number);
  replica.role = ReplicaRole::kLeader;
  replica.leader = options_.node_id;
  std::vector<NodeId> former_isr = replica.as_leader.isr();
  replica.as_leader.on_registration(options_.node_id, registration, image, step);
  replica.version = {registration.leader_epoch, registration.partition_epoch};
  if (new_epoch) {
    // Even an epoch without records is remembered: followers may ask where it begins.
    replica.log.assign_epoch_start(registration.leader_epoch, step);
    if (replica.log.has_failed()) return fail_directory_of(number, "begin an epoch", step);
    replica.as_leader.begin_epoch(replica.log.log_end_offset(), new_leader, step.wall);
    note_role("leader_started", replica, {"isr", list_of(registration.isr)}, step);
  } else if (registration.isr != former_isr) {
    note_isr(replica, step);
  }
  touch(number);
  // The ISR may be down to this broker alone.
  if (replica.as_leader.advance_high_watermark(replica.log, local(), step)) check_all(number, step);
}

void ReplicaManager::become_follower(int32_t number, const PartitionRegistration& registration,
                                     const MetadataImage& image, Step& step) {
  HostedPartition& replica = at(number);
  if (registration.partition_epoch < replica.version.partition_epoch) return;
  wake_sessions(number);
  bool new_epoch = registration.leader_epoch > replica.version.leader_epoch;
  if (replica.is_leader() && delayed_.has_produces(number)) step.mark(Mark::kZombieLeaderFenced);
  replica.role = ReplicaRole::kFollower;
  replica.leader = registration.leader;
  replica.version = {registration.leader_epoch, registration.partition_epoch};
  replica.as_leader = LeaderReplica();
  touch(number);
  bool leaderless = registration.leader == kNoNode;
  if (in_controlled_shutdown_ && (leaderless || !registration.in_isr(options_.node_id))) {
    stop_fetching(number);
    check_all(number, step);
  } else if (new_epoch) {
    stop_fetching(number);
    note_role("follower_started", replica, {"leader", std::to_string(registration.leader.value())},
              step);
    if (!leaderless && image.find(registration.leader) != nullptr) start_fetching(number, step);
    check_all(number, step);
  }
}

void ReplicaManager::start_fetching(int32_t number, Step& step) {
  HostedPartition& replica = at(number);
  int64_t cut =
      replica.as_follower.begin(replica.leader, replica.version.leader_epoch, replica.log, step);
  if (cut > 0) after_cut(number, cut, "watermark", step);
  if (replica.is_offline()) return;
  FetcherId id = fetcher_id_of(number);
  ReplicaFetcher* fetcher = fetcher_of(id);
  if (fetcher == nullptr) {
    auto place = std::lower_bound(
        fetchers_.begin(), fetchers_.end(), id,
        [](const ReplicaFetcher& fetcher, FetcherId wanted) { return fetcher.id() < wanted; });
    fetcher = &*fetchers_.emplace(place, id);
  }
  fetcher->add(number);
}

void ReplicaManager::stop_fetching(int32_t number) {
  if (ReplicaFetcher* fetcher = fetcher_of(number)) fetcher->remove(number);
  at(number).as_follower.stop();
}

}  // namespace models
