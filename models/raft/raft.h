// SPDX-License-Identifier: Apache-2.0
//
// One voter of the controllers' quorum: Kafka's pull-based Raft over the metadata log. Seen from
// above it is a log: append records while this voter leads, learn what is committed, read batches.
//
//   log start          committed          flushed           written              next
//   v                  v                  v                 v                    v
//   [ on a majority     ][ served, counted ][ flush under way ][ waiting for linger ]
//
// The leader gathers records for controller.quorum.append.linger.ms, writes and flushes them, and
// writes the next batch when that flush is done. The other voters fetch, flush, and tell by their
// next fetch how far they have come; observers (brokers) are given what is committed. A sole voter
// commits what it has written, before it is flushed: a power loss then takes what was committed.
//
// Kafka's raft thread waits while it writes quorum-state. So does this machine: what comes meanwhile
// is kept and taken in order once the state is durable, and what a handler wants to send after the
// change leaves then. Nobody hears of an epoch, a vote or a leader that a power loss could undo.
//
// A snapshot (KIP-630) stands for the beginning of the log, which may then go:
//
//   [ gone       ][ kept                      ]
//           (100, 2) snapshot: all below 100     log start 100
//
// The owner makes one of its committed state; a leader offers its latest to who asks for what is gone;
// a follower copies it, and its own log begins anew where it ends. While it is made durable, the
// machine waits as it does for quorum-state.
//
// An I/O error, a log that lacks what is committed, or a quorum-state that cannot be read ends it:
// `status()`; the owner is to halt, as Kafka's process does.
//
// raft.cc: roles, files, queue of inputs; raft_election.cc: votes; raft_leader.cc: appends, commits,
// serves fetches; raft_follower.cc: fetches, truncates; raft_snapshot.cc: snapshots, what goes.
// Source: raft/.../KafkaRaftClient.java (4.1), KIP-595, KIP-630, KIP-996, KIP-1166.

#ifndef MODELS_RAFT_RAFT_H_
#define MODELS_RAFT_RAFT_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/config.h"
#include "models/common/step.h"
#include "models/log/log_file_name.h"
#include "models/log/partition_log.h"
#include "models/log/record_batch.h"
#include "models/raft/leader_state.h"
#include "models/raft/metadata_snapshots.h"
#include "models/raft/quorum_peers.h"
#include "models/raft/quorum_state.h"
#include "models/raft/quorum_state_file.h"
#include "models/raft/snapshot_file.h"
#include "models/raft/snapshot_records.h"

namespace models {

inline constexpr int32_t kMetadataFetchMaxBytes = 8 << 20;
inline constexpr int32_t kMetadataFetchMaxWaitMs = 500;

struct RaftOptions {
  NodeId node_id = kNoNode;
  std::vector<NodeId> voters;  // With this node.
  std::string log_directory;   // Created if it does not exist; holds __cluster_metadata-0.
  BrokerConfig config;         // controller.quorum.*, metadata.*
};

// What batches tell of themselves, so that a snapshot can be named after the last of them.
struct LogProgress {
  Offset next{0};
  LeaderEpoch last_epoch = kNoLeaderEpoch;
  int64_t last_timestamp_ms = -1;
  int64_t bytes = 0;
};

class Raft {
 public:
  // Keys of Flush effects; those of the log are positive, see also models/raft/quorum_state_file.h.
  static constexpr int64_t kFetchedSnapshotKey = -3;
  static constexpr int64_t kWrittenSnapshotKey = -4;

  // Opens or creates the log and takes up the role that quorum-state tells. A sole voter elects
  // itself.
  static absl::StatusOr<Raft> open(const RaftOptions& options, Step& step);

  // Vote, BeginQuorumEpoch, EndQuorumEpoch, Fetch, FetchSnapshot.
  void on_request(RequestToken token, const Message& request, Step& step);
  void on_reply(NodeId from, const Message& reply, Step& step);
  void on_request_failed(NodeId to, Step& step);
  // Timer::kQuorum*, kCheckQuorum, kBeginQuorumEpoch, kControllerAppend, kDelayedMetadataFetch,
  // kMetadataLogCleaning, kMetadataFileRemoval.
  void on_timer(TimerKey timer, Step& step);
  void on_flushed(int64_t key, Step& step);
  // A leader resigns and waits for its successor, five seconds at most.
  void shut_down(Step& step);
  bool has_shut_down() const;
  // Of the fault that ended it.
  const absl::Status& status() const { return status_; }

  // This voter leads, and a record of its epoch is committed: it may append.
  bool leads() const {
    return quorum_.is(QuorumRole::kLeader) && leader_.high_watermark().has_value();
  }
  LeaderEpoch epoch() const { return quorum_.epoch(); }
  // Takes in the values of one decision's records, which share a batch, and returns the last one's
  // offset. They are committed when `committed()` has passed it, or never, if `leads()` ends first.
  Offset append(const std::vector<std::string>& values, Step& step);
  // Of the next record appended here.
  Offset next_offset() const { return gathering_ ? next_ : log_.log_end_offset(); }
  // Records below it are committed; it never falls in one life of the voter, and begins at 0.
  Offset committed() const { return committed_; }
  // Committed batches from the one that holds `from` on; some of them.
  absl::StatusOr<absl::Cord> read_committed(Offset from, Step& step) const;
  // Of the batches that this voter appended as a leader and that were committed since the last call:
  // the last one, and the bytes of all. Nothing if there are none.
  std::optional<LogProgress> take_committed_appends() { return std::exchange(appends_done_, {}); }

  // The snapshot to read before the log, by who has read nothing (`from` 0), or less than where the
  // log begins; nothing if the log has it all.
  std::optional<SnapshotId> snapshot_for(Offset from) const;
  absl::StatusOr<absl::Cord> read_snapshot(SnapshotId id, Step& step);
  // Begins to write one of what is committed. False if there is one of that id, the log begins above
  // it, or another is being written.
  bool create_snapshot(const SnapshotContent& content, Step& step);
  bool is_writing_snapshot() const { return writing_.has_value(); }
  const MetadataSnapshots& snapshots() const { return snapshots_; }

  const QuorumState& quorum() const { return quorum_; }
  // What `quorum()` says may be known to others: it is not being written any more.
  bool is_settled() const { return !state_file_.is_writing(); }
  // Requests that are answered later: when there is news, or quorum-state is written.
  size_t parked() const;
  const PartitionLog& log() const { return log_; }
  Offset flushed() const { return flushed_; }

  static void fields(auto&& f) {
    f("quorum", &Raft::quorum_);
    f("leader", &Raft::leader_);
    f("log", &Raft::log_);
    f("committed", &Raft::committed_);
    f("flushed", &Raft::flushed_);
  }

 private:
  struct Request {
    RequestToken token;
    Message message;
  };
  struct Reply {
    NodeId from;
    Message message;
  };
  struct Failure {
    NodeId to;
  };
  using Input = std::variant<Request, Reply, Failure, TimerKey>;
  struct ParkedFetch {
    RequestToken token;
    NodeId replica;
    FetchPartition wanted;
    int32_t max_bytes = 0;
  };

  Raft(const RaftOptions& options, PartitionLog log, MetadataSnapshots snapshots,
       QuorumState quorum);

  // raft.cc
  void take_up_role(const std::optional<ElectionState>& found, Step& step);
  void take(Input input, Step& step);
  void handle(const Input& input, Step& step);
  void handle_request(const Request& request, Step& step);
  void handle_reply(const Reply& reply, Step& step);
  void handle_timer(TimerKey timer, Step& step);
  void on_state_durable(Step& step);
  void finish(Step& step);
  // Sends what the present role has to send, and moves on when an election is won.
  void poll(Step& step);
  void persist(Step& step);
  bool is_durable() const { return durable_ == quorum_.election(); }
  // Kafka's thread stands still: inputs wait, and nothing is sent.
  bool is_waiting() const { return state_file_.is_writing() || is_freezing_fetched(); }
  void answer(RequestToken token, Message message, Step& step);
  void send(NodeId to, Message message, Step& step);
  void back_off(NodeId peer, Step& step);
  void arm_role_timeout(sim::Duration after, Step& step);
  sim::Duration remaining_timeout(Step& step) const;
  sim::Duration election_timeout(Step& step) const;
  void settle(const absl::Status& status);
  void enter_role(sim::Duration timeout, Step& step);
  void to_unattached(LeaderEpoch epoch, NodeId leader, Step& step);
  void to_follower(LeaderEpoch epoch, NodeId leader, Step& step);
  void to_prospective(Step& step);
  void to_resigned(std::string_view why, Step& step);
  void on_role_timeout(Step& step);
  void maybe_transition(NodeId leader, LeaderEpoch epoch, Step& step);
  // True if there is nothing more to do with a reply.
  bool handle_common(ErrorCode error, NodeId leader, LeaderEpoch epoch, Step& step);

  // raft_election.cc
  void on_vote(RequestToken token, const VoteRequest& request, Step& step);
  void on_vote_reply(NodeId from, const VoteResponse& reply, Step& step);
  void on_begin_epoch(RequestToken token, const BeginQuorumEpochRequest& request, Step& step);
  void on_end_epoch(RequestToken token, const EndQuorumEpochRequest& request, Step& step);
  void lose_election(Step& step);
  void send_votes(Step& step);
  void send_end_epoch(Step& step);
  sim::Duration successor_wait(const std::vector<NodeId>& successors) const;
  bool is_up_to_date(LeaderEpoch epoch, Offset end) const;
  void win_election(Step& step);

  // raft_leader.cc
  void begin_epoch(Step& step);
  void send_begin_epoch(Step& step);
  void write_gathered(Step& step);
  void write(absl::Cord batch, Step& step);
  void start_flush(Step& step);
  void on_log_flushed(Step& step);
  void on_own_end(Offset end, Step& step);
  void count_own_end(Offset end, Step& step);
  void on_high_watermark();
  void on_check_quorum(Step& step);
  void arm_check_quorum(Step& step);
  void on_fetch(RequestToken token, const FetchRequest& request, Step& step);
  ErrorCode check_leader_epoch(LeaderEpoch asked) const;
  bool note_follower(NodeId replica, const FetchPartition& wanted, Step& step);
  void note_fetch(NodeId replica, const FetchPartition& wanted, Step& step);
  Offset readable_end(NodeId replica, Step& step) const;
  bool has_news(const ParkedFetch& fetch, Step& step) const;
  void reply_fetch(const ParkedFetch& fetch, ErrorCode error, Step& step);
  void wake_fetches(Step& step);
  void fail_fetches(Step& step);

  // raft_follower.cc
  void send_fetch(Step& step);
  void on_fetch_reply(NodeId from, const FetchResponse& reply, Step& step);
  void truncate(const EpochEndOffset& diverging, Step& step);
  void append_fetched(const absl::Cord& records, Step& step);

  // raft_snapshot.cc
  // Whether a fetcher's log is a prefix of this one; else where it parted, or what it is to take.
  struct FetchValidity {
    std::optional<EpochEndOffset> diverging;
    std::optional<SnapshotId> snapshot;
    bool is_valid() const { return !diverging && !snapshot; }
  };
  FetchValidity validate(const FetchPartition& wanted) const;
  EpochEndOffset end_of_epoch(LeaderEpoch epoch) const;
  LeaderEpoch last_epoch() const { return last_epoch_of(log_, snapshots_); }
  static LeaderEpoch last_epoch_of(const PartitionLog& log, const MetadataSnapshots& snapshots);
  static absl::StatusOr<bool> truncate_to_latest_snapshot(PartitionLog& log,
                                                          MetadataSnapshots& snapshots, Step& step);
  void on_fetch_snapshot(RequestToken token, const FetchSnapshotRequest& request, Step& step);
  void begin_snapshot_fetch(SnapshotId id, Step& step);
  void drop_snapshot_fetch(Step& step);
  void send_fetch_snapshot(Step& step);
  void on_fetch_snapshot_reply(NodeId from, const FetchSnapshotResponse& reply, Step& step);
  void append_to_snapshot(const FetchSnapshotResponse& reply, Step& step);
  void on_fetched_flushed(Step& step);
  void on_snapshot_fetched(SnapshotId id, int64_t bytes, Step& step);
  void on_written_flushed(Step& step);
  bool is_freezing_fetched() const { return fetched_ && fetched_->is_freezing(); }
  void clean_log(Step& step);
  absl::StatusOr<bool> delete_before(SnapshotId id, Step& step);
  void arm_cleaning(Step& step);
  void arm_file_removal(Step& step);
  void remove_files(Step& step);

  bool is_voter(NodeId node) const;

  RaftOptions options_;
  PartitionLog log_;
  MetadataSnapshots snapshots_;
  std::optional<SnapshotWriter> fetched_;  // A follower's copy of the leader's, under way.
  std::optional<SnapshotWriter> writing_;  // Its own.
  sim::MonoTime started_;
  QuorumState quorum_;
  QuorumStateFile state_file_;
  QuorumPeers peers_;
  absl::Status status_;
  std::deque<Input> waiting_;             // While quorum-state is being written ...
  std::vector<Effect> held_;              // ... and what is to be sent when it is.
  std::optional<ElectionState> durable_;  // What the file holds, or will when it is written.
  sim::MonoTime role_deadline_;

  Offset committed_{0};
  Offset flushed_{0};
  int64_t flush_id_ = 0;  // Of the latest flush of the log; older ones do not count.
  Offset flushing_to_;
  bool flush_in_flight_ = false;

  LeaderState leader_;
  bool epoch_begun_ = false;  // As a leader: quorum-state is durable, the first record written.
  sim::MonoTime check_quorum_deadline_;
  std::optional<BatchBuilder> gathering_;
  int64_t gathering_since_ms_ = 0;
  Offset next_;
  bool write_is_due_ = false;  // The linger passed while a flush was in flight.
  std::deque<LogProgress> appends_;  // As a leader: batches written and not committed.
  std::optional<LogProgress> appends_done_;
  absl::btree_map<int64_t, ParkedFetch> parked_fetches_;
  int64_t next_fetch_id_ = 1;

  std::vector<NodeId> successors_;   // Of a resigned leader.
  absl::btree_set<NodeId> unacked_;  // Voters that have not heard that it resigned.
  bool shutting_down_ = false;
  bool shutdown_timed_out_ = false;
};

}  // namespace models

#endif  // MODELS_RAFT_RAFT_H_
