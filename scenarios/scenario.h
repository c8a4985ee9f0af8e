// SPDX-License-Identifier: Apache-2.0
//
// A scenario as a value: what the loader makes of a file, and all that a run needs to know. Plain
// data, checked by the loader; nothing here remembers JSON.
// The file format is documented by scenarios/schema/scenario.schema.json.

#ifndef SCENARIOS_SCENARIO_H_
#define SCENARIOS_SCENARIO_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/clients/workload.h"
#include "models/common/config.h"
#include "models/common/ids.h"
#include "models/common/metadata_image.h"
#include "models/common/mutations.h"
#include "models/protocol/delete_records.h"
#include "scenarios/disk_import.h"
#include "sim/rng.h"
#include "sim/time.h"

namespace scenarios {

// Kafka's keys and values as the file gave them, in the file's order; typed values stand beside.
using ConfigText = std::vector<std::pair<std::string, std::string>>;

// A real broker's log.dir, with which a simulated broker begins.
struct ImportPlan {
  int32_t broker = 1;
  std::string directory;  // As written.
  std::shared_ptr<const sim::SimDisk> disk;
  models::BrokerEpoch former_epoch = models::kNoBrokerEpoch;  // In its marker of a clean stop.
  std::vector<StartedLog> logs;  // As a broker that starts on it has them.
};

struct ClusterPlan {
  int32_t brokers = 3;
  int32_t controllers = 1;
  std::string region = "region";
  std::vector<std::string> racks;  // Of broker 1, 2, ..., and from the first again; empty: none.
  int16_t elr_version = 1;         // eligible.leader.replicas.version
  std::vector<ImportPlan> imports;
  ConfigText config_text;
  models::BrokerConfig config;
};

struct TopicPlan {
  std::string name;
  int32_t partitions = 1;
  int32_t final_partitions = 1;  // With those that actions add.
  int16_t replication_factor = 1;
  ConfigText config_text;
  models::TopicConfig config;  // The cluster's defaults, overridden by the topic's own.
  // Of a topic that is in the imported directories, by partition.
  models::Uuid imported_id;
  std::vector<models::PartitionRegistration> imported;
  std::vector<models::Offset> imported_ends;
};

struct ProducerPlan {
  std::string name;
  int32_t count = 1;
  std::string topic;
  int64_t records = 0;  // `records` every `per`, by each of `count`.
  sim::Duration per = sim::Duration::seconds(1);
  models::KeySkew skew = models::KeySkew::kNone;
  int32_t distinct_keys = 0;
  int32_t value_bytes = 100;
  sim::Ratio tombstones{0, 1};
  ConfigText config_text;
  models::ProducerConfig config;
};

// Partitions are assigned when the run begins ("assignment": "static"), the i-th partition of each
// topic to member i modulo `count`.
struct ConsumerPlan {
  std::string name;
  int32_t count = 1;
  std::vector<std::string> topics;
  sim::Duration processing;  // Of one record.
  ConfigText config_text;
  models::ConsumerConfig config;
};

// Whom a fault hits, as written; resolved when the fault begins (scenarios/selectors.h).
struct Target {
  enum class Kind : uint8_t {
    kBroker,      // "broker 2"
    kLeader,      // "leader of orders-0"
    kFollower,    // "follower of orders-0": the first in the replica list that is alive; with
                  // "random": any
    kController,  // "controller": the active one; "controller 3001": that one (`node`)
    kAnyBroker,   // "any broker": a living one, drawn
    kClient,      // "client billing" (all its members) or "client billing-2" (one, from 1)
    kZone,        // "zone a": all that is in that rack
    kRegion,      // "region eus2": all that is there
  };
  Kind kind = Kind::kBroker;
  bool random = false;
  int32_t node = 0;
  models::TopicPartition partition;
  std::string client;
  std::string place;  // A zone's name, or a region's.
  std::string text;   // As written.
  bool operator==(const Target&) const = default;
};

enum class FaultVerb : uint8_t {
  kCrash,
  kPowerOff,
  kPause,
  kPartition,
  kIsolate,
  kSlowLink,
  kLossyLink,
  kDrop,
  kDelay,
  kSlowDisk,
  kFailingDisk,
  kFullDisk,
  kLyingDisk,
  kCorruptDisk,
  kSlowCpu,
  kSkewClock,
  kKillClient,
  kStallClient,
  kZoneOutage,
  kRegionOutage,
  kRestartRolling,
};
// Its targets lose power.
constexpr bool takes_power(FaultVerb verb) {
  return verb == FaultVerb::kPowerOff || verb == FaultVerb::kZoneOutage ||
         verb == FaultVerb::kRegionOutage;
}

enum class ActionVerb : uint8_t {
  kCreateTopic,
  kDeleteTopic,
  kAddPartitions,
  kAlterConfig,
  kAlterBrokerConfig,
  kReassign,
  kElectPreferred,
  kElectUnclean,
  kDeleteRecords,
};

// What an administrator does. Topics are named as they will be at that time.
struct ActionPlan {
  ActionVerb verb = ActionVerb::kCreateTopic;
  sim::SimTime at;
  sim::Duration every;  // With times > 1.
  int32_t times = 1;
  std::string topic;                                // Elections: of all its partitions; empty: of
  std::optional<models::TopicPartition> partition;  // this one, or else of all there are.
  int32_t partitions = 1;                           // create_topic; add_partitions: in all.
  int16_t replication_factor = 1;                   // create_topic
  ConfigText config;
  std::vector<Target> brokers;  // reassign: the replicas; alter_broker_config: whose; empty: all.
  bool cancels = false;         // reassign
  models::Offset before = models::kToHighWatermark;  // delete_records
  int32_t index = 0;                                 // Its place in the file, from 0.
  std::string text;  // "reassign orders-0 to broker 4, broker 2", for reports.
};

enum class CompareOp : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// When an expectation looks.
struct AskedWhen {
  enum class Kind : uint8_t { kAtEnd, kAt, kDuring, kAlways };
  Kind kind = Kind::kAtEnd;
  sim::SimTime from, to;  // kAt: `from`; kDuring: [from, to].
};

// METRIC(ARGS) OP VALUE [at T | at end | during A..B | always]
struct Expectation {
  std::string text;
  std::string metric;
  std::vector<std::string> arguments;
  CompareOp op = CompareOp::kEqual;
  int64_t value = 0;      // In the metric's own unit: records, nanoseconds, count, thousandths/s.
  std::string word;       // For guarantee: "exactly-once".
  bool has_time = false;  // The text says when; else it is at the end.
  AskedWhen when;
};

struct FaultPlan {
  FaultVerb verb = FaultVerb::kCrash;
  // One side for most verbs (its targets are hit together); two or more for partition; links
  // (slow_link, lossy_link) have one or two: within or between. drop, delay: who sends and who
  // receives; an empty side: anybody. restart_rolling: its order; empty: all.
  std::vector<std::vector<Target>> sides;
  sim::SimTime at;
  std::optional<sim::Duration> lasts;  // "for"; nothing: to the end of the run.
  sim::Duration every;                 // With times > 1.
  int32_t times = 1;
  std::optional<sim::SimTime> until;  // From then on it neither begins nor lasts.
  // It begins when this becomes true, from `at` on, up to `times` times.
  std::optional<Expectation> when;
  bool one_way = false;           // partition
  sim::Ratio factor{1, 1};        // slow_link, slow_disk, slow_cpu
  sim::Duration added;            // slow_link, delay "latency"
  sim::Ratio probability{1, 1};   // lossy_link, drop, delay
  std::string message;            // drop, delay: "AlterPartitionRequest"
  sim::Duration offset;           // skew_clock
  int64_t drift_ppb = 0;          // skew_clock "drift"
  int64_t at_disk_operation = 0;  // crash
  bool fails_reads = true;        // failing_disk "operations"
  bool fails_writes = true;
  int64_t free_bytes = 0;    // full_disk "free"
  std::string log_dir;       // failing_disk, full_disk, lying_disk, corrupt_disk; empty: all.
  std::string in;            // corrupt_disk: a partition; empty: all.
  std::string file;          // corrupt_disk: suffix of the files.
  bool zeroed_page = false;  // corrupt_disk "what"
  int64_t count = 1;         // corrupt_disk; drop, delay, where 0 is no limit.
  sim::Duration down;        // restart_rolling: how long each stays down.
  sim::Duration settle;      // restart_rolling: longest wait for full ISRs.
  int32_t index = 0;         // Its place in the file, from 0.
  std::string text;          // "crash leader of orders-0", for reports.
};

struct Scenario {
  std::string file;    // As given on the command line; for the replay line.
  std::string source;  // The file's text.
  std::string name;
  std::string title;
  std::string why;
  uint64_t seed = 1;
  sim::Duration duration;
  ClusterPlan cluster;
  std::vector<TopicPlan> topics;  // In the file's order.
  std::vector<ProducerPlan> producers;
  std::vector<ConsumerPlan> consumers;
  std::vector<FaultPlan> faults;
  std::vector<ActionPlan> actions;
  std::vector<Expectation> expect;
  models::MutationSet mutations;
  // Settings that Kafka itself changes in silence because of others ("checkout: idempotence is off ..."),
  // for the report.
  std::vector<std::string> notes;
};

std::string_view name_of(FaultVerb verb);
std::string_view name_of(CompareOp op);  // "=="
bool compare(int64_t a, CompareOp op, int64_t b);

}  // namespace scenarios

#endif  // SCENARIOS_SCENARIO_H_
