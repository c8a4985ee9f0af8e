// SPDX-License-Identifier: Apache-2.0

#include "models/replication/fetch_session.h"

#include <algorithm>
#include <tuple>

#include "sim/check.h"

namespace models {
namespace {

constexpr int64_t kEvictionMs = 120'000;  // MIN_INCREMENTAL_FETCH_SESSION_EVICTION_MS
constexpr int32_t kIdsPerShard = INT32_MAX / 8;

// What makes one session worth more than another: privilege, size, then chance.
using Worth = std::tuple<bool, size_t, int32_t>;
Worth worth_of(const FetchSession& session) {
  return {session.is_privileged(), session.cached_size, session.id};
}

}  // namespace

bool SessionPartition::tell(const FetchPartitionData& data) {
  bool must = !data.records.empty() || data.preferred_read_replica != kNoNode ||
              data.diverging_epoch.has_value() || watermark != data.high_watermark ||
              log_start != data.log_start_offset || data.error != ErrorCode::kNone;
  watermark = data.high_watermark;
  log_start = data.log_start_offset;
  // Once the error is gone the partition must be told of again.
  if (data.error != ErrorCode::kNone) watermark = kNoOffset;
  return must;
}

FetchSession::Slots FetchSession::active() const {
  Slots slots;
  slots.reserve(active_.size());
  for (const auto& [place, slot] : active_) slots.push_back(slot);
  return slots;
}

std::vector<int32_t>::iterator FetchSession::position_of(const TopicPartition& partition) {
  return std::lower_bound(by_name_.begin(), by_name_.end(), partition,
                          [this](int32_t slot, const TopicPartition& wanted) {
                            return at(slot).asked.partition < wanted;
                          });
}

FetchSession* FetchSessions::find_answering(int32_t id) {
  auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

FetchSession* FetchSessions::find(int32_t id) {
  FetchSession* session = find_answering(id);
  return session == nullptr || session->closed ? nullptr : session;
}

int32_t FetchSessions::shard_of(int32_t id) { return id / kIdsPerShard; }

int32_t FetchSessions::new_id(int32_t shard, Step& step) const {
  int32_t first = std::max(1, shard * kIdsPerShard);
  uint64_t count = static_cast<uint64_t>((shard + 1) * kIdsPerShard - first);
  int32_t id = kNoFetchSession;
  do {
    id = first + static_cast<int32_t>(step.rng.below(count));
  } while (sessions_.contains(id));
  return id;
}

FetchSession* FetchSessions::open(NodeId replica_id, size_t size, Step& step) {
  int32_t shard = static_cast<int32_t>(opened_++ % kShards);
  if (!make_room(shard, replica_id != kNoNode, size, step)) {
    step.mark(Mark::kFetchSessionNotOpened);
    return nullptr;
  }
  int32_t id = new_id(shard, step);
  FetchSession& session = sessions_[id];
  session.id = id;
  session.replica_id = replica_id;
  session.created_ms = step.wall.millis();
  session.last_fetch = step.wall;
  return &session;
}

bool FetchSessions::make_room(int32_t shard, bool privileged, size_t size, Step& step) {
  int64_t now = step.wall.millis();
  size_t in_shard = 0;
  const FetchSession* oldest = nullptr;    // The one unused for longest.
  const FetchSession* cheapest = nullptr;  // Of those that may be evicted.
  for (const auto& [id, session] : sessions_) {
    if (session.closed || shard_of(id) != shard) continue;
    ++in_shard;
    if (oldest == nullptr || session.last_used_ms < oldest->last_used_ms) oldest = &session;
    // As of its last use, which is when Kafka files it.
    bool grown_up = session.last_used_ms - session.created_ms > kEvictionMs;
    bool evictable = grown_up || (privileged && !session.is_privileged());
    if (!evictable) continue;
    if (cheapest == nullptr || worth_of(session) < worth_of(*cheapest)) cheapest = &session;
  }
  if (in_shard < slots_per_shard_) return true;
  const FetchSession* victim = nullptr;
  if (oldest != nullptr && now - oldest->last_used_ms > kEvictionMs) {
    victim = oldest;
  } else if (cheapest != nullptr && Worth(privileged, size, 0) >= worth_of(*cheapest)) {
    victim = cheapest;
  }
  if (victim == nullptr) return false;
  step.mark(Mark::kFetchSessionEvicted);
  close(victim->id);
  return true;
}

void FetchSessions::touch(FetchSession& session, int64_t now_ms) {
  session.last_used_ms = now_ms;
  session.cached_size = session.size();
}

void FetchSessions::close(int32_t id) {
  FetchSession* session = find(id);
  if (session == nullptr) return;
  session->closed = true;
  if (session->parked == 0) release(*session);
}

void FetchSessions::release(FetchSession& session) {
  for (int32_t slot : session.by_name_) {
    if (session.at(slot).quiet) stop_resting(session, slot);
  }
  sessions_.erase(session.id);
}

int32_t FetchSessions::ask(FetchSession& session, const FetchPartition& asked) {
  auto position = session.position_of(asked.partition);
  if (position != session.by_name_.end() &&
      session.at(*position).asked.partition == asked.partition) {
    int32_t slot = *position;
    if (session.at(slot).quiet) {
      stop_resting(session, slot);
      activate(session, slot);
    }
    session.at(slot).asked = asked;
    return slot;
  }
  int32_t slot = static_cast<int32_t>(session.slots_.size());
  if (session.free_.empty()) {
    session.slots_.emplace_back();
  } else {
    slot = session.free_.back();
    session.free_.pop_back();
  }
  SessionPartition& part = session.at(slot);
  part = SessionPartition{.asked = asked, .place = session.next_place_++};
  session.by_name_.insert(position, slot);
  session.active_.emplace(part.place, slot);
  return slot;
}

void FetchSessions::forget(FetchSession& session, const TopicPartition& partition) {
  auto position = session.position_of(partition);
  if (position == session.by_name_.end() || session.at(*position).asked.partition != partition)
    return;
  int32_t slot = *position;
  SessionPartition& part = session.at(slot);
  if (part.quiet) {
    stop_resting(session, slot);
  } else {
    session.active_.erase({part.place, slot});
  }
  part = SessionPartition();
  session.by_name_.erase(position);
  session.free_.push_back(slot);
}

void FetchSessions::move_to_end(FetchSession& session, int32_t slot) {
  SessionPartition& part = session.at(slot);
  SIM_CHECK(!part.quiet, slot);
  session.active_.erase({part.place, slot});
  part.place = session.next_place_++;
  session.active_.emplace(part.place, slot);
}

void FetchSessions::rest(FetchSession& session, int32_t slot) {
  SessionPartition& part = session.at(slot);
  session.active_.erase({part.place, slot});
  part.quiet = true;
  size_t hosted = static_cast<size_t>(part.hosted);
  if (hosted >= resting_.size()) resting_.resize(hosted + 1);
  resting_[hosted].push_back({session.id, slot});
}

void FetchSessions::activate(FetchSession& session, int32_t slot) {
  SessionPartition& part = session.at(slot);
  part.quiet = false;
  session.active_.emplace(part.place, slot);
}

void FetchSessions::stop_resting(FetchSession& session, int32_t slot) {
  Rests& rests = resting_[static_cast<size_t>(session.at(slot).hosted)];
  rests.erase(std::find_if(rests.begin(), rests.end(), [&](const Resting& each) {
    return each.session == session.id && each.slot == slot;
  }));
}

void FetchSessions::wake_all(FetchSession& session) {
  for (int32_t slot : session.by_name_) {
    if (!session.at(slot).quiet) continue;
    stop_resting(session, slot);
    activate(session, slot);
  }
}

}  // namespace models
