// SPDX-License-Identifier: Apache-2.0
//
// Registrations, heartbeats and sessions of brokers.

#include "models/controller/controller.h"

namespace models {

namespace {

std::string_view reason_of(BrokerControlState next) {
  switch (next) {
    case BrokerControlState::kFenced:
      return "the broker asked for it";
    case BrokerControlState::kUnfenced:
      return "the broker has caught up with its registration";
    case BrokerControlState::kControlledShutdown:
      return "the broker is shutting down";
    case BrokerControlState::kShutdownNow:
      return "the broker may shut down now";
  }
  return "";
}

}  // namespace

bool Controller::has_broker_epoch(NodeId id, BrokerEpoch epoch) const {
  const BrokerRegistration* broker = latest_.image().find(id);
  return broker != nullptr && broker->epoch == epoch;
}

bool Controller::is_available(NodeId id) const {
  const BrokerRegistration* broker = latest_.image().find(id);
  return broker != nullptr && !broker->fenced && !broker->in_controlled_shutdown;
}

std::vector<UsableBroker> Controller::usable_brokers() const {
  std::vector<UsableBroker> brokers;
  for (const auto& [id, broker] : latest_.image().brokers) {
    if (heartbeats_.is_shutting_down(id)) continue;
    brokers.push_back({id, broker.rack, !heartbeats_.is_tracked_unfenced(id)});
  }
  return brokers;
}

void Controller::on_broker_registration(RequestToken token,
                                        const BrokerRegistrationRequest& request, Step& step) {
  if (!active_) {
    step.effects.reply(token, BrokerRegistrationResponse{ErrorCode::kNotController});
    return;
  }
  NodeId id = request.broker_id;
  const BrokerRegistration* former = latest_.image().find(id);
  bool same_incarnation = former != nullptr && former->incarnation_id == request.incarnation_id;
  if (!same_incarnation && heartbeats_.has_valid_session(id, step.mono)) {
    step.effects.reply(token, BrokerRegistrationResponse{ErrorCode::kDuplicateBrokerRegistration});
    return;
  }
  RegisterBrokerRecord record{id, request.incarnation_id, BrokerEpoch(log_->next_offset().value()),
                              request.rack};
  Records records;
  if (same_incarnation) {
    record.broker_epoch = former->epoch;
    record.fenced = former->fenced;
    record.in_controlled_shutdown = former->in_controlled_shutdown;
  } else {
    if (former != nullptr && former->epoch != request.previous_broker_epoch) {
      step.mark(Mark::kUncleanRegistration);
    }
    // Whatever the former incarnation still leads or is in sync with, this one may have lost.
    add_changes_without(id, records);
    step.effects.cancel({Timer::kBrokerSession, id.value()});
  }
  records.emplace_back(record);
  append(records, "a new incarnation of broker " + std::to_string(id.value()) + " registered",
         step);
  if (!record.fenced) arm_session(id, step);
  answer(token, BrokerRegistrationResponse{ErrorCode::kNone, record.broker_epoch}, step);
}

void Controller::on_broker_heartbeat(RequestToken token, const BrokerHeartbeatRequest& request,
                                     Step& step) {
  ErrorCode error = ErrorCode::kNone;
  if (!active_) {
    error = ErrorCode::kNotController;
  } else if (!has_broker_epoch(request.broker_id, request.broker_epoch)) {
    error = ErrorCode::kStaleBrokerEpoch;
  }
  if (error != ErrorCode::kNone) {
    step.effects.reply(token, BrokerHeartbeatResponse{error});
    return;
  }
  NodeId id = request.broker_id;
  Offset registration = registration_offsets_.at(id);
  BrokerControlState current = heartbeats_.current_state(id);
  BrokerControlState next =
      heartbeats_.next_state(request, registration, [&] { return leads_any(id); });
  Records records;
  if (next != current) {
    if (is_fenced(next)) {
      add_fence_records(id, records);
    } else if (next == BrokerControlState::kUnfenced) {
      add_unfence_records(id, records);
    } else {
      add_controlled_shutdown_records(id, records);
    }
  }
  heartbeats_.touch(id, is_fenced(next), request.current_metadata_offset, step.mono);
  Offset last = append(records, reason_of(next), step);
  if (next == BrokerControlState::kControlledShutdown) {
    heartbeats_.begin_controlled_shutdown(id, last);
  }
  if (!is_fenced(next)) {
    arm_session(id, step);
  } else if (!is_fenced(current)) {
    step.effects.cancel({Timer::kBrokerSession, id.value()});
  }
  note_if_brokers_ready(step);
  BrokerHeartbeatResponse response;
  response.is_caught_up = request.current_metadata_offset >= registration;
  response.is_fenced = is_fenced(next);
  response.should_shut_down = next == BrokerControlState::kShutdownNow;
  answer(token, response, step);
}

void Controller::arm_session(NodeId id, Step& step) {
  step.effects.arm({Timer::kBrokerSession, id.value()}, options_.config.broker_session_timeout_ms,
                   id, BrokerHeartbeatRequest::kName);
}

// One broker an event, so that the effect of each fencing shows before the next is decided.
void Controller::fence_stale_broker(NodeId id, Step& step) {
  if (!heartbeats_.is_tracked_unfenced(id) || heartbeats_.has_valid_session(id, step.mono)) return;
  Records records;
  add_fence_records(id, records);
  heartbeats_.fence(id);
  step.mark(Mark::kBrokerFenced);
  append(records, "session of broker " + std::to_string(id.value()) + " timed out", step);
}

void Controller::add_fence_records(NodeId id, Records& records) const {
  add_changes_without(id, records);
  records.emplace_back(BrokerRegistrationChangeRecord{id, latest_.image().brokers.at(id).epoch,
                                                      FencingChange::kFence});
}

void Controller::add_unfence_records(NodeId id, Records& records) const {
  records.emplace_back(BrokerRegistrationChangeRecord{id, latest_.image().brokers.at(id).epoch,
                                                      FencingChange::kUnfence});
  add_elections_with(id, records);
}

void Controller::add_controlled_shutdown_records(NodeId id, Records& records) const {
  const BrokerRegistration& broker = latest_.image().brokers.at(id);
  if (!broker.in_controlled_shutdown) {
    records.emplace_back(
        BrokerRegistrationChangeRecord{id, broker.epoch, FencingChange::kNone, true});
  }
  add_changes_without(id, records);
}

void Controller::note_if_brokers_ready(Step& step) {
  if (brokers_ready_noted_) return;
  int32_t unfenced = 0;
  for (const auto& [id, broker] : latest_.image().brokers) unfenced += broker.fenced ? 0 : 1;
  if (unfenced < options_.brokers_expected) return;
  brokers_ready_noted_ = true;
  step.effects.note("brokers_ready", {{"unfenced", std::to_string(unfenced)}});
}

}  // namespace models
