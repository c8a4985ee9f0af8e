// SPDX-License-Identifier: Apache-2.0
//
// What the judge measures: times, and how many records there were of what it is asked about.

#include <utility>

#include "models/checkers/history/judge.h"
#include "models/checkers/history/latency.h"
#include "sim/check.h"

namespace models {

std::optional<UnavailableWindow> Judge::unavailable(std::string_view topic,
                                                    int32_t partition) const {
  SIM_CHECK(finished_);
  return availability_.longest(topics_, topic.empty() ? -1 : topics_.number_of(topic), partition);
}

Latencies Judge::latencies(std::string_view producer_plan) const {
  SIM_CHECK(finished_);
  std::vector<sim::Duration> values;
  values.reserve(static_cast<size_t>(acknowledged(producer_plan)));
  for (const RecordStore::Producer& producer : records_.producers()) {
    if (!producer_plan.empty() && producer.judged.plan != producer_plan) continue;
    for (const SentRecord& record : producer.records)
      if (record.state == RecordState::kAcknowledged)
        values.push_back(record.decided - record.sent);
  }
  return latencies_of(std::move(values));
}

const SentRecord* Judge::slowest(std::string_view producer_plan) const {
  const SentRecord* slowest = nullptr;
  for (const RecordStore::Producer& producer : records_.producers()) {
    if (!producer_plan.empty() && producer.judged.plan != producer_plan) continue;
    for (const SentRecord& record : producer.records) {
      if (record.state != RecordState::kAcknowledged) continue;
      bool slower =
          slowest == nullptr || record.decided - record.sent > slowest->decided - slowest->sent;
      if (slower) slowest = &record;
    }
  }
  return slowest;
}

const SentRecord* Judge::first_failure(std::string_view producer_plan) const {
  const SentRecord* first = nullptr;
  for (const RecordStore::Producer& producer : records_.producers()) {
    if (!producer_plan.empty() && producer.judged.plan != producer_plan) continue;
    for (const SentRecord& record : producer.records) {
      if (record.state != RecordState::kFailed) continue;
      if (first == nullptr || record.event < first->event) first = &record;
    }
  }
  return first;
}

template <class Counts>
int64_t Judge::count_records(std::string_view topic, int32_t partition,
                             const Counts& counts) const {
  int32_t number = topic.empty() ? -1 : topics_.number_of(topic);
  int64_t total = 0;
  for (const RecordStore::Producer& producer : records_.producers()) {
    for (const SentRecord& record : producer.records) {
      if (number >= 0 && record.topic != number) continue;
      if (partition >= 0 && record.partition != partition) continue;
      total += counts(record);
    }
  }
  return total;
}

int64_t Judge::acknowledged_in(std::string_view topic, int32_t partition) const {
  return count_records(topic, partition, [](const SentRecord& record) {
    return record.state == RecordState::kAcknowledged;
  });
}

int64_t Judge::sent_in(std::string_view topic, int32_t partition) const {
  return count_records(topic, partition, [](const SentRecord& record) {
    return record.state != RecordState::kNeverSent;
  });
}

int64_t Judge::audited_records() const { return readers_[0].given; }

TopicPartition Judge::partition_of(const SentRecord& record) const {
  return topics_.name_of(record.key());
}

}  // namespace models
