// SPDX-License-Identifier: Apache-2.0

#include "models/raft/raft.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

namespace {

constexpr sim::Duration kShutdownLimit = sim::Duration::seconds(5);

// What goes from the log, snapshots tell.
TopicConfig log_config(const BrokerConfig& config) {
  TopicConfig topic;
  topic.segment_bytes = config.metadata_log_segment_bytes;
  topic.internal_segment_bytes = config.internal_metadata_log_segment_bytes;
  topic.segment_ms = config.metadata_log_segment_ms;
  topic.retention_bytes = topic.retention_ms = -1;
  return topic;
}

}  // namespace

Raft::Raft(const RaftOptions& options, PartitionLog log, MetadataSnapshots snapshots,
           QuorumState quorum)
    : options_(options),
      log_(std::move(log)),
      snapshots_(std::move(snapshots)),
      quorum_(std::move(quorum)),
      state_file_(log_.directory()),
      peers_(quorum_.voters(), options.node_id) {}

absl::StatusOr<Raft> Raft::open(const RaftOptions& options, Step& step) {
  if (!step.disk.exists(options.log_directory)) {
    absl::Status created = step.disk.create_directory(options.log_directory);
    if (!created.ok()) return created;
  }
  LogOpenOptions log_options;
  log_options.partition = {std::string(kMetadataTopic), 0};
  log_options.directory = options.log_directory + "/" + to_string(log_options.partition);
  log_options.config = log_config(options.config);
  LogRecovery recovery;
  absl::StatusOr<PartitionLog> log = PartitionLog::open(log_options, step, &recovery);
  if (!log.ok()) return log.status();
  MetadataSnapshots snapshots(log->directory());
  absl::Status found_all = snapshots.recover(recovery.other_files, log->log_start_offset(), step);
  if (!found_all.ok()) return found_all;
  absl::StatusOr<bool> cut = truncate_to_latest_snapshot(*log, snapshots, step);
  if (!cut.ok()) return cut.status();
  absl::StatusOr<std::optional<ElectionState>> found = QuorumStateFile(log->directory()).read(step);
  if (!found.ok()) return found.status();
  QuorumState quorum(options.node_id, options.voters, found->value_or(ElectionState()),
                     last_epoch_of(*log, snapshots));
  Raft raft(options, *std::move(log), std::move(snapshots), std::move(quorum));
  raft.take_up_role(*found, step);
  if (!raft.status_.ok()) return raft.status_;
  return raft;
}

void Raft::take_up_role(const std::optional<ElectionState>& found, Step& step) {
  started_ = step.mono;
  if (found) step.mark(Mark::kQuorumStateRead);
  // What a dead process has left in the page cache counts as soon as this voter fetches or leads.
  log_.flush(step);
  if (log_.has_failed()) settle(absl::UnavailableError("metadata log cannot be flushed"));
  flushed_ = next_ = log_.log_end_offset();
  if (quorum_.is_only_voter()) {
    if (!quorum_.is(QuorumRole::kCandidate)) quorum_.become_prospective();
  } else if (quorum_.is(QuorumRole::kFollower)) {
    arm_role_timeout(options_.config.controller_quorum_fetch_timeout_ms, step);
  } else {
    arm_role_timeout(election_timeout(step), step);
  }
  if (quorum_.is(QuorumRole::kResigned)) unacked_.insert(peers_.ids().begin(), peers_.ids().end());
  arm_cleaning(step);
  arm_file_removal(step);
  finish(step);
}

size_t Raft::parked() const {
  auto kept = std::count_if(waiting_.begin(), waiting_.end(), [](const Input& input) {
    return std::holds_alternative<Request>(input);
  });
  auto held = std::count_if(held_.begin(), held_.end(), [](const Effect& effect) {
    return std::holds_alternative<SendReply>(effect);
  });
  return parked_fetches_.size() + static_cast<size_t>(kept + held);
}

void Raft::settle(const absl::Status& status) {
  if (status_.ok()) status_ = status;
}

bool Raft::is_voter(NodeId node) const {
  return std::binary_search(quorum_.voters().begin(), quorum_.voters().end(), node);
}

// --- Inputs, one at a time, none while quorum-state is being written ---

void Raft::on_request(RequestToken token, const Message& request, Step& step) {
  take(Request{token, request}, step);
}
void Raft::on_reply(NodeId from, const Message& reply, Step& step) {
  take(Reply{from, reply}, step);
}
void Raft::on_request_failed(NodeId to, Step& step) { take(Failure{to}, step); }
void Raft::on_timer(TimerKey timer, Step& step) { take(timer, step); }

void Raft::take(Input input, Step& step) {
  if (!status_.ok()) return;
  if (is_waiting()) {
    waiting_.push_back(std::move(input));
    return;
  }
  handle(input, step);
  finish(step);
}

void Raft::handle(const Input& input, Step& step) {
  if (const auto* request = std::get_if<Request>(&input)) {
    handle_request(*request, step);
  } else if (const auto* reply = std::get_if<Reply>(&input)) {
    handle_reply(*reply, step);
  } else if (const auto* failure = std::get_if<Failure>(&input)) {
    if (peers_.on_settled(failure->to)) back_off(failure->to, step);
  } else {
    handle_timer(std::get<TimerKey>(input), step);
  }
}

void Raft::handle_request(const Request& request, Step& step) {
  if (const auto* fetch = std::get_if<FetchRequest>(&request.message)) {
    on_fetch(request.token, *fetch, step);
  } else if (const auto* snapshot = std::get_if<FetchSnapshotRequest>(&request.message)) {
    on_fetch_snapshot(request.token, *snapshot, step);
  } else if (const auto* vote = std::get_if<VoteRequest>(&request.message)) {
    on_vote(request.token, *vote, step);
  } else if (const auto* begins = std::get_if<BeginQuorumEpochRequest>(&request.message)) {
    on_begin_epoch(request.token, *begins, step);
  } else if (const auto* ends = std::get_if<EndQuorumEpochRequest>(&request.message)) {
    on_end_epoch(request.token, *ends, step);
  } else {
    SIM_CHECK(false, "not the quorum's", std::string(name_of(request.message)));
  }
}

void Raft::handle_reply(const Reply& reply, Step& step) {
  if (!peers_.on_settled(reply.from)) return;
  if (const auto* fetch = std::get_if<FetchResponse>(&reply.message)) {
    on_fetch_reply(reply.from, *fetch, step);
  } else if (const auto* snapshot = std::get_if<FetchSnapshotResponse>(&reply.message)) {
    on_fetch_snapshot_reply(reply.from, *snapshot, step);
  } else if (const auto* vote = std::get_if<VoteResponse>(&reply.message)) {
    on_vote_reply(reply.from, *vote, step);
  } else if (const auto* begins = std::get_if<BeginQuorumEpochResponse>(&reply.message)) {
    (void)handle_common(begins->error, begins->leader_id, begins->leader_epoch, step);
  } else if (const auto* ends = std::get_if<EndQuorumEpochResponse>(&reply.message)) {
    if (!handle_common(ends->error, ends->leader_id, ends->leader_epoch, step))
      unacked_.erase(reply.from);
  } else {
    SIM_CHECK(false, "not the quorum's", std::string(name_of(reply.message)));
  }
}

void Raft::handle_timer(TimerKey timer, Step& step) {
  switch (timer.kind) {
    case Timer::kQuorumTimeout:
      // One that was kept while quorum-state was written may be of a former role.
      if (step.mono >= role_deadline_ && !quorum_.is(QuorumRole::kLeader)) on_role_timeout(step);
      break;
    case Timer::kQuorumRetry:
      peers_.on_backoff_over(NodeId(static_cast<int32_t>(timer.id)));
      break;
    case Timer::kCheckQuorum:
      on_check_quorum(step);
      break;
    case Timer::kBeginQuorumEpoch:
      send_begin_epoch(step);
      break;
    case Timer::kControllerAppend:
      write_gathered(step);
      break;
    case Timer::kDelayedMetadataFetch: {
      auto it = parked_fetches_.find(timer.id);
      if (it == parked_fetches_.end()) return;
      reply_fetch(it->second, ErrorCode::kNone, step);
      parked_fetches_.erase(it);
      break;
    }
    case Timer::kMetadataLogCleaning:
      clean_log(step);
      break;
    case Timer::kMetadataFileRemoval:
      remove_files(step);
      break;
    case Timer::kQuorumShutdown:
      shutdown_timed_out_ = true;
      break;
    default:
      SIM_CHECK(false, static_cast<int>(timer.kind));
  }
}

void Raft::on_flushed(int64_t key, Step& step) {
  if (!status_.ok()) return;
  if (key == kFetchedSnapshotKey) {
    on_fetched_flushed(step);
  } else if (key == kWrittenSnapshotKey) {
    on_written_flushed(step);
  } else if (key < 0) {
    settle(state_file_.on_flushed(key, step));
    if (status_.ok() && !is_waiting()) on_state_durable(step);
  } else if (key == flush_id_) {
    on_log_flushed(step);
    if (!is_waiting()) finish(step);
  }
}

void Raft::on_state_durable(Step& step) {
  finish(step);
  while (!waiting_.empty() && !is_waiting() && status_.ok()) {
    Input input = std::move(waiting_.front());
    waiting_.pop_front();
    handle(input, step);
    finish(step);
  }
}

// Writes quorum-state if it has changed, and goes on only when it is durable.
void Raft::finish(Step& step) {
  while (status_.ok() && !is_waiting()) {
    if (!is_durable()) {
      persist(step);
      continue;
    }
    for (Effect& effect : std::exchange(held_, {}))
      step.effects.list().push_back(std::move(effect));
    poll(step);
    if (is_durable()) return;
  }
}

void Raft::poll(Step& step) {
  switch (quorum_.role()) {
    case QuorumRole::kProspective:
    case QuorumRole::kCandidate:
      if (quorum_.votes().is_granted()) {
        win_election(step);
      } else {
        send_votes(step);
      }
      break;
    case QuorumRole::kFollower:
    case QuorumRole::kUnattached:
      send_fetch(step);
      break;
    case QuorumRole::kResigned:
      send_end_epoch(step);
      break;
    case QuorumRole::kLeader:
      if (!epoch_begun_) begin_epoch(step);
      break;
  }
}

void Raft::persist(Step& step) {
  durable_ = quorum_.election();
  if (durable_->voted != kNoNode && step.mutated(Mutation::kVoteNotPersisted)) return;
  settle(state_file_.begin(*durable_, quorum_.voters(), step));
}

void Raft::answer(RequestToken token, Message message, Step& step) {
  if (is_waiting() || !is_durable()) {
    held_.emplace_back(SendReply{token, std::move(message)});
  } else {
    step.effects.reply(token, std::move(message));
  }
}

void Raft::send(NodeId to, Message message, Step& step) {
  peers_.on_sent(to);
  step.effects.request(Channel::kQuorum, to, std::move(message));
}

void Raft::back_off(NodeId peer, Step& step) {
  peers_.back_off(peer);
  step.effects.arm({Timer::kQuorumRetry, peer.value()},
                   options_.config.controller_quorum_retry_backoff_ms);
}

// --- Roles ---

void Raft::arm_role_timeout(sim::Duration after, Step& step) {
  role_deadline_ = step.mono + after;
  NodeId awaits = quorum_.is(QuorumRole::kFollower) ? quorum_.leader() : kNoNode;
  step.effects.arm({Timer::kQuorumTimeout}, after, awaits, awaits == kNoNode ? "" : "*");
}

sim::Duration Raft::remaining_timeout(Step& step) const {
  return std::max(role_deadline_ - step.mono, sim::Duration());
}

sim::Duration Raft::election_timeout(Step& step) const {
  sim::Duration least = options_.config.controller_quorum_election_timeout_ms;
  return least + sim::Duration::millis(step.rng.between(0, least.millis() - 1));
}

// After each change of role: what belonged to the former one ends.
void Raft::enter_role(sim::Duration timeout, Step& step) {
  peers_.reset();
  successors_.clear();
  unacked_.clear();
  appends_.clear();
  appends_done_.reset();
  drop_snapshot_fetch(step);
  if (epoch_begun_) {
    epoch_begun_ = false;
    leader_ = LeaderState();
    gathering_.reset();
    write_is_due_ = false;
    step.effects.cancel({Timer::kControllerAppend});
    step.effects.cancel({Timer::kCheckQuorum});
    step.effects.cancel({Timer::kBeginQuorumEpoch});
  }
  if (quorum_.is(QuorumRole::kLeader)) {
    step.effects.cancel({Timer::kQuorumTimeout});
  } else {
    arm_role_timeout(timeout, step);
  }
  step.effects.note("quorum_role", {{"node", std::to_string(options_.node_id.value())},
                                    {"role", std::string(name_of(quorum_.role()))},
                                    {"epoch", std::to_string(quorum_.epoch().value())},
                                    {"leader", std::to_string(quorum_.leader().value())}});
  if (!quorum_.is(QuorumRole::kLeader)) fail_fetches(step);
}

void Raft::to_unattached(LeaderEpoch epoch, NodeId leader, Step& step) {
  bool had_leader = quorum_.is(QuorumRole::kLeader) || quorum_.is(QuorumRole::kFollower);
  bool lost = quorum_.is(QuorumRole::kProspective) && quorum_.votes().is_rejected();
  if (had_leader) step.mark(Mark::kQuorumEpochBumped);
  // Who waited for an election already does not begin anew.
  sim::Duration timeout = had_leader || lost ? election_timeout(step) : remaining_timeout(step);
  quorum_.become_unattached(epoch, leader);
  enter_role(timeout, step);
}

void Raft::to_follower(LeaderEpoch epoch, NodeId leader, Step& step) {
  quorum_.become_follower(epoch, leader);
  enter_role(options_.config.controller_quorum_fetch_timeout_ms, step);
}

void Raft::to_prospective(Step& step) {
  quorum_.become_prospective();
  enter_role(election_timeout(step), step);
}

void Raft::to_resigned(std::string_view why, Step& step) {
  std::vector<NodeId> successors = leader_.successors();
  step.effects.note("controller_resigned", {{"node", std::to_string(options_.node_id.value())},
                                            {"epoch", std::to_string(epoch().value())},
                                            {"reason", std::string(why)}});
  quorum_.become_resigned();
  enter_role(election_timeout(step), step);
  successors_ = std::move(successors);
  unacked_.insert(peers_.ids().begin(), peers_.ids().end());
}

void Raft::on_role_timeout(Step& step) {
  if (shutting_down_) return;
  switch (quorum_.role()) {
    case QuorumRole::kUnattached:
    case QuorumRole::kFollower:
      to_prospective(step);
      break;
    case QuorumRole::kProspective:
      step.mark(Mark::kElectionTimedOut);
      lose_election(step);
      break;
    case QuorumRole::kCandidate:
      step.mark(Mark::kElectionTimedOut);
      to_prospective(step);
      break;
    case QuorumRole::kResigned:
      // In its old epoch it could be taken for the leader, by others and by itself.
      to_unattached(LeaderEpoch(epoch().value() + 1), kNoNode, step);
      break;
    case QuorumRole::kLeader:
      break;
  }
}

void Raft::maybe_transition(NodeId leader, LeaderEpoch epoch, Step& step) {
  if (leader == options_.node_id) return;  // Of a time before this voter resigned.
  if (epoch > quorum_.epoch()) {
    if (leader == kNoNode) {
      to_unattached(epoch, kNoNode, step);
    } else {
      to_follower(epoch, leader, step);
    }
  } else if (epoch == quorum_.epoch() && leader != kNoNode && quorum_.leader() == kNoNode) {
    to_follower(epoch, leader, step);
  }
}

bool Raft::handle_common(ErrorCode error, NodeId leader, LeaderEpoch epoch, Step& step) {
  if (epoch < quorum_.epoch() || error == ErrorCode::kUnknownLeaderEpoch) return true;
  if (epoch > quorum_.epoch() || error == ErrorCode::kFencedLeaderEpoch ||
      error == ErrorCode::kNotLeaderOrFollower) {
    maybe_transition(leader, epoch, step);
    return true;
  }
  if (leader != kNoNode && quorum_.leader() == kNoNode && leader != options_.node_id) {
    to_follower(epoch, leader, step);
  }
  return error != ErrorCode::kNone;
}

// --- Shutdown ---

void Raft::shut_down(Step& step) {
  shutting_down_ = true;
  if (quorum_.is(QuorumRole::kLeader) && !quorum_.is_only_voter()) {
    step.mark(Mark::kResignedAtShutdown);
    to_resigned("it is shutting down", step);
  }
  step.effects.arm({Timer::kQuorumShutdown}, kShutdownLimit);
  finish(step);
}

bool Raft::has_shut_down() const {
  if (!shutting_down_) return false;
  return shutdown_timed_out_ || quorum_.is_only_voter() || quorum_.has_remote_leader();
}

}  // namespace models
