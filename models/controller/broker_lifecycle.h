// SPDX-License-Identifier: Apache-2.0
//
// A broker's life as the controller sees it: it registers under a new incarnation id, reports by
// heartbeats how far it has read the metadata log, asks to be unfenced when its logs are ready, and
// asks to leave when it shuts down.
//
//   NOT_RUNNING -> STARTING -(caught up)-> RECOVERY -(unfenced)-> RUNNING
//                  RUNNING -> PENDING_CONTROLLED_SHUTDOWN -(controller agrees)-> SHUTTING_DOWN
//
// One request is under way at a time; the next is due by Timer::kBrokerHeartbeat. Failures and
// errors are retried for ever, after 100 ms, 200 ms, ... up to the session timeout, with 2 % of
// jitter. Source: core/.../server/BrokerLifecycleManager.scala.

#ifndef MODELS_CONTROLLER_BROKER_LIFECYCLE_H_
#define MODELS_CONTROLLER_BROKER_LIFECYCLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/config.h"
#include "models/common/step.h"
#include "models/protocol/broker_lifecycle.h"

namespace models {

// Numbers are Kafka's (BrokerState.java).
enum class BrokerState : uint8_t {
  kNotRunning = 0,
  kStarting = 1,
  kRecovery = 2,
  kRunning = 3,
  kPendingControlledShutdown = 6,
  kShuttingDown = 7,
};
std::string_view name_of(BrokerState state);

struct BrokerLifecycleOptions {
  NodeId node_id = kNoNode;
  std::string rack;  // Empty: none.
  BrokerConfig config;
};

class BrokerLifecycle {
 public:
  explicit BrokerLifecycle(BrokerLifecycleOptions options) : options_(std::move(options)) {}

  // Registers with the log directories that work. `previous_broker_epoch` comes from the markers of
  // a clean shutdown, else -1.
  void on_start(Step& step, BrokerEpoch previous_broker_epoch, std::vector<Uuid> log_dirs = {});
  // A log directory has failed: the controller must be told within log.dir.failure.timeout.ms, or
  // the broker shuts down.
  void on_directory_failure(const Uuid& directory, Step& step);
  void on_registration_response(const BrokerRegistrationResponse& response, Step& step);
  void on_heartbeat_response(const BrokerHeartbeatResponse& response, Step& step);
  // The registration or heartbeat under way got no reply.
  void on_request_failed(RequestFailure failure, Step& step);
  // Timer::kBrokerHeartbeat or Timer::kBrokerLifecycleLimit.
  void on_timer(TimerKey timer, Step& step);

  // The broker has applied the metadata log up to and including `applied`.
  void on_metadata_offset(Offset applied, Step&) { metadata_offset_ = applied; }
  // Logs are recovered and the first image is applied: heartbeats ask to be unfenced. Call it once
  // or again; only the first counts.
  void on_ready_to_unfence(Step& step);
  // Asks the controller to move leaders away. In any state but RUNNING the broker just stops.
  void begin_controlled_shutdown(Step& step);

  BrokerState state() const { return state_; }
  BrokerEpoch broker_epoch() const { return broker_epoch_; }
  const Uuid& incarnation_id() const { return incarnation_id_; }
  // The process is to flush its logs and end: the controller agreed to a shutdown, did not within
  // five minutes, or the broker could not register in time.
  bool should_exit() const { return state_ == BrokerState::kShuttingDown; }

  static void fields(auto&& f) {
    f("state", &BrokerLifecycle::state_);
    f("broker_epoch", &BrokerLifecycle::broker_epoch_);
    f("incarnation_id", &BrokerLifecycle::incarnation_id_);
    f("metadata_offset", &BrokerLifecycle::metadata_offset_);
    f("registered", &BrokerLifecycle::registered_);
    f("failed_attempts", &BrokerLifecycle::failed_attempts_);
  }

 private:
  void communicate(Step& step);
  void send_registration(Step& step);
  void send_heartbeat(Step& step);
  void after_heartbeat(const BrokerHeartbeatResponse& response, Step& step);
  void schedule(sim::Duration after, Step& step);
  void schedule_after_failure(Step& step);
  void enter(BrokerState state, Step& step);

  BrokerLifecycleOptions options_;
  BrokerState state_ = BrokerState::kNotRunning;
  BrokerEpoch broker_epoch_ = kNoBrokerEpoch;
  BrokerEpoch previous_broker_epoch_ = kNoBrokerEpoch;
  Uuid incarnation_id_;
  Offset metadata_offset_ = kNoOffset;
  int32_t failed_attempts_ = 0;
  std::vector<Uuid> log_dirs_;  // Online at the start.
  struct OfflineDirectory {
    Uuid id;
    bool told = false;  // The controller has answered a heartbeat that named it.
  };
  std::vector<OfflineDirectory> offline_dirs_;  // In the order of their failures.
  size_t offline_dirs_sent_ = 0;                // In the heartbeat under way.
  Uuid awaited_dir_;                            // For which the time limit runs.
  bool ready_to_unfence_ = false;
  bool registered_ = false;
  bool in_flight_ = false;
  bool next_is_immediate_ = false;  // Something came up while a request was under way.
  bool got_shutdown_response_ = false;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_BROKER_LIFECYCLE_H_
