// SPDX-License-Identifier: Apache-2.0

#include "models/controller/replica_placement.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"

namespace models {

namespace {

template <class T>
void shuffle(std::vector<T>& items, sim::Rng& rng) {
  for (size_t left = items.size(); left > 1; --left) {
    size_t chosen = rng.below(left);
    std::swap(items[left - 1], items[chosen]);
  }
}

// Brokers visited from `offset_` on, each once in an epoch; a new epoch starts one further.
class BrokerRing {
 public:
  void add(NodeId id) { brokers_.push_back(id); }
  void start(sim::Rng& rng) {
    if (brokers_.empty()) return;
    std::sort(brokers_.begin(), brokers_.end());
    offset_ = rng.below(brokers_.size());
  }
  void reshuffle(sim::Rng& rng) { shuffle(brokers_, rng); }

  NodeId next(int32_t epoch) {
    if (brokers_.empty()) return kNoNode;
    if (epoch_ != epoch) {
      epoch_ = epoch;
      index_ = 0;
      offset_ = (offset_ + 1) % brokers_.size();
    }
    if (index_ >= brokers_.size()) return kNoNode;
    return brokers_[(index_++ + offset_) % brokers_.size()];
  }

 private:
  std::vector<NodeId> brokers_;
  size_t index_ = 0;
  size_t offset_ = 0;
  int32_t epoch_ = 0;
};

struct Rack {
  BrokerRing unfenced;
  BrokerRing fenced;

  NodeId next(int32_t epoch) {
    NodeId id = unfenced.next(epoch);
    return id != kNoNode ? id : fenced.next(epoch);
  }
};

class Racks {
 public:
  Racks(const std::vector<UsableBroker>& brokers, sim::Rng& rng) {
    absl::btree_map<std::string, Rack> by_name;
    for (const UsableBroker& broker : brokers) {
      Rack& rack = by_name[broker.rack];
      (broker.fenced ? rack.fenced : rack.unfenced).add(broker.id);
      if (!broker.fenced) ++unfenced_;
    }
    for (auto& [name, rack] : by_name) {
      rack.fenced.start(rng);
      rack.unfenced.start(rng);
      racks_.push_back(std::move(rack));
    }
    if (!racks_.empty()) offset_ = rng.below(racks_.size());
  }

  int32_t unfenced() const { return unfenced_; }

  std::vector<NodeId> place(int16_t replication_factor, sim::Rng& rng) {
    if (epoch_ == unfenced_ && unfenced_ > 1) {
      reshuffle(rng);
      epoch_ = 0;
    }
    if (offset_ == racks_.size()) offset_ = 0;
    size_t leaders_rack = offset_;
    std::vector<NodeId> replicas = {next_leader(leaders_rack)};
    size_t rack = offset_;
    // The leader's rack has given its replica of this round; later rounds visit it like any other.
    bool skip_leaders_rack = true;
    while (static_cast<int16_t>(replicas.size()) < replication_factor) {
      NodeId id = kNoNode;
      if (skip_leaders_rack && rack == leaders_rack) {
        skip_leaders_rack = false;
      } else {
        id = racks_[rack].next(epoch_);
      }
      rack = (rack + 1) % racks_.size();
      if (id != kNoNode) replicas.push_back(id);
    }
    ++epoch_;
    ++offset_;
    return replicas;
  }

 private:
  // Moves `rack` on to the first that has an unfenced broker.
  NodeId next_leader(size_t& rack) {
    for (;;) {
      NodeId id = racks_[rack].unfenced.next(epoch_);
      if (id != kNoNode) return id;
      rack = (rack + 1) % racks_.size();
    }
  }

  void reshuffle(sim::Rng& rng) {
    shuffle(racks_, rng);
    for (Rack& rack : racks_) {
      rack.fenced.reshuffle(rng);
      rack.unfenced.reshuffle(rng);
    }
  }

  std::vector<Rack> racks_;  // By name at first.
  size_t offset_ = 0;
  int32_t epoch_ = 0;
  int32_t unfenced_ = 0;
};

}  // namespace

std::optional<std::vector<std::vector<NodeId>>> place_replicas(
    const std::vector<UsableBroker>& brokers, int32_t partitions, int16_t replication_factor,
    sim::Rng& rng) {
  Racks racks(brokers, rng);
  if (replication_factor <= 0 || racks.unfenced() == 0 ||
      replication_factor > static_cast<int16_t>(brokers.size())) {
    return std::nullopt;
  }
  std::vector<std::vector<NodeId>> placed;
  placed.reserve(static_cast<size_t>(partitions));
  for (int32_t i = 0; i < partitions; ++i) placed.push_back(racks.place(replication_factor, rng));
  return placed;
}

}  // namespace models
