// SPDX-License-Identifier: Apache-2.0

#include "models/common/effects.h"

namespace models {

std::string_view name_of(Channel channel) {
  switch (channel) {
    case Channel::kHeartbeat: return "heartbeat";
    case Channel::kToController: return "to-controller";
    case Channel::kMetadataFetch: return "metadata-fetch";
    case Channel::kReplicaFetch: return "replica-fetch";
    case Channel::kClient: return "client";
    case Channel::kQuorum: return "quorum";
  }
  return "?";
}

std::string_view name_of(RequestFailure failure) {
  switch (failure) {
    case RequestFailure::kDisconnected: return "disconnected";
    case RequestFailure::kTimedOut: return "timed out";
    case RequestFailure::kConnectFailed: return "no connection";
  }
  return "?";
}

}  // namespace models
