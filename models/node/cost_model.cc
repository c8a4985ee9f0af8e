// SPDX-License-Identifier: Apache-2.0

#include "models/node/cost_model.h"

#include <variant>

namespace models {

namespace {

template <class... Cases>
struct Overload : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

int64_t count(const auto& list) { return static_cast<int64_t>(list.size()); }

}  // namespace

sim::Duration CostModel::handle(const Message& request) const {
  return std::visit(Overload{[&](const ProduceRequest& produce) {
                               sim::Duration cost = produce_request;
                               for (const PartitionProduceData& data : produce.partitions)
                                 cost +=
                                     produce_batch +
                                     produce_bytes.of(static_cast<int64_t>(data.records.size()));
                               return cost;
                             },
                             [&](const FetchRequest& fetch) {
                               return fetch_request + fetch_partition * count(fetch.partitions);
                             },
                             [&](const ListOffsetsRequest&) { return fetch_request; },
                             [&](const InitProducerIdRequest&) { return coordinator_request; },
                             [&](const auto&) { return control_request; }},
                    request);
}

sim::Duration CostModel::reply(const Message& reply) const {
  return std::visit(
      Overload{[&](const FetchResponse& fetch) {
                 sim::Duration cost;
                 for (const FetchPartitionData& data : fetch.partitions) {
                   if (data.records.empty()) continue;
                   cost += fetch_partition_with_data +
                           fetch_bytes.of(static_cast<int64_t>(data.records.size()));
                 }
                 return cost;
               },
               [&](const FetchSnapshotResponse& snapshot) {
                 return fetch_bytes.of(static_cast<int64_t>(snapshot.records.size()));
               },
               [&](const MetadataResponse& metadata) {
                 sim::Duration cost;
                 for (const MetadataTopic& topic : metadata.topics)
                   cost += metadata_partition * count(topic.partitions);
                 return cost;
               },
               [&](const auto&) { return sim::Duration(); }},
      reply);
}

sim::Duration CostModel::broker_receives(const Message& reply) const {
  if (const FetchSnapshotResponse* snapshot = std::get_if<FetchSnapshotResponse>(&reply))
    return network_request + follower_bytes.of(static_cast<int64_t>(snapshot->records.size()));
  const FetchResponse* fetch = std::get_if<FetchResponse>(&reply);
  if (fetch == nullptr) return control_request;
  sim::Duration cost = network_request;
  for (const FetchPartitionData& data : fetch->partitions) {
    if (data.records.empty()) continue;
    cost += follower_partition + follower_bytes.of(static_cast<int64_t>(data.records.size()));
  }
  return cost;
}

sim::Duration CostModel::client_receives(const Message& reply) const {
  if (const FetchResponse* fetch = std::get_if<FetchResponse>(&reply)) {
    sim::Duration cost = fetch_response;
    for (const FetchPartitionData& data : fetch->partitions)
      cost += client_bytes.of(static_cast<int64_t>(data.records.size()));
    return cost;
  }
  return client_request;
}

sim::Duration CostModel::client_sends(const Message& request) const {
  const ProduceRequest* produce = std::get_if<ProduceRequest>(&request);
  if (produce == nullptr) return sim::Duration();
  sim::Duration cost = client_batch * count(produce->partitions);
  for (const PartitionProduceData& data : produce->partitions)
    cost += client_bytes.of(static_cast<int64_t>(data.records.size()));
  return cost;
}

}  // namespace models
