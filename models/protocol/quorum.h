// SPDX-License-Identifier: Apache-2.0
//
// How controllers elect the active one of them (KIP-595, KIP-996): clients/src/main/resources/common/
// message/{Vote,BeginQuorumEpoch,EndQuorumEpoch}{Request,Response}.json, of the one partition
// __cluster_metadata-0. Followers copy its log by Fetch (models/protocol/fetch.h). Each answer tells
// what the answering voter knows of the epoch and its leader.

#ifndef MODELS_PROTOCOL_QUORUM_H_
#define MODELS_PROTOCOL_QUORUM_H_

#include <string_view>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct VoteRequest {
  static constexpr std::string_view kName = "VoteRequest";
  NodeId replica_id = kNoNode;                     // The candidate.
  LeaderEpoch replica_epoch = kNoLeaderEpoch;      // Its epoch; of a pre-vote: the one it is in.
  LeaderEpoch last_offset_epoch = kNoLeaderEpoch;  // Of its log's last batch.
  Offset last_offset;                              // Its log's end.
  bool pre_vote = false;  // Asks whether a vote would be granted; binds nobody.
  static void fields(auto&& f) {
    f("replica_id", &VoteRequest::replica_id);
    f("replica_epoch", &VoteRequest::replica_epoch);
    f("last_offset_epoch", &VoteRequest::last_offset_epoch);
    f("last_offset", &VoteRequest::last_offset);
    f("pre_vote", &VoteRequest::pre_vote);
  }
};

struct VoteResponse {
  static constexpr std::string_view kName = "VoteResponse";
  ErrorCode error = ErrorCode::kNone;
  NodeId leader_id = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  bool vote_granted = false;
  static void fields(auto&& f) {
    f("error", &VoteResponse::error);
    f("leader_id", &VoteResponse::leader_id);
    f("leader_epoch", &VoteResponse::leader_epoch);
    f("vote_granted", &VoteResponse::vote_granted);
  }
};

// A leader makes itself known.
struct BeginQuorumEpochRequest {
  static constexpr std::string_view kName = "BeginQuorumEpochRequest";
  NodeId leader_id = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  static void fields(auto&& f) {
    f("leader_id", &BeginQuorumEpochRequest::leader_id);
    f("leader_epoch", &BeginQuorumEpochRequest::leader_epoch);
  }
};

struct BeginQuorumEpochResponse {
  static constexpr std::string_view kName = "BeginQuorumEpochResponse";
  ErrorCode error = ErrorCode::kNone;
  NodeId leader_id = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  static void fields(auto&& f) {
    f("error", &BeginQuorumEpochResponse::error);
    f("leader_id", &BeginQuorumEpochResponse::leader_id);
    f("leader_epoch", &BeginQuorumEpochResponse::leader_epoch);
  }
};

// A leader has resigned; the first of its successors is to be elected at once.
struct EndQuorumEpochRequest {
  static constexpr std::string_view kName = "EndQuorumEpochRequest";
  NodeId leader_id = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::vector<NodeId> preferred_successors;  // Longest log first.
  static void fields(auto&& f) {
    f("leader_id", &EndQuorumEpochRequest::leader_id);
    f("leader_epoch", &EndQuorumEpochRequest::leader_epoch);
    f("preferred_successors", &EndQuorumEpochRequest::preferred_successors);
  }
};

struct EndQuorumEpochResponse {
  static constexpr std::string_view kName = "EndQuorumEpochResponse";
  ErrorCode error = ErrorCode::kNone;
  NodeId leader_id = kNoNode;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  static void fields(auto&& f) {
    f("error", &EndQuorumEpochResponse::error);
    f("leader_id", &EndQuorumEpochResponse::leader_id);
    f("leader_epoch", &EndQuorumEpochResponse::leader_epoch);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_QUORUM_H_
