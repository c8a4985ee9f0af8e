// SPDX-License-Identifier: Apache-2.0

#include "models/controller/controller.h"

#include "models/controller/controller_notes.h"
#include "sim/check.h"

namespace models {

Controller::Controller(ControllerOptions options)
    : options_(std::move(options)),
      latest_(options_.config.topic, options_.node_id),
      committed_(options_.config.topic, options_.node_id),
      heartbeats_(options_.config.broker_session_timeout_ms) {}

void Controller::on_start(Step& step) {
  absl::StatusOr<MetadataLog> log = MetadataLog::open(
      options_.log_directory, options_.config.controller_quorum_append_linger_ms, step);
  check(log.status(), step);
  if (!log.ok()) return;
  log_.emplace(*std::move(log));
  auto replay = [&](const MetadataRecord& record, Offset offset) {
    replay_latest(record, offset, step);
  };
  check(log_->visit_all(replay, step), step);
  check(log_->begin_epoch(options_.node_id, step), step);
}

// The log is replayed and this epoch's first record is committed: from here on requests are served.
// Brokers that the log knows as unfenced count as heard of just now.
void Controller::activate(Step& step) {
  active_ = true;
  // The LeaderChange record commits whatever former epochs left.
  latest_.skip_to(log_->committed());
  committed_ = latest_;
  step.effects.note("controller_active", {{"node", std::to_string(options_.node_id.value())},
                                          {"epoch", std::to_string(log_->epoch().value())}});
  for (const auto& [id, broker] : latest_.image().brokers) {
    heartbeats_.on_registration(id, broker.fenced);
    if (!broker.fenced) heartbeats_.on_contact(id, broker.epoch, step.mono);
  }
  if (log_->committed() == Offset(1)) append(bootstrap_records(options_.config), "", step);
  start_periodic_tasks(step);
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
  Offset last = log_->append(records, step);
  Offset offset = last - static_cast<int64_t>(records.size() - 1);
  for (const MetadataRecord& record : records) {
    note_record(record, latest_, why, step);
    replay_latest(record, offset, step);
    uncommitted_.emplace_back(offset, record);
    ++offset;
  }
  return last;
}

void Controller::on_flushed(int64_t key, Step& step) {
  check(log_->on_flushed(key, step), step);
  if (!active_) {
    activate(step);
  } else {
    publish_committed();
  }
  send_due_replies(step);
  wake_fetches(step);
}

void Controller::publish_committed() {
  MetadataDelta delta;
  while (!uncommitted_.empty() && uncommitted_.front().first < log_->committed()) {
    const auto& [offset, record] = uncommitted_.front();
    committed_.replay(record, offset, delta);
    uncommitted_.pop_front();
  }
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
  switch (timer.kind) {
    case Timer::kControllerAppend:
      check(log_->on_append_timer(step), step);
      break;
    case Timer::kControllerNoOp:
      // Keeps the metadata offset moving, so that a broker that lags shows.
      append({NoOpRecord{}}, "", step);
      arm_no_op(step);
      break;
    case Timer::kBrokerSession:
    case Timer::kLeaderBalance:
    case Timer::kUncleanElection:
      on_periodic_timer(timer, step);
      break;
    case Timer::kDelayedMetadataFetch:
      on_fetch_expired(timer.id, step);
      break;
    default:
      SIM_CHECK(false, static_cast<int>(timer.kind));
  }
}

}  // namespace models
