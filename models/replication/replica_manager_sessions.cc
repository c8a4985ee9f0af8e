// SPDX-License-Identifier: Apache-2.0
//
// Fetch sessions in the replica manager: what a request makes of its session, and what a session
// makes of a reply. Source: core/.../server/FetchSession.scala (FetchManager, FetchContext).

#include <algorithm>
#include <utility>

#include "models/replication/replica_manager.h"
#include "models/replication/replica_selector.h"

namespace models {
namespace {

constexpr int64_t kBeingRead = -1;  // It may be closed meanwhile, but stays until it is answered.

}  // namespace

// Takes in what an incremental request says. `session` stays null if that left it empty.
ErrorCode ReplicaManager::continue_session(const FetchRequest& request, FetchSession*& session,
                                           Step& step) {
  FetchSession* found = fetch_sessions_.find(request.session_id);
  if (found == nullptr) {
    step.mark(Mark::kFetchSessionNotFound);
    return ErrorCode::kFetchSessionIdNotFound;
  }
  if (found->epoch != request.session_epoch) {
    step.mark(Mark::kFetchSessionEpochWrong);
    return ErrorCode::kInvalidFetchSessionEpoch;
  }
  // Its former request, on a connection that must be gone by now, is too late for its answer.
  if (found->parked > 0) {
    DelayedFetch late = delayed_.take_fetch(std::exchange(found->parked, 0), true, step);
    step.effects.reply(late.token, FetchResponse{.error = ErrorCode::kInvalidFetchSessionEpoch,
                                                 .session_id = found->id});
  }
  // A partition that is in both lists is that of a new topic of the same name.
  for (const TopicPartition& partition : request.forgotten) {
    fetch_sessions_.forget(*found, partition);
  }
  for (const FetchPartition& asked : request.partitions) fetch_sessions_.ask(*found, asked);
  if (found->size() == 0) {
    step.mark(Mark::kFetchSessionEmptied);
    fetch_sessions_.close(found->id);
    return ErrorCode::kNone;
  }
  if (found->replica_epoch != request.replica_epoch) fetch_sessions_.wake_all(*found);
  found->replica_epoch = request.replica_epoch;
  found->last_fetch = step.wall;
  found->epoch = next_fetch_epoch(found->epoch);
  FetchSessions::touch(*found, step.wall.millis());
  found->parked = kBeingRead;
  session = found;
  return ErrorCode::kNone;
}

// Sends the answer, less what the session makes superfluous.
void ReplicaManager::answer_fetch(DelayedFetch& fetch, FetchAnswer answer, Step& step) {
  for (DelayedFetch::Refused& refused : fetch.refused) {
    answer.add(refused.slot) = std::move(refused.data);
  }
  if (fetch.session_id != kNoFetchSession) {
    tell_session(*fetch_sessions_.find_answering(fetch.session_id), answer);
  } else if (!fetch.opening.empty()) {
    open_session(fetch, answer.response, step);
  }
  step.effects.reply(fetch.token, std::move(answer.response));
}

void ReplicaManager::tell_session(FetchSession& session, FetchAnswer& answer) {
  std::vector<FetchPartitionData>& parts = answer.response.partitions;
  answer.response.session_id = session.id;
  session.parked = 0;
  size_t kept = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    int32_t slot = answer.slots[i];
    SessionPartition& part = session.at(slot);
    bool must_tell = part.tell(parts[i]);
    if (must_tell && !parts[i].records.empty()) FetchSessions::move_to_end(session, slot);
    if (!session.closed && can_rest(session, part, parts[i])) fetch_sessions_.rest(session, slot);
    if (!must_tell) continue;
    if (kept != i) parts[kept] = std::move(parts[i]);
    ++kept;
  }
  parts.resize(kept);
  if (session.closed) fetch_sessions_.release(session);
}

void ReplicaManager::open_session(const DelayedFetch& fetch, FetchResponse& response, Step& step) {
  FetchSession* session = fetch_sessions_.open(fetch.replica_id, fetch.opening.size(), step);
  if (session == nullptr) return;
  response.session_id = session->id;
  session->replica_epoch = fetch.replica_epoch;
  size_t next = 0;
  for (const FetchPartitionData& data : response.partitions) {
    // In the same order, but for those that metadata does not know.
    size_t i = next;
    while (fetch.opening[i].partition != data.partition) i = (i + 1) % fetch.opening.size();
    next = (i + 1) % fetch.opening.size();
    int32_t slot = fetch_sessions_.ask(*session, fetch.opening[i]);
    SessionPartition& part = session->at(slot);
    const Known* entry = known(data.partition);
    part.hosted = entry == nullptr ? kNotHosted : entry->hosted;
    part.watermark = data.high_watermark;
    part.log_start = data.log_start_offset;
    if (can_rest(*session, part, data)) fetch_sessions_.rest(*session, slot);
  }
  FetchSessions::touch(*session, step.wall.millis());
}

// Would reading the partition again tell the fetcher nothing, and us nothing of it?
bool ReplicaManager::can_rest(const FetchSession& session, const SessionPartition& part,
                              const FetchPartitionData& data) const {
  if (part.hosted == kNotHosted || data.error != ErrorCode::kNone || data.diverging_epoch) {
    return false;
  }
  const HostedPartition& replica = at(part.hosted);
  const PartitionLog& log = replica.log;
  if (check_epoch(replica, part.asked.current_leader_epoch) != ErrorCode::kNone) return false;
  if (part.watermark != log.high_watermark() || part.log_start != log.log_start_offset()) {
    return false;
  }
  if (!session.is_privileged()) {
    // Whom a consumer is sent to depends on more than the partition.
    return selects_replicas() ? false : part.asked.fetch_offset == log.high_watermark();
  }
  const RemoteReplica* follower = nullptr;
  if (replica.is_leader()) follower = replica.as_leader.find(session.replica_id);
  return follower != nullptr && follower->in_isr && follower->log_end == log.log_end_offset() &&
         part.asked.fetch_offset == log.log_end_offset() &&
         follower->log_start == part.asked.log_start_offset &&
         follower->fetch_epoch == session.replica_epoch;
}

// To whom a consumer with a rack should turn, if not to us; kNoNode: to us.
NodeId ReplicaManager::preferred_read_replica(HostedPartition& replica, const FetchSlice& slice,
                                              const Reading& reading, Step& step) const {
  if (!selects_replicas() || reading.is_from_follower() || !replica.is_leader()) return kNoNode;
  auto rack_of = [this](NodeId id) -> std::string_view {
    auto rack = racks_.find(id);
    return rack == racks_.end() ? std::string_view() : std::string_view(rack->second);
  };
  absl::InlinedVector<ReadableReplica, 4> views;
  views.push_back({.id = options_.node_id,
                   .rack = rack_of(options_.node_id),
                   .log_end = replica.log.log_end_offset()});
  for (const RemoteReplica& remote : replica.as_leader.remotes()) {
    bool has_it = remote.in_isr && remote.log_end >= slice.from && remote.log_start <= slice.from;
    if (!has_it) continue;
    views.push_back({.id = remote.id,
                     .rack = rack_of(remote.id),
                     .log_end = remote.log_end,
                     .behind = step.wall - remote.last_caught_up});
  }
  NodeId chosen = replica_in_rack(reading.rack_id, views);
  if (chosen == options_.node_id) return kNoNode;
  step.mark(Mark::kPreferredReplicaNamed);
  return chosen;
}

// A request that waits need not wait for what has become quiet.
void ReplicaManager::leave_quiet(FetchSession& session, const FetchAnswer& answer,
                                 DelayedFetch& fetch) {
  auto is_quiet = [&](const FetchSlice& slice) { return session.at(slice.slot).quiet; };
  for (size_t i = 0; i < answer.slots.size(); ++i) {
    const SessionPartition& part = session.at(answer.slots[i]);
    if (can_rest(session, part, answer.response.partitions[i])) {
      fetch_sessions_.rest(session, answer.slots[i]);
    }
  }
  fetch.slices.erase(std::remove_if(fetch.slices.begin(), fetch.slices.end(), is_quiet),
                     fetch.slices.end());
}

// The partition changes, or is about to: sessions in which it was quiet look at it again, and what
// their followers' requests said meanwhile is made up for.
void ReplicaManager::wake_sessions(int32_t number) {
  fetch_sessions_.wake(number, [this, number](FetchSession& session, int32_t slot) {
    HostedPartition& replica = at(number);
    RemoteReplica* follower = nullptr;
    if (session.is_privileged() && replica.is_leader()) {
      follower = replica.as_leader.find(session.replica_id);
    }
    if (follower != nullptr) record_repeated_fetch(*follower, session.last_fetch);
    if (session.parked > 0) {
      delayed_.add_slice(session.parked, slice_of(session.at(slot).asked, number, slot));
    }
  });
}

}  // namespace models
