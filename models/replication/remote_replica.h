// SPDX-License-Identifier: Apache-2.0
//
// What a leader knows of one follower: how far it has fetched, and when it was last level with the
// leader. All of it comes from the follower's fetches, but for what metadata says of its broker.
//
// "Caught up" is a statement about time: `last_caught_up` is the largest t such that the follower's
// latest fetch asked for at least what was the leader's log end at t. A follower may thus be caught
// up without ever having reached a log end that moves all the time.
//
// Source: core/.../cluster/Replica.scala.

#ifndef MODELS_REPLICATION_REMOTE_REPLICA_H_
#define MODELS_REPLICATION_REMOTE_REPLICA_H_

#include <optional>

#include "models/common/ids.h"
#include "models/common/metadata_image.h"
#include "sim/time.h"

namespace models {

struct RemoteReplica {
  NodeId id = kNoNode;
  Offset log_end = kNoOffset;  // -1 until its first fetch in this leadership.
  Offset log_start = kNoOffset;
  Offset leader_end_at_last_fetch{0};
  sim::WallTime last_fetch;
  sim::WallTime last_caught_up;
  std::optional<BrokerEpoch> fetch_epoch;  // Carried by its fetches (KIP-903); none before.
  // From metadata.
  bool in_isr = false;                            // Of the committed ISR.
  BrokerEpoch registered_epoch = kNoBrokerEpoch;  // -1: not registered, or fenced.
  bool shutting_down = false;

  static void fields(auto&& f) {
    f("id", &RemoteReplica::id);
    f("log_end", &RemoteReplica::log_end);
    f("last_caught_up", &RemoteReplica::last_caught_up);
    f("in_isr", &RemoteReplica::in_isr);
  }
};

// Takes in a fetch of `fetch_offset`; `leader_end` is the leader's log end before it was answered.
// False, and no change, if a newer life of that broker is registered already.
bool record_fetch(RemoteReplica& replica, Offset fetch_offset, Offset follower_start,
                  BrokerEpoch broker_epoch, Offset leader_end, sim::WallTime now);

// The same fetch, of the leader's very log end, has come again and again, at last at `when`.
void record_repeated_fetch(RemoteReplica& replica, sim::WallTime when);

// A leader epoch begins at `leader_end`. Members of the ISR count as caught up now, others as
// never; a leader that was not leader before knows nothing of anybody's log end.
void reset_for_epoch(RemoteReplica& replica, bool new_leader, Offset leader_end, sim::WallTime now);

// Copies what metadata says of the replica's broker.
void apply_registration(RemoteReplica& replica, const MetadataImage& image);

// Level with the leader, or was within the last `lag_max`.
bool is_caught_up(const RemoteReplica& replica, Offset leader_end, sim::WallTime now,
                  sim::Duration lag_max);

// May the controller take it into the ISR? Its broker is registered, not fenced, not shutting down,
// and its fetches come from the registered life (KIP-903).
bool is_isr_eligible(const RemoteReplica& replica);

}  // namespace models

#endif  // MODELS_REPLICATION_REMOTE_REPLICA_H_
