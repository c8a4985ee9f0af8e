// SPDX-License-Identifier: Apache-2.0

#include "models/controller/controller.h"

#include <algorithm>
#include <array>

#include "models/controller/controller_notes.h"
#include "models/controller/metadata_batches.h"
#include "sim/check.h"

namespace models {

namespace {

// What the active controller looks for now and then.
constexpr std::array kPeriodicTasks = {Timer::kControllerNoOp, Timer::kBrokerSession,
                                       Timer::kLeaderBalance, Timer::kUncleanElection};

// NOT_CONTROLLER in place of `reply`.
Message refusal_of(const Message& reply) {
  return std::visit(
      [](const auto& body) -> Message {
        std::decay_t<decltype(body)> refusal;
        if constexpr (requires { refusal.error; }) refusal.error = ErrorCode::kNotController;
        return refusal;
      },
      reply);
}

}  // namespace

Controller::Controller(ControllerOptions options)
    : options_(std::move(options)),
      latest_(options_.config.topic, options_.node_id),
      committed_(options_.config.topic, options_.node_id),
      snapshot_generator_(options_.config),
      heartbeats_(options_.config.broker_session_timeout_ms) {}

void Controller::on_start(Step& step) {
  RaftOptions options;
  options.node_id = options_.node_id;
  options.voters = options_.voters;
  if (options.voters.empty()) options.voters.push_back(options_.node_id);
  options.log_directory = options_.log_directory;
  options.config = options_.config;
  absl::StatusOr<Raft> log = Raft::open(options, step);
  check(log.status(), step);
  if (!log.ok()) return;
  log_.emplace(*std::move(log));
  follow_quorum(step);
}

void Controller::on_stop(Step& step) {
  if (!log_) {
    step.effects.exit();
    return;
  }
  log_->shut_down(step);
  follow_quorum(step);
}

void Controller::on_quorum_request(RequestToken token, const Message& request, Step& step) {
  if (!log_) return;
  log_->on_request(token, request, step);
  follow_quorum(step);
}

void Controller::on_quorum_reply(NodeId from, const Message& reply, Step& step) {
  log_->on_reply(from, reply, step);
  follow_quorum(step);
}

void Controller::on_quorum_request_failed(NodeId to, Step& step) {
  log_->on_request_failed(to, step);
  follow_quorum(step);
}

void Controller::on_flushed(int64_t key, Step& step) {
  log_->on_flushed(key, step);
  if (key == Raft::kWrittenSnapshotKey && !log_->is_writing_snapshot())
    snapshot_generator_.on_written();
  follow_quorum(step);
}

void Controller::follow_quorum(Step& step) {
  check(log_->status(), step);
  if (!log_->status().ok()) return;
  if (active_ && !leads_claimed_epoch()) renounce(step);
  publish_committed(step);
  if (!active_ && log_->leads()) activate(step);
  send_due_replies(step);
  if (log_->has_shut_down()) step.effects.exit();
}

// A record of this epoch is committed, and with it all that former epochs left: from here on
// requests are served. Brokers that the log knows as unfenced count as heard of just now.
void Controller::activate(Step& step) {
  active_ = true;
  claimed_epoch_ = log_->epoch();
  latest_ = committed_;
  registration_offsets_ = committed_registrations_;
  heartbeats_ = BrokerHeartbeats(options_.config.broker_session_timeout_ms);
  looks_from_ = step.mono;
  step.effects.note("controller_active", {{"node", std::to_string(options_.node_id.value())},
                                          {"epoch", std::to_string(log_->epoch().value())}});
  for (const auto& [id, broker] : latest_.image().brokers) {
    heartbeats_.on_registration(id, broker.fenced);
    if (broker.fenced) continue;
    heartbeats_.on_contact(id, broker.epoch, step.mono);
    arm_session(id, step);
  }
  if (log_is_empty_) append(bootstrap_records(options_), "", step);
  start_periodic_tasks(step);
}

// Another leads, or nobody. What was decided here and is not committed may or may not survive; who
// waits for it must ask again.
void Controller::renounce(Step& step) {
  active_ = false;
  step.mark(Mark::kControllerRenounced);
  if (!uncommitted_.empty()) step.mark(Mark::kDecisionsDropped);
  step.effects.note("controller_renounced", {{"node", std::to_string(options_.node_id.value())},
                                             {"epoch", std::to_string(claimed_epoch_.value())},
                                             {"dropped", std::to_string(uncommitted_.size())}});
  for (Timer task : kPeriodicTasks) step.effects.cancel({task});
  for (const auto& [id, broker] : latest_.image().brokers)
    step.effects.cancel({Timer::kBrokerSession, id.value()});
  uncommitted_.clear();
  latest_ = committed_;
  for (PendingReply& pending : std::exchange(pending_replies_, {}))
    step.effects.reply(pending.token, refusal_of(pending.message));
}

void Controller::replay_latest(const MetadataRecord& record, Offset offset, Step&) {
  MetadataDelta delta;
  latest_.replay(record, offset, delta);
  if (const auto* registered = std::get_if<RegisterBrokerRecord>(&record)) {
    registration_offsets_[registered->broker_id] = offset;
    heartbeats_.remove(registered->broker_id);
  }
  for (NodeId id : delta.brokers) {
    const BrokerRegistration* broker = latest_.image().find(id);
    if (broker != nullptr) heartbeats_.on_registration(id, broker->fenced);
  }
}

Offset Controller::append(const Records& records, std::string_view why, Step& step) {
  if (records.empty()) return log_->next_offset() - 1;
  std::vector<std::string> values;
  values.reserve(records.size());
  for (const MetadataRecord& record : records) values.push_back(encode(record));
  Offset last = log_->append(values, step);
  Offset offset = last - static_cast<int64_t>(records.size() - 1);
  for (const MetadataRecord& record : records) {
    note_record(record, latest_, why, step);
    replay_latest(record, offset, step);
    uncommitted_.emplace_back(offset, record);
    ++offset;
  }
  return last;
}

void Controller::replay_committed(const MetadataRecord& record, Offset offset,
                                  MetadataDelta& delta) {
  committed_.replay(record, offset, delta);
  log_is_empty_ = false;
  if (const auto* registered = std::get_if<RegisterBrokerRecord>(&record))
    committed_registrations_[registered->broker_id] = offset;
}

void Controller::publish_committed(Step& step) {
  MetadataDelta delta;
  while (!uncommitted_.empty() && uncommitted_.front().first < log_->committed()) {
    const auto& [offset, record] = uncommitted_.front();
    replay_committed(record, offset, delta);
    uncommitted_.pop_front();
  }
  std::optional<LogProgress> own = log_->take_committed_appends();
  if (!active_) return read_committed(step);
  if (!own) return;
  reached_ = {own->next, own->last_epoch, own->last_timestamp_ms, 0};
  snapshot_generator_.on_replayed(own->bytes, true, step);
}

// What another controller has decided, or this one in a former life.
void Controller::read_committed(Step& step) {
  absl::StatusOr<bool> loaded = load_snapshot(step);
  check(loaded.status(), step);
  if (!loaded.ok()) return;
  MetadataDelta delta;
  MetadataPosition from = reached_;
  from.next = committed_.image().next_offset;
  from.bytes = 0;
  while (from.next < log_->committed()) {
    absl::StatusOr<absl::Cord> batches = log_->read_committed(from.next, step);
    check(batches.status(), step);
    if (!batches.ok()) return;
    absl::StatusOr<MetadataPosition> next = visit_metadata_records(
        *batches, from, log_->committed(), [&](const MetadataRecord& record, Offset offset) {
          replay_committed(record, offset, delta);
        });
    check(next.status(), step);
    if (!next.ok() || next->next == from.next) return;
    from = reached_ = *next;
    committed_.skip_to(from.next);
  }
  if (from.bytes > 0) snapshot_generator_.on_replayed(from.bytes, true, step);
}

void Controller::answer(RequestToken token, Message message, Step& step) {
  Offset last = log_->next_offset() - 1;
  if (last < log_->committed()) {
    step.effects.reply(token, std::move(message));
  } else {
    pending_replies_.push_back({last, token, std::move(message)});
  }
}

void Controller::send_due_replies(Step& step) {
  while (!pending_replies_.empty() && pending_replies_.front().offset < log_->committed()) {
    PendingReply& due = pending_replies_.front();
    step.effects.reply(due.token, std::move(due.message));
    pending_replies_.pop_front();
  }
}

void Controller::check(const absl::Status& status, Step& step) {
  if (status.ok()) return;
  step.effects.note("controller_halted", {{"node", std::to_string(options_.node_id.value())},
                                          {"reason", status.ToString()}});
  step.effects.exit();
}

void Controller::on_timer(TimerKey timer, Step& step) {
  bool decides =
      std::find(kPeriodicTasks.begin(), kPeriodicTasks.end(), timer.kind) != kPeriodicTasks.end();
  if (timer.kind == Timer::kMetadataSnapshot) {
    write_snapshot(step);
  } else if (!decides) {
    log_->on_timer(timer, step);
    follow_quorum(step);
  } else if (active_) {
    on_periodic_timer(timer, step);
  }
}

}  // namespace models
