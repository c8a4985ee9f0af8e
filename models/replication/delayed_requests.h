// SPDX-License-Identifier: Apache-2.0
//
// The purgatory: requests that wait. A produce with acks=all waits until the high watermark passes
// its records; a fetch waits until there is enough to read; DeleteRecords waits for the followers.
// Each has a timer, and is watched by the partitions it names, which look at it again whenever their
// log end, watermark, log start or role moves.
//
// This class keeps them; whether one is done is for the replica manager to say, which also answers.
// Source: core/.../server/{DelayedOperation,DelayedProduce,DelayedFetch}.scala.

#ifndef MODELS_REPLICATION_DELAYED_REQUESTS_H_
#define MODELS_REPLICATION_DELAYED_REQUESTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/inlined_vector.h"
#include "models/common/step.h"
#include "models/protocol/delete_records.h"
#include "models/protocol/fetch.h"
#include "models/protocol/produce.h"
#include "models/replication/fetch_session.h"

namespace models {

// Of a fetch that stands in no session.
inline constexpr int32_t kNoSlot = -1;

struct DelayedProduce {
  struct Part {
    int32_t hosted = kNotHosted;
    Offset required;  // The watermark that acknowledges it.
    bool pending = false;
  };
  RequestToken token;
  absl::InlinedVector<Part, 1> parts;  // In step with response.partitions.
  ProduceResponse response;
};

// One partition of a fetch, without its name.
struct FetchSlice {
  int32_t hosted = kNotHosted;
  int32_t slot = kNoSlot;  // In its session.
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  Offset from;
  LeaderEpoch last_fetched_epoch = kNoLeaderEpoch;
  int32_t max_bytes = 0;
};

FetchSlice slice_of(const FetchPartition& asked, int32_t hosted, int32_t slot);

struct DelayedFetch {
  RequestToken token;
  NodeId replica_id = kNoNode;  // -1: a consumer.
  int32_t min_bytes = 1;
  int32_t max_bytes = 0;
  int32_t session_id = kNoFetchSession;  // That it is an incremental request of.
  std::vector<FetchPartition> opening;   // All that is asked, if a session is to be opened.
  BrokerEpoch replica_epoch = kNoBrokerEpoch;
  std::string rack_id;
  absl::InlinedVector<FetchSlice, 1> slices;  // Of a session: of its active partitions.
  struct Refused {
    int32_t slot = kNoSlot;
    FetchPartitionData data;
  };
  std::vector<Refused> refused;  // Partitions that metadata does not know.

  bool is_from_follower() const { return replica_id != kNoNode; }
};

struct DelayedDeleteRecords {
  struct Part {
    int32_t hosted = kNotHosted;
    Offset required;  // The low watermark that completes it.
    bool pending = false;
  };
  RequestToken token;
  absl::InlinedVector<Part, 1> parts;  // In step with response.partitions.
  DeleteRecordsResponse response;
};

class DelayedRequests {
 public:
  using Ids = absl::InlinedVector<int64_t, 4>;  // Oldest first.

  // Keep a request and arm its timer. `awaited`: whose fetches it waits for, if that is known.
  void park(DelayedProduce request, sim::Duration timeout, NodeId awaited, Step& step);
  int64_t park(DelayedFetch request, sim::Duration timeout, Step& step);
  void park(DelayedDeleteRecords request, sim::Duration timeout, Step& step);
  // A partition of the request's session has changed: the request waits for it too.
  void add_slice(int64_t fetch, const FetchSlice& slice);

  // The requests that watch a partition, as of now.
  Ids produces_of(int32_t hosted) const;
  Ids fetches_of(int32_t hosted) const;
  bool has_produces(int32_t hosted) const;
  Ids deletions_of(int32_t hosted) const;
  bool has_deletions(int32_t hosted) const;

  int64_t size() const {
    return static_cast<int64_t>(produces_.size() + fetches_.size() + deletions_.size());
  }
  // The timers that end the requests, one each.
  std::vector<TimerKey> timers() const;
  // Entries of watching partitions that name a request that is done.
  int64_t dangling() const;

  // nullptr if it is done already.
  DelayedProduce* find_produce(int64_t id);
  DelayedFetch* find_fetch(int64_t id);
  DelayedDeleteRecords* find_deletion(int64_t id);
  // Forgets a request and gives it to the caller. With `cancel_timer` unless its timer has fired.
  DelayedProduce take_produce(int64_t id, bool cancel_timer, Step& step);
  DelayedFetch take_fetch(int64_t id, bool cancel_timer, Step& step);
  DelayedDeleteRecords take_deletion(int64_t id, bool cancel_timer, Step& step);

 private:
  struct Watchers {
    Ids produces;
    Ids fetches;
    Ids deletions;
  };
  Watchers& watchers_of(int32_t hosted);

  int64_t next_id_ = 1;
  absl::btree_map<int64_t, DelayedProduce> produces_;
  absl::btree_map<int64_t, DelayedFetch> fetches_;
  absl::btree_map<int64_t, DelayedDeleteRecords> deletions_;
  std::vector<Watchers> watchers_;  // By the partition's number.
};

}  // namespace models

#endif  // MODELS_REPLICATION_DELAYED_REQUESTS_H_
