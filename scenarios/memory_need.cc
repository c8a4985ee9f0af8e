// SPDX-License-Identifier: Apache-2.0

#include "scenarios/memory_need.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/format.h"
#include "scenarios/loader_parts.h"

namespace scenarios {

namespace {

// Of each record: the judge's account, what each reader was given, its share of a batch.
constexpr int64_t kOfAccount = 48, kOfReading = 20, kOfBatch = 40;

int64_t readers_of(const Scenario& scenario, const std::string& topic) {
  int64_t readers = 1;  // The auditor.
  for (const ConsumerPlan& consumer : scenario.consumers) {
    const std::vector<std::string>& topics = consumer.topics;
    readers += std::find(topics.begin(), topics.end(), topic) != topics.end();
  }
  return readers;
}

__int128 bytes_of(const ProducerPlan& producer, const Scenario& scenario, __int128 records) {
  const TopicPlan* topic = find_topic(scenario, producer.topic);
  int64_t replicas = topic == nullptr ? 1 : topic->replication_factor;
  int64_t run_ms = scenario.duration.millis();
  __int128 stored = records;
  if (topic != nullptr && topic->config.retention_ms > 0 && topic->config.retention_ms < run_ms)
    stored = records * topic->config.retention_ms / run_ms;
  return records * (kOfAccount + kOfReading * readers_of(scenario, producer.topic)) +
         stored * replicas * (producer.value_bytes + kOfBatch);
}

int64_t clamped(__int128 number) {
  constexpr __int128 kMost = INT64_MAX;
  return static_cast<int64_t>(std::min(number, kMost));
}

}  // namespace

MemoryNeed memory_need(const Scenario& scenario) {
  MemoryNeed need;
  __int128 all_records = 0, all_bytes = 0, most = 0;
  for (size_t i = 0; i < scenario.producers.size(); ++i) {
    const ProducerPlan& producer = scenario.producers[i];
    __int128 records = static_cast<__int128>(producer.records) * producer.count *
                       scenario.duration.nanos() / std::max<int64_t>(1, producer.per.nanos());
    __int128 bytes = bytes_of(producer, scenario, records);
    all_records += records;
    all_bytes += bytes;
    if (bytes > most) need.largest = i;
    most = std::max(most, bytes);
  }
  need.records = clamped(all_records);
  need.bytes = clamped(all_bytes);
  return need;
}

std::string to_string(const MemoryNeed& need) {
  return fmt::format("about {} records need {} GB of memory", with_commas(need.records),
                     with_commas(need.gigabytes()));
}

}  // namespace scenarios
