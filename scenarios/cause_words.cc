// SPDX-License-Identifier: Apache-2.0
//
// A trace record in plain words (words_of in cause_graph.h).

#include <algorithm>
#include <string>

#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "scenarios/cause_graph.h"
#include "scenarios/format.h"

namespace scenarios {

namespace {

using Json = nlohmann::ordered_json;

// A fault's numbers are hosts and processes; which, its field's name says.
std::string value_words(const Trace& trace, bool of_fault, const std::string& key,
                        const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::string text;
    for (const Json& each : value)
      text += (text.empty() ? "" : ", ") + value_words(trace, of_fault, key, each);
    return "{" + text + "}";
  }
  if (of_fault && value.is_number_integer()) {
    int32_t number = value.get<int32_t>();
    if (key == "process") return trace.name_of(sim::ProcessId(number));
    if (key == "host" || key == "from" || key == "to" || key == "sides")
      return trace.name_of(sim::HostId(number));
  }
  return value.dump();
}

// "(partition orders-0, from 2, to 3)"; zeros and "false" of faults are left out: they are not so.
std::string field_words(const Trace& trace, const TraceRow& row) {
  Json fields = Json::parse(row.fields, nullptr, false);
  if (!fields.is_object()) return {};
  bool of_fault = row.kind == sim::TraceKind::kFault;
  std::string text;
  for (const auto& [key, value] : fields.items()) {
    if (of_fault && (key == "begins" || value == Json(false) ||
                     (value == Json(0) && key == "at_disk_operation")))
      continue;
    text += (text.empty() ? "" : ", ") + key + " " + value_words(trace, of_fault, key, value);
  }
  return text.empty() ? "" : " (" + text + ")";
}

std::string suppressed_words(const Trace& trace, const TraceRow& row) {
  std::string who = trace.name_of(row.process), what(row.what);
  if (row.peer.value() < 0) return fmt::format("{} of {} did not come", what, who);
  std::string peer = trace.name_of(row.peer);
  if (!row.is_message) return fmt::format("{} could not {} to {}", who, what, peer);
  return fmt::format("{} from {} to {} did not arrive", what, who, peer);
}

std::string event_words(const Trace& trace, const TraceRow& row) {
  std::string who = trace.name_of(row.process), what(row.what);
  if (row.is_message) {
    std::string from = row.peer.value() < 0 ? "" : " from " + trace.name_of(row.peer);
    std::string late = row.cause2.value() == 0 ? "" : ", held back since " + clock_of(row.sent);
    return fmt::format("{} got {}{}{}", who, what, from, late);
  }
  if (!what.empty()) {
    return fmt::format("{}: timer {} went off{}", who, what,
                       row.cause2.value() == 0 ? "" : ", as something did not come");
  }
  if (row.at == "process.on_boot") return who + " started";
  if (row.at == "network.connected") return who + " got its connection";
  if (row.at == "network.closed") return who + " lost a connection";
  return who + (row.at.empty() ? " went on" : " went on with its work");
}

}  // namespace

std::string words_of(const Trace& trace, const TraceRow& row) {
  std::string what(row.what);
  switch (row.kind) {
    case sim::TraceKind::kSuppressed:
      return suppressed_words(trace, row);
    case sim::TraceKind::kFault:
      return fmt::format("fault: {} {}{}", what, row.at == "fault.end" ? "ended" : "began",
                         field_words(trace, row));
    case sim::TraceKind::kNote:
      return fmt::format("{}: {}{}", trace.name_of(row.process), what, field_words(trace, row));
    case sim::TraceKind::kEvent:
      break;
  }
  return event_words(trace, row);
}

}  // namespace scenarios
