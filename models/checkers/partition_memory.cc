// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/partition_memory.h"

#include <algorithm>
#include <iterator>

#include "models/checkers/batch_reader.h"
#include "sim/check.h"

namespace models {
namespace {

// A leader may act for long on a registration that is not the latest.
constexpr size_t kDecisionsKept = 64;

ReplicaFacts facts_of(const ReplicaView& view) {
  const PartitionLog& log = *view.log;
  return {view.is_leader,           view.leader_epoch,
          view.partition_epoch,     log.log_start_offset(),
          log.log_end_offset(),     log.high_watermark(),
          log.last_stable_offset(), log.config().min_insync_replicas};
}

void start_over(ReplicaMemory& replica, Offset log_start) {
  replica.log_start = replica.log_end = replica.matched = log_start;
  replica.latest_epoch = kNoLeaderEpoch;
  replica.known = false;
  replica.tail.clear();
}

}  // namespace

// Not so a cancelled one, which may elect who is in no ISR, nor one that its leader survives.
bool hands_over_by_move(const PartitionRegistration& before, const PartitionRegistration& after) {
  auto is_removed = [&before](NodeId id) {
    return std::find(before.removing.begin(), before.removing.end(), id) != before.removing.end();
  };
  std::vector<NodeId> target;
  std::copy_if(before.replicas.begin(), before.replicas.end(), std::back_inserter(target),
               [&](NodeId id) { return !is_removed(id); });
  return !after.is_reassigning() && is_removed(before.leader) && after.replicas == target;
}

std::optional<BatchPrint> PartitionMemory::last_known(const ReplicaMemory& replica) const {
  if (!replica.tail.empty()) return replica.tail.back();
  const BatchPrint* print = committed_.last_ending_by(replica.matched);
  if (print == nullptr || print->base < replica.log_start) return std::nullopt;
  return *print;
}

// Retention lets the log begin later; anything else means that it was begun anew.
void PartitionMemory::take_start(ReplicaMemory& replica, Offset log_start,
                                 ReplicaNews& news) const {
  if (log_start == replica.log_start) return;
  if (log_start < replica.log_start || log_start > replica.log_end) {
    news.cut_to = log_start;
    return start_over(replica, log_start);
  }
  replica.log_start = log_start;
  replica.matched = std::max(replica.matched, log_start);
  auto kept = std::find_if(replica.tail.begin(), replica.tail.end(),
                           [&](const BatchPrint& print) { return print.next() > log_start; });
  replica.tail.erase(replica.tail.begin(), kept);
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
  if (compacted_ && !replica.known) start_over(replica, log.log_start_offset());
  // Reads from the last batch known on, to see that it is still the same; a cleaner may have taken
  // it.
  std::optional<BatchPrint> anchor = compacted_ ? std::nullopt : last_known(replica);
  Offset from = anchor ? anchor->base : compacted_ ? replica.log_end : replica.log_start;
  auto read_from = [&](Offset start) {
    return read_batches(log, start, log.log_end_offset(), *view.observer,
                        [&](const BatchHeader& header, const absl::Cord&, int64_t) {
                          news.appended.push_back(BatchPrint::of(header));
                        });
  };
  bool readable = read_from(from);
  if (anchor && readable) {
    if (!news.appended.empty() && news.appended.front() == *anchor) {
      news.appended.erase(news.appended.begin());
    } else {  // Cut and written again in one event.
      start_over(replica, log.log_start_offset());
      news.cut_to = replica.log_start;
      news.appended.clear();
      readable = read_from(replica.log_start);
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

bool PartitionMemory::is_same(const BatchPrint& committed, const BatchPrint& found) const {
  if (!compacted_) return committed == found;
  return committed.base == found.base && committed.epoch == found.epoch &&
         committed.last_offset_delta == found.last_offset_delta;
}

// How far the replica's log agrees with the history.
PartitionMemory::Walk PartitionMemory::walk(const ReplicaMemory& replica) const {
  Walk walk{replica.matched};
  for (const BatchPrint& print : replica.tail) {
    if (print.base >= committed_.end()) {
      // What is missing before it was cleaned, unless it belongs to a history that was given up.
      const BatchPrint* last = committed_.last_ending_by(committed_.end());
      if (print.base > committed_.end() || (last != nullptr && print.epoch < last->epoch))
        return walk;
      break;
    }
    const BatchPrint* next =
        print.base > walk.matched ? committed_.first_ending_after(walk.matched) : nullptr;
    bool gap = next != nullptr && next->base < print.base;
    if (gap && !compacted_) return walk;  // Else it may be cleaned, if what comes behind it agrees.
    const BatchPrint* committed = committed_.holding(print.base);
    bool cleaned_elsewhere = committed == nullptr && compacted_ && print.next() <= committed_.end();
    if (!cleaned_elsewhere && (committed == nullptr || !is_same(*committed, print))) return walk;
    walk.matched = print.next();
    ++walk.count;
  }
  if (compacted_ && replica.known)
    walk.matched = std::max(walk.matched, std::min(replica.log_end, committed_.end()));
  return walk;
}

void PartitionMemory::match(ReplicaMemory& replica) const {
  Walk agreed = walk(replica);
  replica.matched = agreed.matched;
  replica.tail.erase(replica.tail.begin(),
                     replica.tail.begin() + static_cast<ptrdiff_t>(agreed.count));
}

ReplicaNews PartitionMemory::observe(const ReplicaView& view) {
  SIM_CHECK(view.observer != nullptr, view.broker.value());
  ReplicaMemory& replica = replicas_[view.broker];
  const PartitionLog& log = *view.log;
  ReplicaNews news;
  std::optional<Offset> held;
  if (replica.seen) {
    news.before = replica.facts;
    if (replica.known && !replica.rejoins)
      held = std::min(replica.matched, replica.facts.high_watermark);
    take_start(replica, log.log_start_offset(), news);
  } else {
    if (replica.stopped_cleanly) news.clean_stop = replica.facts;
    start_over(replica, log.log_start_offset());
  }
  replica.seen = true;
  replica.stopped_cleanly = false;
  replica.facts = facts_of(view);
  if (rotten_) {
    replica.known = false;
    return news;
  }
  take_cut(replica, log, news);
  take_appended(replica, view, news);
  match(replica);
  if (!replica.known) return news;
  if (held && *held > replica.matched) news.held_before = held;
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
  for (auto& [broker, each] : replicas_) match(each);
}

std::optional<Departure> PartitionMemory::departure_of(NodeId broker) const {
  auto entry = replicas_.find(broker);
  if (entry == replicas_.end() || !entry->second.seen || !entry->second.known) return std::nullopt;
  Walk agreed = walk(entry->second);
  const BatchPrint* committed = committed_.first_ending_after(agreed.matched);
  if (committed == nullptr) return std::nullopt;
  std::optional<BatchPrint> found;
  if (agreed.count < entry->second.tail.size()) found = entry->second.tail[agreed.count];
  return Departure{std::max(agreed.matched, committed->base), *committed, found};
}

size_t PartitionMemory::holders_of(Offset offset) const {
  return static_cast<size_t>(
      std::count_if(replicas_.begin(), replicas_.end(), [&](const auto& entry) {
        const ReplicaMemory& replica = entry.second;
        return replica.lost_power || !replica.known || walk(replica).matched >= offset;
      }));
}

const PartitionRegistration* PartitionMemory::registration_of(PartitionEpoch epoch) const {
  auto found = decided_.find(epoch);
  return found == decided_.end() ? nullptr : &found->second;
}

void PartitionMemory::on_config(const TopicConfig& config) {
  unclean_allowed_ = config.unclean_leader_election_enable;
  compacted_ |= config.cleanup_policy.compacts;
}

void PartitionMemory::on_registration(const PartitionRegistration& after,
                                      const TopicConfig& config) {
  on_config(config);
  bool new_epoch = !registration_ || after.leader_epoch > registration_->leader_epoch;
  // The ELR may have been emptied since: an assignment of directories does that, and then the last
  // known leader is elected, uncleanly, whoever was eligible.
  bool unclean = registration_ && after.recovering && !registration_->recovering;
  if (new_epoch) {
    std::vector<NodeId>& choices = isr_at_start_[after.leader_epoch];
    choices = after.isr;
    // With an empty ISR all who were eligible could have been elected.
    if (registration_ && registration_->in_elr(after.leader) && !unclean) {
      choices.insert(choices.end(), registration_->elr.begin(), registration_->elr.end());
    }
  }
  if (registration_ && new_epoch && after.leader != kNoNode) {
    bool outsider = !registration_->in_isr(after.leader) && !registration_->in_elr(after.leader);
    bool moved = hands_over_by_move(*registration_, after);
    if (unclean || (outsider && (after.recovering || (unclean_allowed_ && !moved)))) {
      floor_ = after.leader_epoch;
      awaits_release_ = true;
    }
  }
  decided_[after.partition_epoch] = after;
  if (decided_.size() > kDecisionsKept) decided_.erase(decided_.begin());
  for (auto& [broker, replica] : replicas_) {
    if (!after.has_replica(broker)) {
      replica.rejoins = true;
      replica.seen = replica.known = replica.stopped_cleanly = false;
    } else if (after.in_isr(broker)) {
      replica.rejoins = false;
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

void PartitionMemory::on_rot(NodeId broker) {
  bool here = replicas_.contains(broker) || (registration_ && registration_->has_replica(broker));
  if (!here) return;
  rotten_ = true;
  for (auto& [id, replica] : replicas_) start_over(replica, replica.log_start);
}

std::string PartitionMemory::difference_to(const PartitionMemory& anew, NodeId broker) const {
  auto here = replicas_.find(broker), there = anew.replicas_.find(broker);
  if (here == replicas_.end() || there == anew.replicas_.end()) return "";
  const ReplicaMemory &now = here->second, &read = there->second;
  auto differ = [](std::string_view what, Offset a, Offset b) {
    return "remembered " + std::string(what) + ' ' + std::to_string(a.value()) + ", read anew " +
           std::to_string(b.value());
  };
  if (now.known && now.log_end != read.log_end)
    return differ("the log end", now.log_end, read.log_end);
  if (now.facts.high_watermark != read.facts.high_watermark)
    return differ("the high watermark", now.facts.high_watermark, read.facts.high_watermark);
  Walk before = walk(now), after = anew.walk(read);
  if (now.known && before.matched != after.matched)
    return differ("what is committed up to", before.matched, after.matched);
  if (committed_.end() != anew.committed_.end())
    return differ("the committed history up to", committed_.end(), anew.committed_.end());
  bool same_tail =
      std::equal(now.tail.begin() + static_cast<ptrdiff_t>(before.count), now.tail.end(),
                 read.tail.begin() + static_cast<ptrdiff_t>(after.count), read.tail.end());
  return now.known && !same_tail ? "another tail" : "";
}

void PartitionMemory::forget_logs() {
  for (auto& [broker, replica] : replicas_) start_over(replica, replica.log_start);
}

}  // namespace models
