// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/partition_facts.h"

#include <algorithm>
#include <utility>

namespace models {

namespace {

template <class Fact>
void sort_in(std::vector<Fact> facts, TopicTable& topics,
             PartitionTable<std::vector<Fact>>& table) {
  std::stable_sort(facts.begin(), facts.end(),
                   [](const Fact& a, const Fact& b) { return a.at < b.at; });
  for (Fact& fact : facts) {
    PartitionKey key = topics.key_of(fact.partition);
    table.at(key).push_back(std::move(fact));
  }
}

// The first at `since` or later of which `is_it` is true; null: none.
template <class Fact, class Condition>
const Fact* first_since(const PartitionTable<std::vector<Fact>>& table, PartitionKey key,
                        sim::SimTime since, const Condition& is_it) {
  const std::vector<Fact>* facts = table.find(key);
  if (facts == nullptr) return nullptr;
  for (const Fact& fact : *facts) {
    if (fact.at >= since && is_it(fact)) return &fact;
  }
  return nullptr;
}

}  // namespace

PartitionFacts::PartitionFacts(const RunFacts& facts, TopicTable& topics) {
  sort_in(facts.lost_tails, topics, tails_);
  sort_in(facts.rot, topics, rot_);
  sort_in(facts.unknown_producers, topics, unknown_producers_);
  sort_in(facts.forgotten_batches, topics, forgotten_batches_);
  sort_in(facts.elections, topics, elections_);
  sort_in(facts.cuts, topics, cuts_);
  PartitionTable<std::vector<LogStartMove>> moves;
  sort_in(facts.log_starts, topics, moves);
  moves.for_each([&](PartitionKey key, const std::vector<LogStartMove>& all) {
    std::vector<LogStartMove>& rising = deletions_.at(key);
    for (const LogStartMove& move : all) {
      if (rising.empty() || rising.back().start < move.start) rising.push_back(move);
    }
  });
}

Trouble PartitionFacts::trouble(PartitionKey key, sim::SimTime since) const {
  Trouble trouble;
  std::vector<NodeId> nodes;
  const std::vector<LostTail>* tails = tails_.find(key);
  for (size_t i = 0; tails != nullptr && i < tails->size(); ++i) {
    const LostTail& tail = (*tails)[i];
    if (tail.at < since || std::find(nodes.begin(), nodes.end(), tail.node) != nodes.end())
      continue;
    nodes.push_back(tail.node);
    trouble.disk_lied |= tail.disk_lied;
  }
  // A bad length hides what was written behind it later, too.
  const std::vector<BitRot>* rot = rot_.find(key);
  trouble.bit_rot = rot != nullptr && !rot->empty();
  trouble.tails_lost = static_cast<int32_t>(nodes.size());
  trouble.unclean_election =
      first_since(elections_, key, since,
                  [](const LeaderElection& election) { return election.unclean; }) != nullptr;
  return trouble;
}

const LeaderElection* PartitionFacts::election_before(PartitionKey key, sim::EventId event) const {
  const LeaderElection* last = nullptr;
  const std::vector<LeaderElection>* elections = elections_.find(key);
  for (size_t i = 0; elections != nullptr && i < elections->size(); ++i) {
    if ((*elections)[i].event <= event) last = &(*elections)[i];
  }
  return last;
}

bool PartitionFacts::took_unknown_producer(PartitionKey key, int32_t producer,
                                           Offset offset) const {
  const std::vector<UnknownProducer>* all = unknown_producers_.find(key);
  return all != nullptr && std::any_of(all->begin(), all->end(), [&](const UnknownProducer& each) {
           return each.producer == producer && each.offset <= offset;
         });
}

bool PartitionFacts::forgot_batch_between(PartitionKey key, Offset first, Offset again) const {
  const std::vector<ForgottenBatch>* all = forgotten_batches_.find(key);
  return all != nullptr && std::any_of(all->begin(), all->end(), [&](const ForgottenBatch& each) {
           return first < each.offset && each.offset <= again;
         });
}

sim::EventId PartitionFacts::cause_of_loss(PartitionKey key, Offset offset,
                                           sim::SimTime since) const {
  // With acks=0 nobody knows whether it ever was in a log.
  if (offset == kNoOffset) return {};
  const LogCut* cut = first_since(cuts_, key, since, [&](const LogCut& each) {
    return each.to <= offset && offset < each.to + each.records;
  });
  if (cut != nullptr) {
    const LeaderElection* election = election_before(key, cut->event);
    bool led_to_it = election != nullptr && election->at >= since;
    return led_to_it ? election->event : cut->event;
  }
  auto any = [](const auto&) { return true; };
  const LostTail* tail = first_since(tails_, key, since, any);
  if (tail != nullptr) return tail->event;
  const LeaderElection* election = first_since(elections_, key, since, any);
  return election == nullptr ? sim::EventId() : election->event;
}

const LogStartMove* PartitionFacts::deletion_of(PartitionKey key, Offset offset) const {
  const std::vector<LogStartMove>* moves = deletions_.find(key);
  if (moves == nullptr) return nullptr;
  auto first =
      std::upper_bound(moves->begin(), moves->end(), offset,
                       [](Offset wanted, const LogStartMove& move) { return wanted < move.start; });
  return first == moves->end() ? nullptr : &*first;
}

const LogStartMove* PartitionFacts::last_deletion(PartitionKey key) const {
  const std::vector<LogStartMove>* moves = deletions_.find(key);
  return moves == nullptr || moves->empty() ? nullptr : &moves->back();
}

}  // namespace models
