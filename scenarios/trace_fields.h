// SPDX-License-Identifier: Apache-2.0
//
// Fields of messages, notes and faults as JSON text, written as they are visited. Both forms of a
// trace take their fields from here, so they say the same.
//
// A message's lists are cut: a response with 50 partitions would make the trace larger than the
// run. What was left out is told in the list's last element, "+46". A message's numbers of -1, the
// protocol's word for none, are left out too. Payloads never appear: the visitor shows a Cord as
// its size.

#ifndef SCENARIOS_TRACE_FIELDS_H_
#define SCENARIOS_TRACE_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fields.h"
#include "sim/trace_event.h"

namespace scenarios {

void append_integer(std::string& json, int64_t value);
// With its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string& json, std::string_view text);

class FieldText final : public sim::FieldSink {
 public:
  // The fields of `event` as a JSON object; empty if it has none. Good until the next call.
  std::string_view of(const sim::TraceEvent& event);

  void integer(std::string_view name, int64_t value) override;
  void boolean(std::string_view name, bool value) override;
  void text(std::string_view name, std::string_view value) override;
  void begin_group(std::string_view name) override;
  void end_group() override;
  void begin_list(std::string_view name) override;
  void end_list() override;

  static constexpr size_t kListedOfMessage = 2;

 private:
  struct Level {
    bool list = false;
    size_t count = 0;
  };
  // Begins a member or element; false: it is left out.
  bool begin(std::string_view name);
  void begin_level(std::string_view name, bool list);
  void end_level();

  std::string json_;
  std::vector<Level> levels_;
  bool of_message_ = false;
  size_t listed_ = 0;    // Of a list, at most.
  size_t skipping_ = 0;  // Depth inside an element that is left out.
};

}  // namespace scenarios

#endif  // SCENARIOS_TRACE_FIELDS_H_
