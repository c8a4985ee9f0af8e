// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/history/availability.h"

#include "sim/check.h"

namespace models {

void Availability::Waiting::close(sim::SimTime at) {
  if (!any || at - since > to - from) {
    from = since;
    to = at;
    any = true;
  }
  since = at;
}

void Availability::sent(PartitionKey key, sim::SimTime at) {
  Waiting& partition = partitions_.at(key);
  if (partition.records++ == 0) partition.since = at;
}

void Availability::acknowledged(PartitionKey key, int64_t count, sim::SimTime at) {
  Waiting& partition = partitions_.at(key);
  SIM_CHECK(count > 0 && count <= partition.records, count, partition.records);
  partition.close(at);
  partition.records -= count;
}

void Availability::failed(PartitionKey key, int64_t count, sim::SimTime at) {
  Waiting& partition = partitions_.at(key);
  SIM_CHECK(count > 0 && count <= partition.records, count, partition.records);
  partition.records -= count;
  if (partition.records == 0) partition.close(at);
}

void Availability::finish(sim::SimTime end) {
  partitions_.for_each([&](PartitionKey key, const Waiting& waiting) {
    if (waiting.records > 0) partitions_.at(key).close(end);
  });
}

std::optional<UnavailableWindow> Availability::longest(const TopicTable& topics, int32_t topic,
                                                       int32_t partition) const {
  std::optional<UnavailableWindow> longest;
  partitions_.for_each([&](PartitionKey key, const Waiting& waiting) {
    if (!waiting.any || (topic >= 0 && key.topic != topic)) return;
    if (partition >= 0 && key.partition != partition) return;
    UnavailableWindow window{topics.name_of(key), waiting.from, waiting.to};
    bool longer = !longest || window.length() > longest->length();
    bool earlier = longest && window.length() == longest->length() && window.from < longest->from;
    if (longer || earlier) longest = std::move(window);
  });
  return longest;
}

}  // namespace models
