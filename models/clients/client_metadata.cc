// SPDX-License-Identifier: Apache-2.0

#include "models/clients/client_metadata.h"

#include <algorithm>

#include "models/common/backoff.h"

namespace models {

sim::WallTime ClientMetadata::due_at() const {
  if (wanted_ || !last_success_) return not_before_;
  return std::max(*last_success_ + options_.max_age, not_before_);
}

void ClientMetadata::wake_in(sim::Duration after, Step& step) {
  if (wakes_at_ == step.wall + after) return;
  wakes_at_ = step.wall + after;
  step.effects.arm({Timer::kMetadataRefresh, 0}, after);
}

void ClientMetadata::maybe_update(ClientConnections& connections, Step& step) {
  if (in_flight_) return;
  sim::WallTime due = due_at();
  if (step.wall < due) return wake_in(due - step.wall, step);
  NodeId node = connections.least_loaded(brokers(), step.mono, step.rng);
  if (connections.can_send(node)) {
    in_flight_ = true;
    connections.send(node, MetadataRequest{options_.topics}, step);
  } else if (node == kNoNode) {  // All wait for their backoff, or have their hands full.
    std::optional<sim::MonoTime> next;
    for (NodeId each : brokers()) {
      auto retry = connections.retry_at(each);
      if (retry && (!next || *retry < *next)) next = retry;
    }
    if (next) wake_in(*next - step.mono, step);
  } else if (!connections.any_connecting(brokers())) {
    (void)connections.ready(node, step);
  }
}

// The backoffs are those of Metadata.timeToAllowUpdate: also between successes.
void ClientMetadata::finish(bool succeeded, bool has_news, Step& step) {
  in_flight_ = false;
  if (succeeded) {
    failures_ = 0;
    wanted_ = false;
    // A periodic refresh is not expected to bring news.
    bool expired = last_success_ && step.wall - *last_success_ >= options_.max_age;
    without_news_ = has_news || expired ? 0 : without_news_ + 1;
    last_success_ = step.wall;
  } else {
    ++failures_;
    without_news_ = 0;
  }
  int32_t times = std::max(std::max(failures_, without_news_) - 1, 0);
  not_before_ = step.wall + exponential_backoff(options_.retry_backoff, options_.retry_backoff_max,
                                                times, step.rng);
}

void ClientMetadata::on_failed(Step& step) { finish(false, false, step); }

void ClientMetadata::on_disconnected(Step& step) {
  // One that was due waited for this connection, perhaps; it backs off before it tries another.
  if (is_due(step.wall)) finish(false, false, step);
  wanted_ = true;
}

bool ClientMetadata::on_response(const MetadataResponse& response, Step& step) {
  if (response.brokers.empty()) {
    finish(false, false, step);
    return false;
  }
  brokers_ = response.brokers;
  bool changed = false, has_news = false, complete = true;
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
      has_news = has_news || told.epoch > known.epoch;
      known = told;
      changed = true;
    }
  }
  finish(true, has_news, step);
  wanted_ = !complete;
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
