// SPDX-License-Identifier: Apache-2.0

#include "models/common/client_event.h"

namespace models {

std::string_view name_of(ClientEventKind kind) {
  switch (kind) {
    case ClientEventKind::kSend: return "send";
    case ClientEventKind::kAcknowledged: return "acknowledged";
    case ClientEventKind::kFailed: return "failed";
    case ClientEventKind::kAssigned: return "assigned";
    case ClientEventKind::kPolled: return "polled";
  }
  return "?";
}

}  // namespace models
