// SPDX-License-Identifier: Apache-2.0

#include "models/replication/remote_replica.h"

#include <algorithm>

namespace models {

bool record_fetch(RemoteReplica& replica, Offset fetch_offset, Offset follower_start,
                  BrokerEpoch broker_epoch, Offset leader_end, sim::WallTime now) {
  if (broker_epoch != kNoBrokerEpoch && replica.registered_epoch > broker_epoch) return false;
  if (fetch_offset >= leader_end) {
    replica.last_caught_up = std::max(replica.last_caught_up, now);
  } else if (fetch_offset >= replica.leader_end_at_last_fetch) {
    replica.last_caught_up = std::max(replica.last_caught_up, replica.last_fetch);
  }
  replica.log_end = fetch_offset;
  replica.log_start = follower_start;
  replica.leader_end_at_last_fetch = std::max(leader_end, replica.leader_end_at_last_fetch);
  replica.last_fetch = now;
  replica.fetch_epoch = broker_epoch;
  return true;
}

void record_repeated_fetch(RemoteReplica& replica, sim::WallTime when) {
  replica.last_caught_up = std::max(replica.last_caught_up, when);
  replica.last_fetch = std::max(replica.last_fetch, when);
}

void reset_for_epoch(RemoteReplica& replica, bool new_leader, Offset leader_end,
                     sim::WallTime now) {
  replica.last_caught_up = replica.in_isr ? now : sim::WallTime();
  if (new_leader) {
    replica.log_end = kNoOffset;
    replica.log_start = kNoOffset;
    replica.leader_end_at_last_fetch = kNoOffset;
    replica.last_fetch = sim::WallTime();
    replica.fetch_epoch.reset();
  } else {
    replica.leader_end_at_last_fetch = leader_end;
    replica.last_fetch = replica.in_isr ? now : sim::WallTime();
  }
}

void apply_registration(RemoteReplica& replica, const MetadataImage& image) {
  const BrokerRegistration* broker = image.find(replica.id);
  bool alive = broker != nullptr && !broker->fenced;
  replica.registered_epoch = alive ? broker->epoch : kNoBrokerEpoch;
  replica.shutting_down = broker != nullptr && broker->in_controlled_shutdown;
}

bool is_caught_up(const RemoteReplica& replica, Offset leader_end, sim::WallTime now,
                  sim::Duration lag_max) {
  return replica.log_end == leader_end || now - replica.last_caught_up <= lag_max;
}

bool is_isr_eligible(const RemoteReplica& replica) {
  if (!replica.fetch_epoch || replica.registered_epoch == kNoBrokerEpoch) return false;
  if (replica.shutting_down) return false;
  return *replica.fetch_epoch == kNoBrokerEpoch || *replica.fetch_epoch == replica.registered_epoch;
}

}  // namespace models
