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
  std::vector<std::string> topics = {};  // That its plan reads.
};
struct JudgedTopic {
  std::string name;
  int32_t partitions = 0;
  int32_t replication_factor = 1;
  TopicConfig config;
  // By partition: what lies below is older than the run, and nobody's business.
  std::vector<Offset> older_below = {};
};
struct JudgeOptions {
  std::vector<JudgedProducer> producers;
  std::vector<JudgedConsumer> consumers;
  std::vector<JudgedTopic> topics;
};

// The power failed on `node`, and some of what it had written and not flushed was gone.
struct LostTail {
  TopicPartition partition;
  NodeId node = kNoNode;
  sim::SimTime at;
  sim::EventId event;      // The fault.
  bool disk_lied = false;  // Its disk did not keep what it said was flushed.
};
// Bits of what `node` has on its disk went bad.
struct BitRot {
  TopicPartition partition;
  NodeId node = kNoNode;
  sim::SimTime at;
  sim::EventId event;  // The fault.
};
// A replica became the leader.
struct LeaderElection {
  TopicPartition partition;
  sim::SimTime at;
  sim::EventId event;
  bool unclean = false;
};
// A replica removed `records` from `to` on, to follow its leader.
struct LogCut {
  TopicPartition partition;
  Offset to;
  int64_t records = 0;
  sim::SimTime at;
  sim::EventId event;
};

// A replica deleted what comes before `start`.
struct LogStartMove {
  TopicPartition partition;
  Offset start;
  sim::SimTime at;
  sim::EventId event;
  bool was_asked = false;  // By an administrator (DeleteRecords).
};
// A leader that did not know an idempotent producer took its batch at `offset`, which was not its
// first: it takes any first sequence (ProducerAppendInfo.checkSequence).
struct UnknownProducer {
  TopicPartition partition;
  Offset offset;
  ProducerId producer_id = kNoProducerId;
  int32_t producer = 0;  // Its number in RecordIds; 0: nobody knows.
  sim::SimTime at;
  sim::EventId event;
};
// A leader refused a batch that it had stored before it started anew: of each producer the snapshots
// have the last batch only (ProducerStateManager.readSnapshot). Its log ended at `offset`.
struct ForgottenBatch {
  TopicPartition partition;
  Offset offset;
  sim::SimTime at;
  sim::EventId event;
};
// What the run knows of the cluster; each list in any order.
struct RunFacts {
  std::vector<LostTail> lost_tails;
  std::vector<LogStartMove> log_starts;
  std::vector<LeaderElection> elections;
  std::vector<LogCut> cuts;
  std::vector<BitRot> rot;
  std::vector<UnknownProducer> unknown_producers;
  std::vector<ForgottenBatch> forgotten_batches;
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
  // Where an explanation starts. lost: what took it - an election, a cut, a loss of power - or if
  // nobody knows, its acknowledgement; others: the poll, or what replaced the log.
  sim::EventId event;
  // The setting that permits it, as in "acks=1"; empty: a broken promise.
  std::string permitted_by;
};

struct UnavailableWindow {
  TopicPartition partition;
  sim::SimTime from, to;
  sim::Duration length() const { return to - from; }
};

// kUnknown: nothing was missed, but not all was read, or there was nothing to be given.
enum class Guarantee : uint8_t { kUnknown, kNone, kAtMostOnce, kAtLeastOnce, kExactlyOnce };
std::string_view name_of(Guarantee guarantee);  // "exactly-once", ...

// What a plan got.
struct PlanJudgement {
  Guarantee guarantee = Guarantee::kUnknown;
  bool repeated = false;  // It was given some record again, or one that was never sent.
  int64_t unread = 0;     // Acknowledged records that it had not come to when the run ended.
};

// Acknowledged records of a partition that a setting removed in time: neither lost nor a failure.
struct RemovalCount {
  TopicPartition partition;
  std::string by;  // "retention.ms", "cleanup.policy=compact", "delete_records"
  int64_t records = 0;
  Offset before;  // Behind the last of them; 0: unknown.
};

// All anomalies of one kind that one reader saw and one setting permits.
struct AnomalyCount {
  AnomalyKind kind{};
  std::string reader;        // "" when it is the auditor.
  std::string permitted_by;  // Empty: broken promises.
  int64_t total = 0;
  int64_t kept = 0;  // That are told in full.
};

struct Latencies {
  int64_t count = 0;
  sim::Duration p50, p90, p99, p999, max;
};

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_JUDGE_TYPES_H_
