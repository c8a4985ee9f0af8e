// SPDX-License-Identifier: Apache-2.0
//
// Finds out which of a broker's replicas an event has changed, by looking at them from outside: the
// machine is not asked, for it may be wrong. An event can change the replicas that its message
// names, or any if it is a timer of the whole broker; these are compared with how they were last
// seen. Beyond that one more is compared after each event, in turn, so that a change that nothing
// named is seen too, if late. So an event costs what it names, not what the broker hosts.

#ifndef MODELS_NODE_REPLICA_WATCH_H_
#define MODELS_NODE_REPLICA_WATCH_H_

#include <algorithm>
#include <vector>

#include "absl/container/btree_set.h"
#include "models/protocol/message.h"
#include "models/replication/replica_manager.h"

namespace models {

class ReplicaWatch {
 public:
  // One that is not `on` does nothing.
  explicit ReplicaWatch(bool on) : on_(on) {}

  // Names what the event that runs may change; before or after it does.
  void suspect_all() { all_ = true; }
  void suspect_named(const Message& message, const ReplicaManager& manager);
  void suspect(const absl::btree_set<TopicPartition>& partitions, const ReplicaManager& manager);
  void suspect_after(Timer timer);

  // visit(const HostedPartition&) for each suspect that has changed since it was last visited.
  template <class Visit>
  void take_changed(const ReplicaManager& manager, const Visit& visit) {
    const std::vector<HostedPartition>& replicas = manager.replicas();
    if (all_ || replicas.size() <= kFew || seen_.size() != replicas.size()) {
      seen_.resize(replicas.size());
      for (size_t i = 0; i < replicas.size(); ++i) compare(replicas[i], seen_[i], visit);
    } else {
      for (size_t i : suspects_) compare(replicas[i], seen_[i], visit);
      turn_ = (turn_ + 1) % replicas.size();
      compare(replicas[turn_], seen_[turn_], visit);
    }
    all_ = false;
    suspects_.clear();
  }

 private:
  // So many are compared faster than they are looked up by name.
  static constexpr size_t kFew = 8;

  struct Seen {
    Offset log_start = kNoOffset;  // Not seen at all.
    Offset log_end;
    Offset high_watermark;
    LeaderEpoch latest_epoch = kNoLeaderEpoch;
    LeaderEpoch leader_epoch = kNoLeaderEpoch;
    PartitionEpoch partition_epoch{0};
    ReplicaRole role = ReplicaRole::kNone;
    int64_t cuts = 0;
    bool operator==(const Seen&) const = default;
  };
  static Seen look_at(const HostedPartition& replica) {
    const PartitionLog& log = replica.log;
    return {log.log_start_offset(),
            log.log_end_offset(),
            log.high_watermark(),
            log.latest_epoch(),
            replica.version.leader_epoch,
            replica.version.partition_epoch,
            replica.role,
            log.cuts()};
  }
  template <class Visit>
  static void compare(const HostedPartition& replica, Seen& seen, const Visit& visit) {
    if (replica.deleted) return;
    Seen now = look_at(replica);
    if (now == seen) return;
    seen = now;
    visit(replica);
  }
  void suspect(const TopicPartition& partition, const ReplicaManager& manager);
  bool is_needless(const ReplicaManager& manager) const {
    return !on_ || all_ || manager.replicas().size() <= kFew;
  }

  bool on_;
  bool all_ = true;  // None has been looked at.
  std::vector<size_t> suspects_;
  std::vector<Seen> seen_;  // In step with the manager's replicas.
  size_t turn_ = 0;
};

}  // namespace models

#endif  // MODELS_NODE_REPLICA_WATCH_H_
