// SPDX-License-Identifier: Apache-2.0

#include "models/clients/client_metadata.h"

#include <algorithm>

namespace models {

sim::Duration exponential_backoff(sim::Duration base, sim::Duration max, int32_t failures, sim::Rng& rng) {
  sim::Duration wait = base;
  for (int32_t i = 1; i < failures && wait < max; ++i) wait = wait * 2;
  return std::min(wait * rng.between(800, 1200) / 1000, max);
}

NodeId ClientMetadata::some_broker(Step& step) const {
  const std::vector<NodeId>& known = brokers_.empty() ? options_.bootstrap : brokers_;
  return known[step.rng.below(known.size())];
}

void ClientMetadata::send(Step& step) {
  in_flight_ = true;
  wanted_ = false;
  last_attempt_ = step.wall;
  step.effects.request(Channel::kClient, some_broker(step), MetadataRequest{options_.topics});
}

void ClientMetadata::arm(sim::Duration after, Step& step) {
  step.effects.arm({Timer::kMetadataRefresh, 0}, after);
}

void ClientMetadata::request_update(Step& step) {
  if (in_flight_ || wanted_) {
    wanted_ = true;
    return;
  }
  sim::Duration since = last_attempt_ ? step.wall - *last_attempt_ : options_.retry_backoff;
  if (since >= options_.retry_backoff) {
    send(step);
  } else {
    wanted_ = true;
    arm(options_.retry_backoff - since, step);
  }
}

void ClientMetadata::on_timer(Step& step) {
  if (!in_flight_) send(step);
}

void ClientMetadata::on_failed(Step& step) {
  in_flight_ = false;
  wanted_ = true;
  ++failures_;
  arm(exponential_backoff(options_.retry_backoff, options_.retry_backoff_max, failures_, step.rng), step);
}

bool ClientMetadata::on_response(const MetadataResponse& response, Step& step) {
  in_flight_ = false;
  if (!response.brokers.empty()) brokers_ = response.brokers;
  bool changed = false, complete = true;
  for (const MetadataTopic& topic : response.topics) {
    if (topic.error != ErrorCode::kNone) {
      complete = false;
      continue;
    }
    std::vector<LeaderView>& leaders = leaders_[topic.name];
    if (leaders.size() < topic.partitions.size()) {
      leaders.resize(topic.partitions.size());
      changed = true;
    }
    for (const MetadataPartition& partition : topic.partitions) {
      if (partition.error != ErrorCode::kNone || partition.leader == kNoNode) complete = false;
      LeaderView& known = leaders[static_cast<size_t>(partition.partition)];
      LeaderView told{partition.leader, partition.leader_epoch};
      if (told.epoch < known.epoch || told == known) continue;
      known = told;
      changed = true;
    }
  }
  if (complete && !wanted_) {
    failures_ = 0;
    arm(options_.max_age, step);
  } else {
    ++failures_;
    wanted_ = true;
    arm(exponential_backoff(options_.retry_backoff, options_.retry_backoff_max, complete ? 1 : failures_, step.rng),
        step);
  }
  return changed;
}

int32_t ClientMetadata::partition_count(const std::string& topic) const {
  auto found = leaders_.find(topic);
  return found == leaders_.end() ? 0 : static_cast<int32_t>(found->second.size());
}

std::span<const LeaderView> ClientMetadata::leaders_of(const std::string& topic) const {
  auto found = leaders_.find(topic);
  return found == leaders_.end() ? std::span<const LeaderView>() : found->second;
}

LeaderView ClientMetadata::leader_of(const TopicPartition& partition) const {
  std::span<const LeaderView> leaders = leaders_of(partition.topic);
  size_t index = static_cast<size_t>(partition.partition);
  return index < leaders.size() ? leaders[index] : LeaderView{};
}

bool ClientMetadata::learn_leader(const TopicPartition& partition, NodeId leader, LeaderEpoch epoch) {
  auto found = leaders_.find(partition.topic);
  size_t index = static_cast<size_t>(partition.partition);
  if (leader == kNoNode || found == leaders_.end() || index >= found->second.size()) return false;
  LeaderView& known = found->second[index];
  if (epoch <= known.epoch) return false;
  known = {leader, epoch};
  return true;
}

}  // namespace models
