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

void ReplicaFetcher::remove(int32_t partition) {
  order_.erase(std::remove(order_.begin(), order_.end(), partition), order_.end());
  out_of_range_.erase(std::remove(out_of_range_.begin(), out_of_range_.end(), partition),
                      out_of_range_.end());
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
  if (in_flight_ || order_.empty() || send_list_offsets(local, partitions, step)) return;
  FetchRequest request{
      .replica_id = local.id,
      .replica_epoch = local.epoch,
      .max_wait_ms = static_cast<int32_t>(config.replica_fetch_wait_max_ms.millis()),
      .min_bytes = config.replica_fetch_min_bytes,
      .max_bytes = config.replica_fetch_response_max_bytes};
  request.partitions.reserve(order_.size());
  for (int32_t number : order_) {
    const HostedPartition& partition = partitions[static_cast<size_t>(number)];
    if (partition.as_follower.is_delayed(step.wall)) continue;
    request.partitions.push_back(
        partition.as_follower.fetch(partition.log, config.replica_fetch_max_bytes));
  }
  TimerKey backoff{Timer::kFetchBackoff, leader_.value()};
  if (request.partitions.empty()) {
    if (!backing_off_) step.effects.arm(backoff, config.replica_fetch_backoff_ms);
    backing_off_ = true;
    return;
  }
  if (backing_off_) step.effects.cancel(backoff);
  backing_off_ = false;
  in_flight_ = true;
  step.effects.request(Channel::kReplicaFetch, leader_, std::move(request));
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
  step.effects.request(Channel::kReplicaFetch, leader_, std::move(request));
}

}  // namespace models
