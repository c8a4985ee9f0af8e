// SPDX-License-Identifier: Apache-2.0
//
// BrokerRegistration and BrokerHeartbeat (KIP-631): clients/.../message/Broker{Registration,
// Heartbeat}{Request,Response}.json. A controlled shutdown is a heartbeat with want_shut_down.

#ifndef MODELS_PROTOCOL_BROKER_LIFECYCLE_H_
#define MODELS_PROTOCOL_BROKER_LIFECYCLE_H_

#include <string>
#include <vector>

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

struct BrokerRegistrationRequest {
  static constexpr std::string_view kName = "BrokerRegistrationRequest";
  NodeId broker_id = kNoNode;
  Uuid incarnation_id;                                 // New at each start of the process.
  std::string rack;                                    // Empty: none.
  BrokerEpoch previous_broker_epoch = kNoBrokerEpoch;  // Known only after a clean shutdown.
  std::vector<Uuid> log_dirs;                          // Ids of those that are online, sorted.
  static void fields(auto&& f) {
    f("broker_id", &BrokerRegistrationRequest::broker_id);
    f("incarnation_id", &BrokerRegistrationRequest::incarnation_id);
    f("rack", &BrokerRegistrationRequest::rack);
    f("previous_broker_epoch", &BrokerRegistrationRequest::previous_broker_epoch);
    f("log_dirs", &BrokerRegistrationRequest::log_dirs);
  }
};

struct BrokerRegistrationResponse {
  static constexpr std::string_view kName = "BrokerRegistrationResponse";
  ErrorCode error = ErrorCode::kNone;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  static void fields(auto&& f) {
    f("error", &BrokerRegistrationResponse::error);
    f("broker_epoch", &BrokerRegistrationResponse::broker_epoch);
  }
};

struct BrokerHeartbeatRequest {
  static constexpr std::string_view kName = "BrokerHeartbeatRequest";
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  Offset current_metadata_offset = kNoOffset;
  bool want_fence = false;
  bool want_shut_down = false;
  std::vector<Uuid> offline_log_dirs;  // All that have failed in this life.
  static void fields(auto&& f) {
    f("broker_id", &BrokerHeartbeatRequest::broker_id);
    f("broker_epoch", &BrokerHeartbeatRequest::broker_epoch);
    f("current_metadata_offset", &BrokerHeartbeatRequest::current_metadata_offset);
    f("want_fence", &BrokerHeartbeatRequest::want_fence);
    f("want_shut_down", &BrokerHeartbeatRequest::want_shut_down);
    f("offline_log_dirs", &BrokerHeartbeatRequest::offline_log_dirs);
  }
};

struct BrokerHeartbeatResponse {
  static constexpr std::string_view kName = "BrokerHeartbeatResponse";
  ErrorCode error = ErrorCode::kNone;
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;
  static void fields(auto&& f) {
    f("error", &BrokerHeartbeatResponse::error);
    f("is_caught_up", &BrokerHeartbeatResponse::is_caught_up);
    f("is_fenced", &BrokerHeartbeatResponse::is_fenced);
    f("should_shut_down", &BrokerHeartbeatResponse::should_shut_down);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_BROKER_LIFECYCLE_H_
