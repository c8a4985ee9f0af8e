// SPDX-License-Identifier: Apache-2.0
//
// Elections: votes given and asked for, and how leaders come and go.

#include <algorithm>
#include <tuple>

#include "models/raft/raft.h"

namespace models {

bool Raft::is_up_to_date(LeaderEpoch epoch, Offset end) const {
  return std::tuple(epoch, end) >= std::tuple(last_epoch(), log_.log_end_offset());
}

void Raft::on_vote(RequestToken token, const VoteRequest& request, Step& step) {
  bool granted = false;
  ErrorCode error = ErrorCode::kNone;
  if (request.replica_epoch < epoch()) {
    error = ErrorCode::kFencedLeaderEpoch;
    step.mark(Mark::kQuorumRequestFenced);
  } else if (!is_voter(request.replica_id) || request.last_offset_epoch > request.replica_epoch) {
    error = ErrorCode::kInvalidRequest;
  } else {
    if (request.replica_epoch > epoch()) to_unattached(request.replica_epoch, kNoNode, step);
    granted = quorum_.can_grant_vote(request.replica_id,
                                     is_up_to_date(request.last_offset_epoch, request.last_offset),
                                     request.pre_vote);
    if (request.pre_vote) {
      step.mark(granted ? Mark::kPreVoteGranted : Mark::kPreVoteRejected);
    } else {
      step.mark(granted ? Mark::kVoteGranted : Mark::kVoteRejected);
    }
    if (granted && !request.pre_vote && quorum_.election().voted == kNoNode) {
      quorum_.grant_vote(request.replica_id);
      // The candidate's log is at least as good: it gets the time to win.
      arm_role_timeout(election_timeout(step), step);
    }
  }
  answer(token, VoteResponse{error, quorum_.leader(), epoch(), granted}, step);
}

void Raft::on_vote_reply(NodeId from, const VoteResponse& reply, Step& step) {
  if (handle_common(reply.error, reply.leader_id, reply.leader_epoch, step)) return;
  if (!quorum_.is_nominee()) return;
  bool was_rejected = quorum_.votes().is_rejected();
  quorum_.record_vote(from, reply.vote_granted);
  if (was_rejected || !quorum_.votes().is_rejected()) return;
  step.mark(Mark::kElectionLost);
  // A candidate waits for its timeout, in which another may win.
  if (quorum_.is(QuorumRole::kProspective)) lose_election(step);
}

void Raft::win_election(Step& step) {
  if (quorum_.is(QuorumRole::kProspective)) {
    quorum_.become_candidate();
    enter_role(election_timeout(step), step);
  } else {
    step.mark(Mark::kQuorumLeaderElected);
    quorum_.become_leader();
    enter_role({}, step);
  }
}

void Raft::lose_election(Step& step) {
  if (quorum_.has_remote_leader()) {
    to_follower(epoch(), quorum_.leader(), step);
  } else {
    to_unattached(epoch(), quorum_.leader(), step);
  }
}

void Raft::send_votes(Step& step) {
  if (quorum_.votes().is_rejected()) return;
  for (NodeId voter : quorum_.votes().unrecorded()) {
    if (!peers_.is_ready(voter)) continue;
    send(voter,
         VoteRequest{options_.node_id, epoch(), last_epoch(), log_.log_end_offset(),
                     quorum_.is(QuorumRole::kProspective)},
         step);
  }
}

void Raft::on_begin_epoch(RequestToken token, const BeginQuorumEpochRequest& request, Step& step) {
  ErrorCode error = ErrorCode::kNone;
  if (request.leader_epoch < epoch()) {
    error = ErrorCode::kFencedLeaderEpoch;
    step.mark(Mark::kQuorumRequestFenced);
  } else {
    maybe_transition(request.leader_id, request.leader_epoch, step);
  }
  answer(token, BeginQuorumEpochResponse{error, quorum_.leader(), epoch()}, step);
}

void Raft::on_end_epoch(RequestToken token, const EndQuorumEpochRequest& request, Step& step) {
  ErrorCode error = ErrorCode::kNone;
  if (request.leader_epoch < epoch()) {
    error = ErrorCode::kFencedLeaderEpoch;
    step.mark(Mark::kQuorumRequestFenced);
  } else {
    maybe_transition(request.leader_id, request.leader_epoch, step);
    if (quorum_.is(QuorumRole::kFollower) && quorum_.leader() == request.leader_id) {
      step.mark(Mark::kSuccessorCalled);
      arm_role_timeout(successor_wait(request.preferred_successors), step);
    }
  }
  answer(token, EndQuorumEpochResponse{error, quorum_.leader(), epoch()}, step);
}

// The longest log is elected at once, the others wait, each twice as long as the one before it.
sim::Duration Raft::successor_wait(const std::vector<NodeId>& successors) const {
  sim::Duration most = options_.config.controller_quorum_election_backoff_max_ms;
  auto self = std::find(successors.begin(), successors.end(), options_.node_id);
  if (self == successors.end()) return most;
  int64_t position = self - successors.begin();
  if (position == 0) return {};
  int64_t base = most.millis() >> (successors.size() - 1);
  return std::min(most, sim::Duration::millis(base << (position - 1)));
}

void Raft::send_end_epoch(Step& step) {
  for (NodeId voter : unacked_) {
    if (peers_.is_ready(voter))
      send(voter, EndQuorumEpochRequest{options_.node_id, epoch(), successors_}, step);
  }
}

}  // namespace models
