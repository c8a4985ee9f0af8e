// SPDX-License-Identifier: Apache-2.0
//
// What goes into the judge and what comes out of it: plain values. See judge.h for their meaning.

#ifndef MODELS_CHECKERS_HISTORY_JUDGE_TYPES_H_
#define MODELS_CHECKERS_HISTORY_JUDGE_TYPES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/client_event.h"
#include "models/common/config.h"
#include "models/common/ids.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace models {

// What the judge is told of the clients and topics before the run.
struct JudgedProducer {
  int32_t number = 0;  // In RecordIds; unique among producers.
  std::string name;    // "checkout-1"
  std::string plan;    // "checkout": all clients of one plan are judged together.
  ProducerConfig config;
};
struct JudgedConsumer {
  int32_t number = 0;  // Unique among consumers.
  std::string name;    // "billing-1"
  std::string plan;    // "billing"
  bool auditor = false;
};
struct JudgedTopic {
  std::string name;
  int32_t partitions = 0;
  int32_t replication_factor = 1;
  TopicConfig config;
};
struct JudgeOptions {
  std::vector<JudgedProducer> producers;
  std::vector<JudgedConsumer> consumers;
  std::vector<JudgedTopic> topics;
};

enum class AnomalyKind : uint8_t {
  kLost,
  kDuplicated,
  kReordered,
  kPhantom,
  kInconsistentOffset,
  kSkipped,
};
std::string_view name_of(AnomalyKind kind);  // "lost", ...

// One record's trouble, as seen by one reader.
struct Anomaly {
  AnomalyKind kind{};
  TopicPartition partition;
  Offset offset = kNoOffset;        // Where it was acknowledged (lost) or found; -1: unknown.
  Offset other_offset = kNoOffset;  // duplicated: the first place; reordered: the later record's.
  RecordId record;
  std::string producer;  // Client name; empty for a phantom.
  std::string reader;    // Consumer plan that saw it; "" when it is the auditor.
  std::optional<sim::SimTime> sent;
  std::optional<sim::SimTime> acknowledged;
  sim::EventId event;  // Acknowledgement (lost) or poll: where an explanation starts.
  // The setting that permits it, as in "acks=1"; empty: a broken promise.
  std::string permitted_by;
};

struct UnavailableWindow {
  TopicPartition partition;
  sim::SimTime from, to;
  sim::Duration length() const { return to - from; }
};

enum class Guarantee : uint8_t { kNone, kAtMostOnce, kAtLeastOnce, kExactlyOnce };
std::string_view name_of(Guarantee guarantee);  // "exactly-once", ...

struct Latencies {
  int64_t count = 0;
  sim::Duration p50, p90, p99, p999, max;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_JUDGE_TYPES_H_
