// SPDX-License-Identifier: Apache-2.0
//
// Registrations, heartbeats and sessions of brokers.

#include <algorithm>

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

void mark_shutdown(BrokerControlState current, BrokerControlState next, Step& step) {
  bool leaving = current == BrokerControlState::kControlledShutdown;
  if (leaving && next == current) step.mark(Mark::kControlledShutdownWaits);
  bool at_once = current == BrokerControlState::kUnfenced;
  if (at_once && next == BrokerControlState::kShutdownNow) step.mark(Mark::kShutdownWithoutLeaders);
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
  bool alive = former != nullptr && heartbeats_.has_valid_session(id, former->epoch, step.mono);
  if (!same_incarnation && alive) {
    step.mark(Mark::kDuplicateRegistration);
    step.effects.reply(token, BrokerRegistrationResponse{ErrorCode::kDuplicateBrokerRegistration});
    return;
  }
  if (!are_directories_valid(request)) {
    step.effects.reply(token, BrokerRegistrationResponse{ErrorCode::kInvalidRegistration});
    return;
  }
  RegisterBrokerRecord record{id, request.incarnation_id, BrokerEpoch(log_->next_offset().value()),
                              request.rack};
  record.log_dirs = request.log_dirs;
  std::sort(record.log_dirs.begin(), record.log_dirs.end());
  Records records;
  if (same_incarnation) {
    step.mark(Mark::kRegistrationAmended);
    record.broker_epoch = former->epoch;
    record.fenced = former->fenced;
    record.in_controlled_shutdown = former->in_controlled_shutdown;
  } else {
    // -1 is no epoch that a broker can have had.
    bool clean = former != nullptr && former->epoch == request.previous_broker_epoch;
    if (former != nullptr && !clean) step.mark(Mark::kUncleanRegistration);
    add_shutdown_changes(id, clean, step, records);
  }
  records.emplace_back(record);
  append(records, "a new incarnation of broker " + std::to_string(id.value()) + " registered",
         step);
  answer(token, BrokerRegistrationResponse{ErrorCode::kNone, record.broker_epoch}, step);
}

void Controller::on_broker_heartbeat(RequestToken token, const BrokerHeartbeatRequest& request,
                                     Step& step) {
  if (!active_) {
    step.effects.reply(token, BrokerHeartbeatResponse{ErrorCode::kNotController});
    return;
  }
  // Counts before all else, so that a controller with much to do fences nobody for it.
  heartbeats_.on_contact(request.broker_id, request.broker_epoch, step.mono);
  arm_session(request.broker_id, step);
  if (!has_broker_epoch(request.broker_id, request.broker_epoch)) {
    step.mark(Mark::kStaleHeartbeat);
    step.effects.reply(token, BrokerHeartbeatResponse{ErrorCode::kStaleBrokerEpoch});
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
  add_offline_directories(id, request.offline_log_dirs, records, step);
  heartbeats_.touch(id, is_fenced(next), request.current_metadata_offset);
  std::string why(reason_of(next));
  if (next == current) why = "a log directory of broker " + std::to_string(id.value()) + " failed";
  Offset last = append(records, why, step);
  if (next == BrokerControlState::kControlledShutdown) {
    heartbeats_.begin_controlled_shutdown(id, last);
  }
  mark_shutdown(current, next, step);
  note_if_brokers_ready(step);
  BrokerHeartbeatResponse response;
  response.is_caught_up = request.current_metadata_offset >= registration;
  response.is_fenced = is_fenced(next);
  response.should_shut_down = next == BrokerControlState::kShutdownNow;
  answer(token, response, step);
}

void Controller::fence_if_stale(NodeId id, Step& step) {
  while (std::optional<BrokerEpoch> epoch = heartbeats_.take_expired(id, step.mono)) {
    const BrokerRegistration* broker = latest_.image().find(id);
    if (broker == nullptr) heartbeats_.remove(id);
    if (broker == nullptr || broker->epoch != *epoch) continue;
    step.mark(broker->fenced ? Mark::kFencedAgain : Mark::kBrokerFenced);
    Records records;
    add_fence_records(id, records);
    heartbeats_.fence(id);
    append(records, "session of broker " + std::to_string(id.value()) + " timed out", step);
  }
  arm_session(id, step);
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

void Controller::on_unregister_broker(RequestToken token, const UnregisterBrokerRequest& request,
                                      Step& step) {
  UnregisterBrokerResponse response;
  const BrokerRegistration* broker = latest_.image().find(request.broker_id);
  if (!active_) {
    response.error = ErrorCode::kNotController;
  } else if (broker == nullptr) {
    response.error = ErrorCode::kBrokerIdNotRegistered;
  }
  if (response.error != ErrorCode::kNone) {
    step.effects.reply(token, response);
    return;
  }
  Records records;
  add_changes_without(request.broker_id, records);
  add_elr_changes({.removed = request.broker_id}, records);
  records.emplace_back(UnregisterBrokerRecord{request.broker_id, broker->epoch});
  append(records, "broker " + std::to_string(request.broker_id.value()) + " was unregistered",
         step);
  heartbeats_.remove(request.broker_id);
  answer(token, response, step);
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
