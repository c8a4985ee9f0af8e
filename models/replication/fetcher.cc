// SPDX-License-Identifier: Apache-2.0

#include "models/replication/fetcher.h"

#include <algorithm>
#include <utility>

namespace models {
namespace {

bool contains(const std::vector<int32_t>& list, int32_t item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

// Java's String.hashCode, of a name in ASCII as those of topics are.
int32_t fetcher_number_of(const TopicPartition& partition, int32_t num_replica_fetchers) {
  uint32_t hash = 0;
  for (char c : partition.topic) hash = 31 * hash + static_cast<uint8_t>(c);
  int32_t mixed = static_cast<int32_t>(31 * hash + static_cast<uint32_t>(partition.partition));
  if (mixed == INT32_MIN) return 0;  // Utils.abs
  return (mixed < 0 ? -mixed : mixed) % num_replica_fetchers;
}

void ReplicaFetcher::add(int32_t partition) {
  order_.push_back(partition);
  note_changed(partition);
}

void ReplicaFetcher::remove(int32_t partition) {
  order_.erase(std::remove(order_.begin(), order_.end(), partition), order_.end());
  out_of_range_.erase(std::remove(out_of_range_.begin(), out_of_range_.end(), partition),
                      out_of_range_.end());
  note_changed(partition);
}

void ReplicaFetcher::move_to_end(const std::vector<int32_t>& partitions) {
  if (partitions.empty() || partitions == order_) return;
  auto moved = std::remove_if(order_.begin(), order_.end(), [&partitions](int32_t partition) {
    return contains(partitions, partition);
  });
  std::copy(partitions.begin(), partitions.end(), moved);
}

void ReplicaFetcher::poll(const LocalBroker& local, const BrokerConfig& config,
                          const std::vector<HostedPartition>& partitions, Step& step) {
  if (in_flight_ || send_list_offsets(local, partitions, step)) return;
  gather(config, partitions, step);
  FetchRequest request{
      .replica_id = local.id,
      .replica_epoch = local.epoch,
      .max_wait_ms = static_cast<int32_t>(config.replica_fetch_wait_max_ms.millis()),
      .min_bytes = config.replica_fetch_min_bytes,
      .max_bytes = config.replica_fetch_response_max_bytes};
  if (!session_.build(request)) {
    if (order_.empty()) return;
    if (!backing_off_) step.effects.arm(backoff_timer(), config.replica_fetch_backoff_ms);
    backing_off_ = true;
    return;
  }
  if (std::exchange(backing_off_, false)) step.effects.cancel(backoff_timer());
  in_flight_ = true;
  step.effects.request(Channel::kReplicaFetch, id_.leader, std::move(request), true, id_.number);
}

// Tells the session handler what has changed since the last request.
void ReplicaFetcher::gather(const BrokerConfig& config,
                            const std::vector<HostedPartition>& partitions, Step& step) {
  session_.begin();
  if (session_.is_full()) {
    changed_.clear();
    delayed_.clear();
    for (int32_t number : order_) want(number, config, partitions, step);
    return;
  }
  for (int32_t number : std::exchange(delayed_, {})) changed_.push_back(number);
  if (changed_.empty()) return;
  std::vector<int32_t> changed = std::exchange(changed_, {});
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (int32_t number : changed) want(number, config, partitions, step);
}

void ReplicaFetcher::want(int32_t number, const BrokerConfig& config,
                          const std::vector<HostedPartition>& partitions, Step& step) {
  const HostedPartition& partition = partitions[static_cast<size_t>(number)];
  const FollowerReplica& follower = partition.as_follower;
  bool is_ours = follower.leader() == id_.leader;
  bool is_delayed = is_ours && follower.is_delayed(step.wall);
  if (is_ours && !is_delayed) {
    return session_.want(follower.fetch(partition.log, config.replica_fetch_max_bytes));
  }
  session_.drop(partition.partition());
  if (is_delayed) delayed_.push_back(number);
}

void ReplicaFetcher::close(Step& step) {
  if (std::exchange(backing_off_, false)) step.effects.cancel(backoff_timer());
  step.effects.disconnect(Channel::kReplicaFetch, id_.leader, id_.number);
}

bool ReplicaFetcher::send_list_offsets(const LocalBroker& local,
                                       const std::vector<HostedPartition>& partitions, Step& step) {
  if (out_of_range_.empty()) return false;
  const HostedPartition& partition = partitions[static_cast<size_t>(out_of_range_.front())];
  out_of_range_.erase(out_of_range_.begin());
  request_offset({.partition = partition.partition(),
                  .current_leader_epoch = partition.as_follower.epoch(),
                  .timestamp = kLatestTimestamp},
                 local, step);
  return true;
}

void ReplicaFetcher::ask_start(const ListOffsetsPartition& asked, const LocalBroker& local,
                               Step& step) {
  ListOffsetsPartition next = asked;
  next.timestamp = kEarliestTimestamp;
  request_offset(std::move(next), local, step);
}

void ReplicaFetcher::request_offset(ListOffsetsPartition asked, const LocalBroker& local,
                                    Step& step) {
  in_flight_ = true;
  ListOffsetsRequest request{.replica_id = local.id};
  request.partitions.push_back(std::move(asked));
  step.effects.request(Channel::kReplicaFetch, id_.leader, std::move(request), true, id_.number);
}

}  // namespace models
