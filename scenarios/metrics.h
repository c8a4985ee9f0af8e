// SPDX-License-Identifier: Apache-2.0
//
// The catalogue of metrics: what an expectation may ask for. One table; the loader checks against
// it, `faultline metrics` prints it, the run's recorder (scenarios/recorder.h) fills it.

#ifndef SCENARIOS_METRICS_H_
#define SCENARIOS_METRICS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace scenarios {

enum class MetricUnit : uint8_t { kRecords, kCount, kDuration, kRate, kNode, kGuarantee };

enum class MetricArgument : uint8_t {
  kNone,              // f
  kTopicOrPartition,  // f, f(orders), f(orders-0)
  kPartition,         // f(orders-0), needed
  kConsumer,          // f(billing), needed
  kMaybeConsumer,     // f, f(billing)
  kMaybeProducer,     // f, f(checkout)
  kPercentile,        // f(p99), f(p99, checkout); p50, p90, p99, p999, max
};

enum class MetricKind : uint8_t {
  kFinal,    // Known when the run is over; may be asked at the end only.
  kGauge,    // Has a value at each time: `at`, `during` and `always` hold if it does at all times.
  kCounter,  // Counts up: `during A..B` asks for its growth.
};

struct MetricDef {
  std::string_view name;
  MetricUnit unit{};
  MetricArgument argument{};
  MetricKind kind{};
  std::string_view about;  // One line for people.
};

// In the order of the documentation.
std::span<const MetricDef> all_metrics();
const MetricDef* find_metric(std::string_view name);  // Null: no such metric.
std::string_view name_of(MetricUnit unit);            // "records", "duration", ...

}  // namespace scenarios

#endif  // SCENARIOS_METRICS_H_
