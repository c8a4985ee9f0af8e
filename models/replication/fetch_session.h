// SPDX-License-Identifier: Apache-2.0
//
// Incremental fetch sessions (KIP-227), the broker's side: what each fetcher asks for and what it was
// told, so that a request names only what changed and a reply only what is new.
//
//   session 7, epoch 3    orders-0 from 120, told watermark 120    quiet
//                         orders-1 from  80, told watermark  70    active: read at each request
//
// A partition is quiet when reading it again would tell nothing: a request passes over it, and costs
// nothing for it, until the partition changes and wakes it. Kafka reads all partitions of a session
// each time; what it learns of a follower that way is made up for when the partition wakes (the
// session knows when it last fetched).
//
// Sessions live in eight shards, each with an eighth of max.incremental.fetch.session.cache.slots. A
// full shard takes a new session only in the place of one that is stale (unused for two minutes), of
// a consumer's if the new one is a follower's, or of a smaller one that is not young.
//
// Source: core/.../server/FetchSession.scala, KafkaBroker.scala (NumFetchSessionCacheShards).

#ifndef MODELS_REPLICATION_FETCH_SESSION_H_
#define MODELS_REPLICATION_FETCH_SESSION_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/inlined_vector.h"
#include "models/common/step.h"
#include "models/protocol/fetch.h"
#include "sim/time.h"

namespace models {

// Number of a partition that this broker does not host.
inline constexpr int32_t kNotHosted = -1;

// One partition of a session.
struct SessionPartition {
  FetchPartition asked;          // As the fetcher last said.
  int32_t hosted = kNotHosted;   // As last looked up.
  Offset watermark = kNoOffset;  // As last told; -1 after an error.
  Offset log_start = kNoOffset;
  int64_t place = 0;  // In the order of reading.
  bool quiet = false;

  // Must `data` go into the reply? Takes note of what is told.
  bool tell(const FetchPartitionData& data);
};

class FetchSession {
 public:
  using Slots = absl::InlinedVector<int32_t, 8>;

  int32_t id = kNoFetchSession;
  int32_t epoch = 1;  // Of the next request.
  NodeId replica_id = kNoNode;
  BrokerEpoch replica_epoch = kNoBrokerEpoch;  // Of its last request.
  int64_t created_ms = 0;
  int64_t last_used_ms = 0;
  size_t cached_size = 0;    // When it was last used.
  sim::WallTime last_fetch;  // When its last request came.
  int64_t parked = 0;        // The delayed fetch that answers it; 0: none, -1: it is being read.
  bool closed = false;       // Known only to that fetch.

  bool is_privileged() const { return replica_id != kNoNode; }  // A follower's.
  size_t size() const { return by_name_.size(); }
  size_t quiet_count() const { return by_name_.size() - active_.size(); }
  SessionPartition& at(int32_t slot) { return slots_[static_cast<size_t>(slot)]; }
  const SessionPartition& at(int32_t slot) const { return slots_[static_cast<size_t>(slot)]; }
  // Those to be read, in order.
  Slots active() const;

  static void fields(auto&& f) {
    f("id", &FetchSession::id);
    f("epoch", &FetchSession::epoch);
    f("replica_id", &FetchSession::replica_id);
  }

 private:
  friend class FetchSessions;
  std::vector<int32_t>::iterator position_of(const TopicPartition& partition);

  std::vector<SessionPartition> slots_;
  std::vector<int32_t> free_;
  std::vector<int32_t> by_name_;                         // Slots in use, by partition.
  absl::btree_set<std::pair<int64_t, int32_t>> active_;  // Place, slot.
  int64_t next_place_ = 0;
};

class FetchSessions {
 public:
  explicit FetchSessions(int32_t slots) : slots_per_shard_(static_cast<size_t>(slots / kShards)) {}

  // Null if there is none, or it was closed.
  FetchSession* find(int32_t id);
  // Also one that is closed but has still to be answered.
  FetchSession* find_answering(int32_t id);
  // Makes room if need be. Null: there is none for it. The session is empty.
  FetchSession* open(NodeId replica_id, size_t size, Step& step);
  // Forgets it, at once or when its delayed fetch is answered (`release`).
  void close(int32_t id);
  void release(FetchSession& session);
  // It was used: counts for who is evicted.
  static void touch(FetchSession& session, int64_t now_ms);

  // Adds a partition, or changes what is asked of one; it is active then.
  int32_t ask(FetchSession& session, const FetchPartition& asked);
  void forget(FetchSession& session, const TopicPartition& partition);
  // It brought records: it is read last from now on.
  static void move_to_end(FetchSession& session, int32_t slot);
  void rest(FetchSession& session, int32_t slot);
  void wake_all(FetchSession& session);
  // visit(FetchSession&, slot) for each session in which the partition was quiet; it is active then.
  template <class Visit>
  void wake(int32_t hosted, const Visit& visit) {
    if (static_cast<size_t>(hosted) >= resting_.size()) return;
    Rests woken;
    woken.swap(resting_[static_cast<size_t>(hosted)]);
    for (const Resting& each : woken) {
      FetchSession& session = sessions_.find(each.session)->second;
      activate(session, each.slot);
      visit(session, each.slot);
    }
  }

  size_t size() const { return sessions_.size(); }
  static void fields(auto&& f) { f("sessions", &FetchSessions::sessions_); }

 private:
  static constexpr int32_t kShards = 8;
  struct Resting {
    int32_t session = kNoFetchSession;
    int32_t slot = 0;
  };
  using Rests = absl::InlinedVector<Resting, 3>;

  static int32_t shard_of(int32_t id);
  bool make_room(int32_t shard, bool privileged, size_t size, Step& step);
  int32_t new_id(int32_t shard, Step& step) const;
  static void activate(FetchSession& session, int32_t slot);
  void stop_resting(FetchSession& session, int32_t slot);

  size_t slots_per_shard_;
  int64_t opened_ = 0;                        // Shards take turns.
  std::map<int32_t, FetchSession> sessions_;  // Whose values stay where they are.
  std::vector<Rests> resting_;  // By the partition's number: in whose sessions it is quiet.
};

}  // namespace models

#endif  // MODELS_REPLICATION_FETCH_SESSION_H_
