// SPDX-License-Identifier: Apache-2.0

#include "sim/trace_event.h"

#include "sim/check.h"

namespace sim {

std::string_view name_of(TraceKind kind) {
  switch (kind) {
    case TraceKind::kEvent:
      return "event";
    case TraceKind::kSuppressed:
      return "suppressed";
    case TraceKind::kFault:
      return "fault";
    case TraceKind::kNote:
      return "note";
  }
  SIM_CHECK(false, static_cast<int>(kind));
  return {};
}

}  // namespace sim
