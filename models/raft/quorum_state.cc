// SPDX-License-Identifier: Apache-2.0

#include "models/raft/quorum_state.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

std::string_view name_of(QuorumRole role) {
  switch (role) {
    case QuorumRole::kUnattached:
      return "Unattached";
    case QuorumRole::kProspective:
      return "Prospective";
    case QuorumRole::kCandidate:
      return "Candidate";
    case QuorumRole::kLeader:
      return "Leader";
    case QuorumRole::kFollower:
      return "Follower";
    case QuorumRole::kResigned:
      return "Resigned";
  }
  return "?";
}

VoteTally::VoteTally(const std::vector<NodeId>& voters, NodeId self) {
  for (NodeId voter : voters) votes_[voter] = Vote::kUnrecorded;
  votes_.at(self) = Vote::kGranted;
}

void VoteTally::record(NodeId voter, bool granted) {
  auto it = votes_.find(voter);
  SIM_CHECK(it != votes_.end(), voter.value());
  it->second = granted ? Vote::kGranted : Vote::kRejected;
}

std::vector<NodeId> VoteTally::those_of(Vote vote) const {
  std::vector<NodeId> found;
  for (const auto& [voter, theirs] : votes_) {
    if (theirs == vote) found.push_back(voter);
  }
  return found;
}

QuorumState::QuorumState(NodeId self, std::vector<NodeId> voters, const ElectionState& found,
                         LeaderEpoch log_epoch)
    : self_(self), voters_(std::move(voters)), epoch_(found.epoch) {
  std::sort(voters_.begin(), voters_.end());
  if (epoch_ < log_epoch) {
    epoch_ = log_epoch;
  } else if (found.leader == self_) {
    role_ = QuorumRole::kResigned;
    leader_ = self_;
  } else if (found.leader == kNoNode && found.voted == self_) {
    role_ = QuorumRole::kCandidate;
    voted_ = self_;
    votes_ = VoteTally(voters_, self_);
  } else {
    if (found.leader != kNoNode) role_ = QuorumRole::kFollower;
    leader_ = found.leader;
    voted_ = found.voted;
  }
}

bool QuorumState::can_grant_vote(NodeId candidate, bool log_is_up_to_date, bool pre_vote) const {
  if (is(QuorumRole::kLeader)) return false;
  if (pre_vote) {
    // Who hears from its leader sees no need for another.
    bool has_live_leader = is(QuorumRole::kFollower) && has_fetched_;
    return log_is_up_to_date && !has_live_leader;
  }
  if (!is(QuorumRole::kUnattached) && !is(QuorumRole::kProspective)) return false;
  if (voted_ != kNoNode) return voted_ == candidate;
  return leader_ == kNoNode && log_is_up_to_date;
}

void QuorumState::become_unattached(LeaderEpoch epoch, NodeId leader) {
  SIM_CHECK(epoch > epoch_ || (epoch == epoch_ && is(QuorumRole::kProspective)), epoch.value(),
            epoch_.value());
  if (epoch > epoch_) voted_ = kNoNode;
  role_ = QuorumRole::kUnattached;
  epoch_ = epoch;
  leader_ = leader;
}

void QuorumState::grant_vote(NodeId candidate) {
  SIM_CHECK(is(QuorumRole::kUnattached) || is(QuorumRole::kProspective), name_of(role_));
  SIM_CHECK(candidate != self_ && voted_ == kNoNode, candidate.value(), voted_.value());
  voted_ = candidate;
  // A prospective asks anew.
  if (is(QuorumRole::kProspective)) votes_ = VoteTally(voters_, self_);
}

void QuorumState::become_follower(LeaderEpoch epoch, NodeId leader) {
  SIM_CHECK(leader != self_ && leader != kNoNode && epoch >= epoch_, leader.value(), epoch.value());
  bool again = epoch == epoch_ && (is(QuorumRole::kFollower) || is(QuorumRole::kLeader));
  SIM_CHECK(!again, epoch.value(), name_of(role_));
  if (epoch > epoch_) voted_ = kNoNode;
  role_ = QuorumRole::kFollower;
  epoch_ = epoch;
  leader_ = leader;
  has_fetched_ = false;
}

void QuorumState::become_prospective() {
  SIM_CHECK(!is(QuorumRole::kLeader) && !is(QuorumRole::kProspective), name_of(role_));
  role_ = QuorumRole::kProspective;
  votes_ = VoteTally(voters_, self_);
}

void QuorumState::become_candidate() {
  SIM_CHECK(is(QuorumRole::kProspective) && votes_.is_granted(), name_of(role_));
  role_ = QuorumRole::kCandidate;
  epoch_ = LeaderEpoch(epoch_.value() + 1);
  leader_ = kNoNode;
  voted_ = self_;
  votes_ = VoteTally(voters_, self_);
}

void QuorumState::become_leader() {
  SIM_CHECK(is(QuorumRole::kCandidate) && votes_.is_granted(), name_of(role_));
  role_ = QuorumRole::kLeader;
  leader_ = self_;
  voted_ = kNoNode;
}

void QuorumState::become_resigned() {
  SIM_CHECK(is(QuorumRole::kLeader), name_of(role_));
  role_ = QuorumRole::kResigned;
}

}  // namespace models
