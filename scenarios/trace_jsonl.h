// SPDX-License-Identifier: Apache-2.0
//
// A trace as JSON lines. Times are nanoseconds of simulated time.
//
//   {"faultline":"trace","schema":1,"scenario":"leader_crash","seed":1,"version":"0.1.0",
//    "hosts":["host 1",...],"processes":["broker 1",...],"scenario_text":"..."}        first line
//   {"id":4812,"cause":4790,"cause2":0,"time":12003456000,"kind":"event","host":3,"process":5,
//    "name":"broker
//    2","at":"replica_manager.on_fetch","peer":4,"message":"FetchRequest","size":120,
//    "sent":12003000000,"fields":{...}}                            an event, see sim/trace_event.h
//   {"client_op":{"event":..,"time":..,"client":"billing-1","op":"poll","partition":"orders-0",
//    "offset":7,"record":"..."}}
//   {"metric":{"time":..,"name":"lag","argument":"billing","value":3}}
//   {"partition":{"time":..,"partition":"orders-0","leader":1,"epoch":0,"isr":"1,2"}}
//   {"fault":{"event":..,"began":..,"ended":..,"text":"crash broker 2","bit":"..."}}
//   {"finding":{"event":..,"time":..,"kind":"violation","text":"..."}}
//   {"end":{"events":9000,"digest":"5f1c9a0277d13e80","verdict":"PASS"}}                last line
//
// Of an event, what it does not have is left out: cause 0, cause2 0, host, process and peer -1,
// an empty `at` or `what`, no fields. A message's name is `message`; the name of a timer, fault or
// note is `what`. "size" and "sent" are of messages. Lines of events come in the order of
// happening; an event's own notes stand before it. The file has another name until it is whole, so a
// run that dies leaves an older trace as it was; a pipe or a device is written to at once.

#ifndef SCENARIOS_TRACE_JSONL_H_
#define SCENARIOS_TRACE_JSONL_H_

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/trace_fields.h"
#include "scenarios/trace_file.h"

namespace scenarios {

inline constexpr std::string_view kJsonlBegin = R"({"faultline":"trace")";

class JsonlSink final : public TraceFile {
 public:
  static absl::StatusOr<std::unique_ptr<JsonlSink>> open(const std::string& path,
                                                         const TraceFacts& facts);
  ~JsonlSink() override;

  void record(const sim::TraceEvent& event) override;
  void add_client_op(sim::EventId event, sim::SimTime at, std::string_view client,
                     std::string_view kind, std::string_view partition, int64_t offset,
                     std::string_view record) override;
  void add_metric(sim::SimTime at, std::string_view name, std::string_view argument,
                  int64_t value) override;
  void add_partition(sim::SimTime at, std::string_view partition, int32_t leader, int32_t epoch,
                     std::string_view isr) override;
  void add_fault(sim::EventId event, sim::SimTime began, std::optional<sim::SimTime> ended,
                 std::string_view text, std::string_view bit) override;
  void add_finding(sim::EventId event, sim::SimTime at, std::string_view kind,
                   std::string_view text) override;
  absl::Status close(const TraceEnd& end) override;

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  JsonlSink(std::string path, std::string partial, std::FILE* file, const TraceFacts& facts);
  void write_header(const TraceFacts& facts);
  void integer(std::string_view key, int64_t value);
  void text(std::string_view key, std::string_view value);
  void begin(std::string_view row);  // {"row":{
  void end_line(std::string_view brackets);
  void flush();

  std::string path_;
  std::string partial_;  // Where it is written until it is whole; empty: to `path_` at once.
  std::unique_ptr<std::FILE, Closer> file_;
  std::vector<std::string> names_;  // Of processes, as JSON.
  FieldText fields_;
  std::string buffer_;
  absl::Status status_;
  int64_t events_ = 0;
};

}  // namespace scenarios

#endif  // SCENARIOS_TRACE_JSONL_H_
