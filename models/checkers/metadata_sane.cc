// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/metadata_sane.h"

#include <algorithm>

namespace models {
namespace {

std::string list_of(const std::vector<NodeId>& nodes) {
  std::string text = "{";
  for (NodeId node : nodes) {
    if (text.size() > 1) text += ",";
    text += std::to_string(node.value());
  }
  return text + "}";
}

std::string describe(const PartitionRegistration& partition) {
  return "leader " + std::to_string(partition.leader.value()) + ", ISR " + list_of(partition.isr) +
         ", replicas " + list_of(partition.replicas) + ", leader epoch " +
         std::to_string(partition.leader_epoch.value()) + ", partition epoch " +
         std::to_string(partition.partition_epoch.value());
}

bool has_twice(std::vector<NodeId> nodes) {
  std::sort(nodes.begin(), nodes.end());
  return std::adjacent_find(nodes.begin(), nodes.end()) != nodes.end();
}

// What is wrong with it as it stands; empty if nothing.
std::string_view wrong_in(const PartitionRegistration& now) {
  if (now.isr.empty() && now.leader != kNoNode) return "the ISR is empty, yet there is a leader";
  if (now.isr.empty() && now.elr.empty() && now.last_known_elr.empty())
    return "the ISR is empty, and nobody is remembered";
  if (has_twice(now.isr) || has_twice(now.replicas)) return "a broker is listed twice";
  bool apart = std::none_of(now.elr.begin(), now.elr.end(),
                            [&now](NodeId member) { return now.in_isr(member); });
  if (!apart) return "a broker is in the ISR and eligible beside it";
  bool inside = std::all_of(now.isr.begin(), now.isr.end(),
                            [&now](NodeId member) { return now.has_replica(member); });
  if (!inside) return "the ISR has a member that is no replica";
  if (now.leader != kNoNode && !now.in_isr(now.leader)) return "the leader is not in the ISR";
  return {};
}

std::string_view wrong_between(const PartitionRegistration& before,
                               const PartitionRegistration& now) {
  if (now.leader_epoch < before.leader_epoch) return "the leader epoch went back";
  if (now.partition_epoch < before.partition_epoch) return "the partition epoch went back";
  if (now.partition_epoch == before.partition_epoch) return "changed within one partition epoch";
  bool same_epoch = now.leader_epoch == before.leader_epoch;
  if (same_epoch && now.leader != before.leader)
    return "the leader changed within one leader epoch";
  return {};
}

// Only from one partition epoch to the next: over several it may have joined the ISR meanwhile.
bool is_forbidden_election(const RegistrationChange& change) {
  const PartitionRegistration& now = change.after;
  if (now.leader == kNoNode || change.topic.config.unclean_leader_election_enable) return false;
  if (now.partition_epoch - change.before->partition_epoch != 1) return false;
  // The controller itself says of an election that was asked for, or of the last known leader, that
  // it is unclean.
  if (now.recovering) return false;
  if (hands_over_by_move(*change.before, now)) return false;
  return !change.before->in_isr(now.leader) && !change.before->in_elr(now.leader);
}

}  // namespace

std::optional<Violation> MetadataSane::on_registration(const RegistrationChange& change) {
  std::string_view wrong = wrong_in(change.after);
  if (wrong.empty() && change.before != nullptr) {
    wrong = wrong_between(*change.before, change.after);
    if (wrong.empty() && is_forbidden_election(change)) {
      wrong = "a leader from outside the ISR, but unclean elections are not allowed";
    }
  }
  if (wrong.empty()) return std::nullopt;
  std::string text =
      to_string(change.partition) + ": " + std::string(wrong) + ": " + describe(change.after);
  if (change.before != nullptr) text += "; before: " + describe(*change.before);
  return violation(wrong, std::move(text));
}

}  // namespace models
