// SPDX-License-Identifier: Apache-2.0

#include "scenarios/report_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/format.h"

namespace scenarios {

namespace {

using models::Anomaly;
using models::AnomalyKind;

std::string reader_of(const Anomaly& anomaly) {
  return anomaly.reader.empty() ? "the auditor" : anomaly.reader;
}

// "acknowledged 00:10.250 to checkout-1"; "sent 00:10.250 by checkout-1"
std::string sending_of(const Anomaly& anomaly) {
  if (anomaly.acknowledged)
    return fmt::format("acknowledged {} to {}", clock_of(*anomaly.acknowledged), anomaly.producer);
  if (anomaly.sent) return fmt::format("sent {} by {}", clock_of(*anomaly.sent), anomaly.producer);
  return "never sent";
}

}  // namespace

size_t columns_of(std::string_view text) {
  size_t columns = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size());
    } else {
      columns += (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;  // Not a continuation.
    }
  }
  return columns;
}

std::string wrapped_step(std::string_view step, size_t hang, size_t columns) {
  size_t place = std::min(step.rfind("  ["), step.size());
  if (place == step.size() || columns_of(step) <= columns) return wrapped(step, hang, columns);
  std::string lines = wrapped(step.substr(0, place), hang, columns);
  size_t last = columns_of(std::string_view(lines).substr(lines.rfind('\n') + 1));
  if (last + columns_of(step.substr(place)) <= columns) return lines.append(step.substr(place));
  return lines + "\n" + std::string(hang, ' ').append(step.substr(place + 2));
}

std::string wrapped(std::string_view text, size_t hang, size_t columns) {
  std::string out, line;
  bool begun = false;  // The line has a word.
  while (!text.empty()) {
    size_t word = std::min(text.find_first_not_of(' '), text.size());
    size_t end = std::min(text.find(' ', word), text.size());
    if (begun && columns_of(line) + columns_of(text.substr(0, end)) > columns) {
      out += line + "\n";
      line = std::string(hang, ' ');
      text.remove_prefix(word);
      end -= word;
    }
    line += text.substr(0, end);
    begun = true;
    text.remove_prefix(end);
  }
  return out + line;
}

std::string place_of(const Anomaly& anomaly) {
  std::string partition = to_string(anomaly.partition);
  if (anomaly.offset == models::kNoOffset)
    return partition + ", offset unknown" + (anomaly.permitted_by == "acks=0" ? " (acks=0)" : "");
  return partition + "@" + std::to_string(anomaly.offset.value());
}

std::string account_of(const Anomaly& anomaly) {
  int64_t other = anomaly.other_offset.value();
  std::string by = anomaly.reader.empty() ? "" : ", as given to " + anomaly.reader;
  switch (anomaly.kind) {
    case AnomalyKind::kLost:
      return sending_of(anomaly);
    case AnomalyKind::kDuplicated:
      return fmt::format("again after @{}{}, {}", other, by, sending_of(anomaly));
    case AnomalyKind::kReordered:
      return fmt::format("before @{}, which {} sent earlier{}", other, anomaly.producer, by);
    case AnomalyKind::kPhantom:
      return fmt::format("read by {}, never sent", reader_of(anomaly));
    case AnomalyKind::kInconsistentOffset:
      return fmt::format("{} found another record there than was read before", reader_of(anomaly));
    case AnomalyKind::kSkipped:
      return fmt::format("passed over by {}, {}", reader_of(anomaly), sending_of(anomaly));
  }
  return {};
}

}  // namespace scenarios
