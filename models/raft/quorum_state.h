// SPDX-License-Identifier: Apache-2.0
//
// What a voter of the controllers' quorum is at the moment, and the transitions it may make. Holds
// no timers and sends nothing: models/raft/raft.h decides when.
//
//   Unattached  --election timeout-->  Prospective  --majority would vote-->  Candidate (epoch + 1)
//   Candidate   --majority voted-->    Leader       --check quorum, stop-->   Resigned
//   Prospective --refused, timeout-->  Follower if it had a leader, else Unattached
//   Candidate   --timeout-->           Prospective  (refused: waits for the timeout)
//   Follower    --fetch timeout-->     Prospective
//   Resigned    --election timeout-->  Unattached (epoch + 1)
//   any         --higher epoch-->      Unattached, or Follower if it names a leader
//
// Brokers are observers: models/controller/metadata_observer.h.
// Source: raft/.../{QuorumState,ElectionState,UnattachedState,ProspectiveState,CandidateState,
// FollowerState,LeaderState,ResignedState}.java, internals/EpochElection.java (4.1).

#ifndef MODELS_RAFT_QUORUM_STATE_H_
#define MODELS_RAFT_QUORUM_STATE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/ids.h"

namespace models {

enum class QuorumRole : uint8_t {
  kUnattached,
  kProspective,
  kCandidate,
  kLeader,
  kFollower,
  kResigned,
};
std::string_view name_of(QuorumRole role);

// What a voter may not forget: see models/raft/quorum_state_file.h.
struct ElectionState {
  LeaderEpoch epoch{0};
  NodeId leader = kNoNode;
  NodeId voted = kNoNode;
  bool operator==(const ElectionState&) const = default;
  static void fields(auto&& f) {
    f("epoch", &ElectionState::epoch);
    f("leader", &ElectionState::leader);
    f("voted", &ElectionState::voted);
  }
};

// The votes of one election, or of the question whether to hold one.
class VoteTally {
 public:
  VoteTally() = default;
  VoteTally(const std::vector<NodeId>& voters, NodeId self);

  void record(NodeId voter, bool granted);
  bool is_granted() const { return count(Vote::kGranted) >= majority(); }
  // Too many have refused for it to be granted any more.
  bool is_rejected() const { return count(Vote::kGranted) + count(Vote::kUnrecorded) < majority(); }
  std::vector<NodeId> unrecorded() const { return those_of(Vote::kUnrecorded); }
  std::vector<NodeId> granting() const { return those_of(Vote::kGranted); }

  static void fields(auto&& f) { f("votes", &VoteTally::votes_); }

 private:
  enum class Vote : uint8_t { kUnrecorded, kGranted, kRejected };
  size_t count(Vote vote) const { return those_of(vote).size(); }
  size_t majority() const { return votes_.size() / 2 + 1; }
  std::vector<NodeId> those_of(Vote vote) const;

  absl::btree_map<NodeId, Vote> votes_;
};

class QuorumState {
 public:
  // As a voter starts: `found` is what it kept, `log_epoch` that of its log's last batch. A leader
  // starts as resigned, so that it votes for nobody else in its epoch and writes no other records
  // into it; one that voted for itself is a candidate again.
  QuorumState(NodeId self, std::vector<NodeId> voters, const ElectionState& found,
              LeaderEpoch log_epoch);

  QuorumRole role() const { return role_; }
  bool is(QuorumRole role) const { return role_ == role; }
  bool is_nominee() const { return is(QuorumRole::kProspective) || is(QuorumRole::kCandidate); }
  bool is_only_voter() const { return voters_.size() == 1; }
  LeaderEpoch epoch() const { return epoch_; }
  // Of this epoch; a resigned leader still names itself.
  NodeId leader() const { return leader_; }
  bool has_remote_leader() const { return leader_ != kNoNode && leader_ != self_; }
  NodeId self() const { return self_; }
  const std::vector<NodeId>& voters() const { return voters_; }
  ElectionState election() const { return {epoch_, leader_, voted_}; }
  const VoteTally& votes() const { return votes_; }

  bool can_grant_vote(NodeId candidate, bool log_is_up_to_date, bool pre_vote) const;

  // Transitions. One that Kafka's state machine does not have is a bug (SIM_CHECK).
  // To a higher epoch; or, of a prospective, back in the same one, where its vote still counts.
  void become_unattached(LeaderEpoch epoch, NodeId leader = kNoNode);
  void grant_vote(NodeId candidate);
  void become_follower(LeaderEpoch epoch, NodeId leader);
  void become_prospective();
  void become_candidate();
  void become_leader();
  void become_resigned();

  void record_vote(NodeId voter, bool granted) { votes_.record(voter, granted); }
  void on_successful_fetch() { has_fetched_ = true; }

  static void fields(auto&& f) {
    f("role", &QuorumState::role_);
    f("epoch", &QuorumState::epoch_);
    f("leader", &QuorumState::leader_);
    f("voted", &QuorumState::voted_);
    f("votes", &QuorumState::votes_);
    f("has_fetched", &QuorumState::has_fetched_);
  }

 private:
  NodeId self_;
  std::vector<NodeId> voters_;  // Sorted.
  QuorumRole role_ = QuorumRole::kUnattached;
  LeaderEpoch epoch_;
  NodeId leader_ = kNoNode;
  NodeId voted_ = kNoNode;
  VoteTally votes_;           // Of a nominee.
  bool has_fetched_ = false;  // Of a follower: from its leader, in this epoch.
};

}  // namespace models

#endif  // MODELS_RAFT_QUORUM_STATE_H_
