// SPDX-License-Identifier: Apache-2.0

#include "scenarios/metrics.h"

namespace scenarios {

namespace {

using A = MetricArgument;
using K = MetricKind;
using U = MetricUnit;

constexpr MetricDef kMetrics[] = {
    // What clients saw.
    {"lost", U::kRecords, A::kTopicOrPartition, K::kFinal,
     "acknowledged records that nobody can read at the end, though no setting removed them in "
     "time"},
    {"deleted", U::kRecords, A::kTopicOrPartition, K::kFinal,
     "acknowledged records that retention or compaction removed: they are not lost"},
    {"duplicated", U::kRecords, A::kMaybeConsumer, K::kFinal,
     "records stored more than once; of a consumer: records it was given more than once"},
    {"reordered", U::kRecords, A::kMaybeConsumer, K::kFinal,
     "records that come before one that their producer sent earlier to the same partition"},
    {"phantom", U::kRecords, A::kMaybeConsumer, K::kFinal, "records that were read and never sent"},
    {"inconsistent_offsets", U::kCount, A::kNone, K::kFinal,
     "offsets at which a reader found another record than was read there before; all readers "
     "together"},
    {"skipped", U::kRecords, A::kConsumer, K::kFinal,
     "records that a consumer passed over without being given them"},
    {"guarantee", U::kGuarantee, A::kConsumer, K::kFinal,
     "what the consumer got of all that was acknowledged: exactly-once, at-least-once, "
     "at-most-once or none; not judged if it did not come to the end of it"},
    {"unavailable", U::kDuration, A::kTopicOrPartition, K::kFinal,
     "longest time in which records of one partition waited and none was acknowledged"},
    {"produce_latency", U::kDuration, A::kPercentile, K::kFinal,
     "from send() to the acknowledgement: p50, p90, p99, p999 or max"},
    {"throughput", U::kRate, A::kMaybeProducer, K::kFinal,
     "records acknowledged a second, over the scenario's duration"},
    {"produced", U::kRecords, A::kMaybeProducer, K::kCounter, "records that applications sent"},
    {"acknowledged", U::kRecords, A::kMaybeProducer, K::kCounter,
     "records whose callback said success"},
    {"failed", U::kRecords, A::kMaybeProducer, K::kCounter, "records whose callback said failure"},
    {"consumed", U::kRecords, A::kMaybeConsumer, K::kCounter,
     "records handed to applications by poll()"},
    {"lag", U::kRecords, A::kConsumer, K::kGauge,
     "records below the high watermark that the consumer has not been given yet, all its "
     "partitions"},
    {"max_lag", U::kRecords, A::kConsumer, K::kFinal, "the highest lag of the run"},
    {"convergence", U::kDuration, A::kNone, K::kFinal,
     "from the end of the load and of the last fault until all is at rest: clients have delivered "
     "and read everything, every node runs and knows the same metadata, every replica is in sync; "
     "a run that asks for it waits for it"},
    // The cluster's own state, as its controller has committed it.
    {"isr", U::kCount, A::kPartition, K::kGauge, "in-sync replicas"},
    {"leader", U::kNode, A::kPartition, K::kGauge, "node id of the leader; -1: none"},
    {"under_replicated", U::kCount, A::kNone, K::kGauge, "partitions whose ISR lacks a replica"},
    {"under_min_isr", U::kCount, A::kNone, K::kGauge,
     "partitions with fewer in-sync replicas than min.insync.replicas"},
    {"offline", U::kCount, A::kNone, K::kGauge, "partitions without a leader"},
    {"fenced_brokers", U::kCount, A::kNone, K::kGauge, "registered brokers that are fenced"},
    {"active_controllers", U::kCount, A::kNone, K::kGauge,
     "controllers that take themselves for the active one; one that is cut off does so until its "
     "check of the quorum"},
    {"no_controller", U::kDuration, A::kNone, K::kFinal,
     "longest time without an active controller, from the first one on"},
    {"leader_changes", U::kCount, A::kTopicOrPartition, K::kCounter, "elections after the first"},
    {"unclean_elections", U::kCount, A::kTopicOrPartition, K::kCounter,
     "elections of a replica from outside the ISR"},
    {"isr_shrinks", U::kCount, A::kTopicOrPartition, K::kCounter,
     "changes that took a replica out of the ISR"},
    {"isr_expands", U::kCount, A::kTopicOrPartition, K::kCounter,
     "changes that put a replica into the ISR"},
    {"truncated", U::kRecords, A::kTopicOrPartition, K::kCounter,
     "records that replicas removed from their logs, to follow a new leader"},
    {"cleaned", U::kRecords, A::kTopicOrPartition, K::kCounter,
     "records that cleaners removed from compacted logs, all replicas together"},
};

}  // namespace

std::span<const MetricDef> all_metrics() { return kMetrics; }

const MetricDef* find_metric(std::string_view name) {
  for (const MetricDef& metric : kMetrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

std::string_view name_of(MetricUnit unit) {
  switch (unit) {
    case U::kRecords:
      return "records";
    case U::kCount:
      return "count";
    case U::kDuration:
      return "duration";
    case U::kRate:
      return "records/s";
    case U::kNode:
      return "node id";
    case U::kGuarantee:
      return "guarantee";
  }
  return "?";
}

}  // namespace scenarios
