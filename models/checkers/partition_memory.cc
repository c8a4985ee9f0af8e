// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/partition_memory.h"

#include <algorithm>

#include "sim/check.h"

namespace models {
namespace {

constexpr int64_t kReadBytes = 1 << 20;

// Hands each batch's print from the one that holds `from` on, up to the log end. False when the
// disk does not answer.
template <class Visit>
bool read_prints(const ReplicaView& view, Offset from, Visit&& visit) {
  const PartitionLog& log = *view.log;
  Offset end = log.log_end_offset();
  while (from < end) {
    ReadResult result = log.read(from, kReadBytes, end, true, *view.observer);
    if (result.error != ErrorCode::kNone) return false;
    int64_t size = static_cast<int64_t>(result.records.size());
    int64_t position = 0;
    while (std::optional<BatchHeader> header = read_batch_header(result.records, position)) {
      if (position + header->total_bytes() > size) break;  // Cut at the limit; it comes again.
      visit(BatchPrint::of(*header));
      from = header->next_offset();
      position += header->total_bytes();
    }
    if (position == 0) return true;  // A cut inside a batch leaves a gap before the log end.
  }
  return true;
}

ReplicaFacts facts_of(const ReplicaView& view) {
  return {view.is_leader, view.leader_epoch, view.log->log_end_offset(),
          view.log->high_watermark()};
}

void start_over(ReplicaMemory& replica, Offset log_start) {
  replica.log_start = replica.log_end = replica.matched = log_start;
  replica.latest_epoch = kNoLeaderEpoch;
  replica.known = false;
  replica.tail.clear();
}

}  // namespace

std::optional<BatchPrint> PartitionMemory::last_known(const ReplicaMemory& replica) const {
  if (!replica.tail.empty()) return replica.tail.back();
  const BatchPrint* print = committed_.last_ending_by(replica.matched);
  if (print == nullptr || print->base < replica.log_start) return std::nullopt;
  return *print;
}

void PartitionMemory::take_cut(ReplicaMemory& replica, const PartitionLog& log,
                               ReplicaNews& news) const {
  Offset end = log.log_end_offset();
  if (end >= replica.log_end) return;
  news.cut_to = end;
  // A cut inside a batch takes the whole batch.
  while (!replica.tail.empty() && replica.tail.back().next() > end) replica.tail.pop_back();
  if (replica.matched > end) {
    const BatchPrint* kept = committed_.last_ending_by(end);
    replica.matched =
        kept == nullptr ? replica.log_start : std::max(kept->next(), replica.log_start);
  }
  replica.log_end = end;
}

void PartitionMemory::take_appended(ReplicaMemory& replica, const ReplicaView& view,
                                    ReplicaNews& news) const {
  const PartitionLog& log = *view.log;
  bool same_end = log.log_end_offset() == replica.log_end;
  if (replica.known && same_end && log.latest_epoch() == replica.latest_epoch) return;
  // Reads from the last batch known on, to see that it is still the same.
  std::optional<BatchPrint> anchor = last_known(replica);
  auto take = [&news](const BatchPrint& print) { news.appended.push_back(print); };
  bool readable = read_prints(view, anchor ? anchor->base : replica.log_start, take);
  if (anchor && readable) {
    if (!news.appended.empty() && news.appended.front() == *anchor) {
      news.appended.erase(news.appended.begin());
    } else {  // Cut and written again in one event.
      start_over(replica, log.log_start_offset());
      news.cut_to = replica.log_start;
      news.appended.clear();
      readable = read_prints(view, replica.log_start, take);
    }
  }
  replica.known = readable;
  if (!readable) {
    news.appended.clear();  // Tried again when the replica changes next.
    return;
  }
  replica.tail.insert(replica.tail.end(), news.appended.begin(), news.appended.end());
  replica.log_end = log.log_end_offset();
  replica.latest_epoch = log.latest_epoch();
}

void PartitionMemory::match(ReplicaMemory& replica) const {
  size_t count = 0;
  for (const BatchPrint& print : replica.tail) {
    const BatchPrint* committed = committed_.holding(print.base);
    if (committed == nullptr || *committed != print) break;
    replica.matched = print.next();
    ++count;
  }
  replica.tail.erase(replica.tail.begin(), replica.tail.begin() + static_cast<ptrdiff_t>(count));
}

ReplicaNews PartitionMemory::observe(const ReplicaView& view) {
  SIM_CHECK(view.observer != nullptr, view.broker.value());
  ReplicaMemory& replica = replicas_[view.broker];
  const PartitionLog& log = *view.log;
  ReplicaNews news;
  if (replica.seen) news.before = replica.facts;
  if (!replica.seen && replica.stopped_cleanly) news.clean_stop = replica.facts;
  bool start_moved = replica.log_start != log.log_start_offset();
  if (replica.seen && start_moved) news.cut_to = log.log_start_offset();
  if (!replica.seen || start_moved) start_over(replica, log.log_start_offset());
  replica.seen = true;
  replica.stopped_cleanly = false;
  replica.facts = facts_of(view);
  if (compacted_) {
    replica.known = false;
    return news;
  }
  take_cut(replica, log, news);
  take_appended(replica, view, news);
  match(replica);
  if (!replica.known) return news;
  if (replica.matched >= committed_.end()) {
    replica.lost_power = false;
    if (view.is_leader && view.leader_epoch >= floor_) awaits_release_ = false;
  } else if (must_release(view, replica)) {
    release(replica, view.leader_epoch);
  }
  return news;
}

bool PartitionMemory::must_release(const ReplicaView& view, const ReplicaMemory& replica) const {
  if (!view.is_leader || view.leader_epoch < floor_) return false;
  if (awaits_release_) return true;
  if (view.leader_epoch <= commit_epoch_ || !replica.lost_power) return false;
  return !another_in_sync_holds(view.broker, view.leader_epoch, replica.matched);
}

// Did the controller have a better choice for this epoch than `leader`?
bool PartitionMemory::another_in_sync_holds(NodeId leader, LeaderEpoch epoch, Offset offset) const {
  auto election = isr_at_start_.find(epoch);
  if (election == isr_at_start_.end()) return false;
  return std::any_of(election->second.begin(), election->second.end(), [&](NodeId member) {
    auto other = replicas_.find(member);
    return member != leader && other != replicas_.end() && !other->second.lost_power &&
           other->second.matched > offset;
  });
}

void PartitionMemory::release(ReplicaMemory& leader, LeaderEpoch epoch) {
  committed_.truncate(leader.matched);
  floor_ = std::max(floor_, epoch);
  awaits_release_ = false;
  leader.lost_power = false;
  // Others matched what is gone, and their tails no longer begin where they should.
  for (auto& [broker, replica] : replicas_) {
    if (replica.matched > committed_.end()) start_over(replica, replica.log_start);
  }
}

void PartitionMemory::commit(const ReplicaView& view) {
  if (!view.is_leader || view.leader_epoch < floor_ || awaits_release_) return;
  ReplicaMemory& replica = replicas_[view.broker];
  if (!replica.known || replica.matched < committed_.end())
    return;  // Was reported, or is an older leader's.
  Offset before = committed_.end();
  for (const BatchPrint& print : replica.tail) {
    if (print.next() > view.log->high_watermark()) break;
    committed_.push(print);
  }
  if (committed_.end() == before) return;
  commit_epoch_ = std::max(commit_epoch_, view.leader_epoch);
  match(replica);
}

std::optional<Departure> PartitionMemory::departure_of(NodeId broker) const {
  auto entry = replicas_.find(broker);
  if (entry == replicas_.end() || !entry->second.seen || !entry->second.known) return std::nullopt;
  Offset at = entry->second.matched;
  std::optional<BatchPrint> found;
  for (const BatchPrint& print : entry->second.tail) {
    const BatchPrint* committed = committed_.holding(print.base);
    found = print;
    if (committed == nullptr || *committed != print) break;
    at = print.next();
    found.reset();
  }
  const BatchPrint* committed = committed_.holding(at);
  if (committed == nullptr) return std::nullopt;
  return Departure{at, *committed, found};
}

void PartitionMemory::on_registration(const PartitionRegistration& after,
                                      const TopicConfig& config) {
  bool unclean_allowed = config.unclean_leader_election_enable;
  compacted_ |= config.cleanup_policy.compacts;
  bool new_epoch = !registration_ || after.leader_epoch > registration_->leader_epoch;
  if (new_epoch) {
    std::vector<NodeId>& choices = isr_at_start_[after.leader_epoch];
    choices = after.isr;
    // With an empty ISR all who were eligible could have been elected.
    if (registration_ && registration_->in_elr(after.leader)) {
      choices.insert(choices.end(), registration_->elr.begin(), registration_->elr.end());
    }
  }
  if (registration_ && new_epoch) {
    // Otherwise it may have joined the ISR and been elected in changes committed at once.
    bool outsider = after.leader != kNoNode && !registration_->in_isr(after.leader) &&
                    !registration_->in_elr(after.leader);
    if (outsider && (after.recovering || unclean_allowed)) {
      floor_ = after.leader_epoch;
      awaits_release_ = true;
    }
  }
  registration_ = after;
}

void PartitionMemory::on_broker_down(NodeId broker, bool unflushed_lost, bool clean) {
  auto entry = replicas_.find(broker);
  if (entry == replicas_.end()) return;
  ReplicaMemory& replica = entry->second;
  replica.stopped_cleanly = replica.seen && clean && !unflushed_lost;
  replica.lost_power |= unflushed_lost;
  replica.seen = false;
}

void PartitionMemory::forget_logs() {
  for (auto& [broker, replica] : replicas_) start_over(replica, replica.log_start);
}

}  // namespace models
