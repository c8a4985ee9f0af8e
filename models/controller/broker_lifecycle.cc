// SPDX-License-Identifier: Apache-2.0

#include "models/controller/broker_lifecycle.h"

#include <algorithm>

#include "models/common/random_uuid.h"

namespace models {

namespace {

constexpr sim::Duration kStartingInterval = sim::Duration::millis(10);
constexpr sim::Duration kFirstShutdownInterval = sim::Duration::millis(50);
constexpr sim::Duration kFirstRetryBackoff = sim::Duration::millis(100);
constexpr int32_t kBackoffDoublingsMax = 20;
constexpr int64_t kJitterPpm = 20'000;
constexpr int64_t kMillion = 1'000'000;
constexpr sim::Duration kControlledShutdownLimit = sim::Duration::seconds(5 * 60);
constexpr TimerKey kRegistrationLimitTimer{Timer::kBrokerLifecycleLimit, 0};
constexpr TimerKey kShutdownLimitTimer{Timer::kBrokerLifecycleLimit, 1};
constexpr TimerKey kDirectoryLimitTimer{Timer::kBrokerLifecycleLimit, 2};

}  // namespace

std::string_view name_of(BrokerState state) {
  switch (state) {
    case BrokerState::kNotRunning:
      return "NOT_RUNNING";
    case BrokerState::kStarting:
      return "STARTING";
    case BrokerState::kRecovery:
      return "RECOVERY";
    case BrokerState::kRunning:
      return "RUNNING";
    case BrokerState::kPendingControlledShutdown:
      return "PENDING_CONTROLLED_SHUTDOWN";
    case BrokerState::kShuttingDown:
      return "SHUTTING_DOWN";
  }
  return "UNKNOWN";
}

void BrokerLifecycle::enter(BrokerState state, Step& step) {
  state_ = state;
  if (state == BrokerState::kShuttingDown) {
    step.effects.cancel({Timer::kBrokerHeartbeat});
    step.effects.cancel(kRegistrationLimitTimer);
    step.effects.cancel(kShutdownLimitTimer);
    step.effects.cancel(kDirectoryLimitTimer);
  }
}

void BrokerLifecycle::on_start(Step& step, BrokerEpoch previous_broker_epoch,
                               std::vector<Uuid> log_dirs) {
  log_dirs_ = std::move(log_dirs);
  incarnation_id_ = random_uuid(step.rng);
  previous_broker_epoch_ = previous_broker_epoch;
  enter(BrokerState::kStarting, step);
  step.effects.arm(kRegistrationLimitTimer, options_.config.initial_broker_registration_timeout_ms);
  send_registration(step);
}

void BrokerLifecycle::send_registration(Step& step) {
  in_flight_ = true;
  step.effects.request(Channel::kHeartbeat, kNoNode,
                       BrokerRegistrationRequest{options_.node_id, incarnation_id_, options_.rack,
                                                 previous_broker_epoch_, log_dirs_});
}

void BrokerLifecycle::send_heartbeat(Step& step) {
  in_flight_ = true;
  BrokerHeartbeatRequest request;
  request.broker_id = options_.node_id;
  request.broker_epoch = broker_epoch_;
  request.current_metadata_offset = metadata_offset_;
  request.want_fence = !ready_to_unfence_;
  request.want_shut_down = state_ == BrokerState::kPendingControlledShutdown;
  for (const OfflineDirectory& directory : offline_dirs_) {
    request.offline_log_dirs.push_back(directory.id);
  }
  offline_dirs_sent_ = offline_dirs_.size();
  step.effects.request(Channel::kHeartbeat, kNoNode, std::move(request));
}

void BrokerLifecycle::communicate(Step& step) {
  if (in_flight_) {
    next_is_immediate_ = true;
  } else if (registered_) {
    send_heartbeat(step);
  } else {
    send_registration(step);
  }
}

void BrokerLifecycle::schedule(sim::Duration after, Step& step) {
  if (next_is_immediate_) after = sim::Duration();
  next_is_immediate_ = false;
  step.effects.arm({Timer::kBrokerHeartbeat}, after);
}

void BrokerLifecycle::schedule_after_failure(Step& step) {
  sim::Duration longest = options_.config.broker_session_timeout_ms;
  int32_t doublings = std::min(failed_attempts_++, kBackoffDoublingsMax);
  sim::Duration backoff = std::min(kFirstRetryBackoff * (int64_t{1} << doublings), longest);
  int64_t factor = step.rng.between(kMillion - kJitterPpm, kMillion + kJitterPpm);
  next_is_immediate_ = false;
  schedule(std::min(sim::Duration::nanos(backoff.nanos() / kMillion * factor), longest), step);
}

void BrokerLifecycle::on_registration_response(const BrokerRegistrationResponse& response,
                                               Step& step) {
  in_flight_ = false;
  if (should_exit()) return;
  if (response.error != ErrorCode::kNone) {
    schedule_after_failure(step);
    return;
  }
  failed_attempts_ = 0;
  broker_epoch_ = response.broker_epoch;
  registered_ = true;
  step.effects.cancel(kRegistrationLimitTimer);
  schedule(sim::Duration(), step);
}

void BrokerLifecycle::on_heartbeat_response(const BrokerHeartbeatResponse& response, Step& step) {
  in_flight_ = false;
  if (should_exit()) return;
  if (response.error != ErrorCode::kNone) {
    schedule_after_failure(step);
    return;
  }
  failed_attempts_ = 0;
  for (size_t i = 0; i < offline_dirs_sent_; ++i) offline_dirs_[i].told = true;
  after_heartbeat(response, step);
}

void BrokerLifecycle::after_heartbeat(const BrokerHeartbeatResponse& response, Step& step) {
  sim::Duration next = options_.config.broker_heartbeat_interval_ms;
  if (state_ == BrokerState::kStarting) {
    if (response.is_caught_up) enter(BrokerState::kRecovery, step);
    next = kStartingInterval;  // With nothing to recover, the start is quick.
  } else if (state_ == BrokerState::kRecovery) {
    if (!response.is_fenced) enter(BrokerState::kRunning, step);
  } else if (state_ == BrokerState::kPendingControlledShutdown) {
    if (response.should_shut_down) {
      enter(BrokerState::kShuttingDown, step);
      return;
    }
    if (!got_shutdown_response_) next = kFirstShutdownInterval;
    got_shutdown_response_ = true;
  }
  schedule(next, step);
}

void BrokerLifecycle::on_request_failed(RequestFailure, Step& step) {
  in_flight_ = false;
  if (!should_exit()) schedule_after_failure(step);
}

void BrokerLifecycle::on_timer(TimerKey timer, Step& step) {
  if (should_exit()) return;
  if (timer.kind == Timer::kBrokerHeartbeat) {
    communicate(step);
  } else if (timer == kDirectoryLimitTimer) {
    for (const OfflineDirectory& directory : offline_dirs_) {
      if (directory.id == awaited_dir_ && !directory.told) begin_controlled_shutdown(step);
    }
  } else if (timer == kShutdownLimitTimer || broker_epoch_ == kNoBrokerEpoch) {
    enter(BrokerState::kShuttingDown, step);
  }
}

void BrokerLifecycle::on_ready_to_unfence(Step& step) {
  if (ready_to_unfence_ || should_exit()) return;
  ready_to_unfence_ = true;
  if (state_ != BrokerState::kNotRunning) schedule(sim::Duration(), step);
}

void BrokerLifecycle::on_directory_failure(const Uuid& directory, Step& step) {
  if (should_exit()) return;
  offline_dirs_.push_back({directory});
  awaited_dir_ = directory;  // A later failure takes the limit over, as one deferred event does.
  step.effects.arm(kDirectoryLimitTimer, options_.config.log_dir_failure_timeout_ms);
  if (!registered_) return;
  next_is_immediate_ = in_flight_;
  if (!in_flight_) step.effects.arm({Timer::kBrokerHeartbeat}, sim::Duration());
}

void BrokerLifecycle::begin_controlled_shutdown(Step& step) {
  if (state_ == BrokerState::kPendingControlledShutdown || should_exit()) return;
  if (state_ != BrokerState::kRunning || !options_.config.controlled_shutdown_enable) {
    enter(BrokerState::kShuttingDown, step);
    return;
  }
  enter(BrokerState::kPendingControlledShutdown, step);
  step.effects.arm(kShutdownLimitTimer, kControlledShutdownLimit);
  schedule(sim::Duration(), step);
}

}  // namespace models
