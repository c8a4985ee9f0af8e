// SPDX-License-Identifier: Apache-2.0

#include "models/controller/leader_election.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace models {

namespace {

using Nodes = std::vector<NodeId>;

bool contains(const Nodes& ids, NodeId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool contains_all(const Nodes& ids, const Nodes& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](NodeId id) { return contains(ids, id); });
}

Nodes without(const Nodes& ids, const Nodes& removed) {
  Nodes left;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(left),
               [&](NodeId id) { return !contains(removed, id); });
  return left;
}

Nodes sorted(Nodes ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

bool can_elect_last_known_leader(const PartitionRegistration& partition,
                                 const PartitionTarget& target, const Nodes& elr,
                                 IsAcceptableLeader acceptable) {
  return target.elr_enabled && elr.empty() && target.isr.empty() &&
         partition.last_known_elr.size() == 1 && acceptable(partition.last_known_elr.front());
}

ElectionResult elect(const PartitionRegistration& partition, const PartitionTarget& target,
                     const Nodes& elr, IsAcceptableLeader acceptable) {
  auto valid = [&](NodeId id) {
    bool candidate = contains(target.isr, id) || (target.isr.empty() && contains(elr, id));
    return candidate && acceptable(id);
  };
  if (target.election == Election::kPreferred && valid(target.replicas.front())) {
    return {target.replicas.front()};
  }
  if (valid(partition.leader)) return {partition.leader};
  for (NodeId id : target.replicas) {
    if (valid(id)) return {id};
  }
  if (can_elect_last_known_leader(partition, target, elr, acceptable)) {
    return {partition.last_known_elr.front(), true};
  }
  if (target.election == Election::kUnclean) {
    for (NodeId id : target.replicas) {
      if (acceptable(id)) return {id, true};
    }
  }
  return {};
}

void complete_reassignment(PartitionTarget& target) {
  if (target.removing.empty() && target.adding.empty()) return;
  Nodes isr = without(target.isr, target.removing);
  Nodes replicas = without(target.replicas, target.removing);
  if (isr.empty() || replicas.empty() || !contains_all(isr, replicas)) return;
  target.isr = std::move(isr);
  target.replicas = std::move(replicas);
  target.removing.clear();
  target.adding.clear();
}

// Kafka's sets of small numbers are in ascending order, and so are the lists it makes of them.
Nodes eligible(const PartitionRegistration& partition, const PartitionTarget& target) {
  if (!target.elr_enabled) return partition.elr;
  if (target.isr.size() >= target.min_isr) return {};
  Nodes candidates = partition.elr;
  candidates.insert(candidates.end(), partition.isr.begin(), partition.isr.end());
  Nodes gone = target.isr;
  if (target.unclean_shutdown != kNoNode) gone.push_back(target.unclean_shutdown);
  return sorted(without(candidates, gone));
}

void try_election(const PartitionRegistration& partition, PartitionTarget& target, Nodes& elr,
                  IsAcceptableLeader acceptable, PartitionChangeRecord& change) {
  ElectionResult elected = elect(partition, target, elr, acceptable);
  if (elected.leader == partition.leader) return;
  if (contains(elr, elected.leader)) {
    target.isr = {elected.leader};
    elr = without(elr, {elected.leader});
  }
  change.leader = elected.leader;
  if (!elected.unclean) return;
  change.isr = Nodes{elected.leader};
  if (!partition.recovering) change.recovering = true;
}

// The last known leader is kept from the moment that there is none to the next election.
void set_last_known_leader(const PartitionRegistration& partition, PartitionChangeRecord& change) {
  if (!change.leader) return;
  if (*change.leader == kNoNode && partition.last_known_elr.empty()) {
    change.last_known_elr = Nodes{partition.leader};
  } else if (*change.leader != kNoNode && !partition.last_known_elr.empty()) {
    change.last_known_elr = Nodes{};
  }
}

// In the order of the replicas.
std::vector<Uuid> directories_of(const Nodes& replicas,
                                 const absl::btree_map<NodeId, Uuid>& directories) {
  std::vector<Uuid> ids;
  for (NodeId id : replicas) {
    auto place = directories.find(id);
    ids.push_back(place == directories.end() ? kMigratingDirectory : place->second);
  }
  return ids;
}

void set_assignment(const PartitionRegistration& partition, const PartitionTarget& target,
                    PartitionChangeRecord& change) {
  if (!target.replicas.empty()) {
    std::vector<Uuid> former;
    for (NodeId id : partition.replicas) former.push_back(partition.directory_of(id));
    std::vector<Uuid> directories = directories_of(target.replicas, target.directories);
    if (directories != former) change.directories = std::move(directories);
    if (target.replicas != partition.replicas) change.replicas = target.replicas;
  }
  if (target.removing != partition.removing) change.removing = target.removing;
  if (target.adding != partition.adding) change.adding = target.adding;
}

}  // namespace

PartitionTarget PartitionTarget::of(const PartitionRegistration& partition) {
  PartitionTarget target;
  target.isr = partition.isr;
  target.replicas = partition.replicas;
  target.removing = partition.removing;
  target.adding = partition.adding;
  target.recovering = partition.recovering;
  for (NodeId id : partition.replicas) target.directories.emplace(id, partition.directory_of(id));
  return target;
}

ElectionResult elect_leader(const PartitionRegistration& partition, const PartitionTarget& target,
                            IsAcceptableLeader acceptable) {
  return elect(partition, target, eligible(partition, target), acceptable);
}

std::optional<PartitionChangeRecord> change_partition(const PartitionRegistration& partition,
                                                      PartitionTarget target,
                                                      IsAcceptableLeader acceptable) {
  PartitionChangeRecord change;
  change.topic_id = target.topic_id;
  change.partition_id = target.partition_id;
  complete_reassignment(target);
  Nodes elr = eligible(partition, target);
  try_election(partition, target, elr, acceptable, change);
  // Who fetched from this leader must learn that it is a replica no more.
  if (!change.leader && !contains_all(target.replicas, partition.replicas)) {
    change.leader = partition.leader;
  }
  // An unclean election has set the ISR already.
  if (change.isr || !target.elr_enabled) elr.clear();
  if (elr != partition.elr) change.elr = elr;
  bool may_be_empty = target.elr_enabled || !target.isr.empty();
  if (!change.isr && may_be_empty && target.isr != partition.isr) change.isr = target.isr;
  if (target.elr_enabled) set_last_known_leader(partition, change);
  set_assignment(partition, target, change);
  if (target.recovering != partition.recovering) change.recovering = target.recovering;
  if (change.is_no_op()) return std::nullopt;
  return change;
}

void begin_reassignment(const PartitionRegistration& partition, const Nodes& wanted,
                        PartitionTarget& target) {
  Nodes removing = sorted(without(partition.replicas, wanted));
  Nodes adding = sorted(without(wanted, partition.replicas));
  target.replicas = wanted;
  target.replicas.insert(target.replicas.end(), removing.begin(), removing.end());
  // An empty list leaves what an earlier reassignment wanted, as in Kafka.
  if (!removing.empty()) target.removing = std::move(removing);
  if (!adding.empty()) target.adding = std::move(adding);
}

bool cancel_reassignment(const PartitionRegistration& partition, PartitionTarget& target) {
  target.replicas = without(partition.replicas, partition.adding);
  target.isr = without(partition.isr, partition.adding);
  target.removing.clear();
  target.adding.clear();
  if (!target.isr.empty()) return false;
  if (!target.replicas.empty()) target.isr = {target.replicas.front()};
  return true;
}

size_t final_replica_count(const PartitionRegistration& partition) {
  return without(partition.replicas, partition.removing).size();
}

}  // namespace models
