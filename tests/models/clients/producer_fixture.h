// SPDX-License-Identifier: Apache-2.0
//
// A producer of "orders" whose load is a burst of records at its start, with the broker's replies.

#ifndef TESTS_MODELS_CLIENTS_PRODUCER_FIXTURE_H_
#define TESTS_MODELS_CLIENTS_PRODUCER_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "models/clients/producer.h"
#include "tests/models/clients/client_fixture.h"

namespace models {

struct ProducerBench {
  // `records` a second; the first is due at once. Load without end unless `seconds` says so.
  explicit ProducerBench(ProducerConfig config = {}, int64_t records = 1000, int value_bytes = 100,
                         sim::Duration load_for = sim::Duration::seconds(1000),
                         KeySkew skew = KeySkew::kUniform)
      : producer(options(at, config, records, value_bytes, load_for, skew)) {}

  static ProducerOptions options(StepFixture& at, const ProducerConfig& config, int64_t records,
                                 int value_bytes, sim::Duration load_for, KeySkew skew) {
    ProducerOptions options;
    options.topic = "orders";
    options.config = config;
    options.load.records = records;
    options.load.start = at.mono();
    options.load.end = at.mono() + load_for;
    options.load.value_bytes = value_bytes;
    options.load.skew = skew;
    options.bootstrap = {kOne};
    return options;
  }

  // Started, with metadata (by default one partition on broker 1) and producer id 70, epoch 0.
  void start(const std::vector<NodeId>& leaders = {kOne}) {
    begin();
    producer.on_init_producer_id_response(kOne, id_reply(), {}, at.step());
    know(leaders);
    at.clear();
  }
  // Started and connected to all brokers; it has asked for metadata, and for an id if it needs one.
  void begin() {
    producer.on_start(at.step());
    for (NodeId node : {kOne, kTwo, kThree}) producer.on_connected(node, at.step());
  }
  // The connection breaks, and with it fails what was in flight; a new one comes about at once.
  void disconnect(NodeId node, const std::vector<ProduceRequest>& in_flight,
                  RequestFailure why = RequestFailure::kDisconnected) {
    producer.on_disconnected(node, 50_ms, at.step());
    for (const ProduceRequest& request : in_flight)
      producer.on_request_failed(node, request, why, at.step());
    producer.on_connected(node, at.step());
  }
  void know(const std::vector<NodeId>& leaders, int epoch = 1) {
    producer.on_metadata_response(kOne, metadata(leaders, epoch), {}, at.step());
  }
  static InitProducerIdResponse id_reply() {
    return {ErrorCode::kNone, ProducerId(70), ProducerEpoch(0)};
  }
  void fire(Timer timer) { producer.on_timer({timer, 0}, at.step()); }
  // Time passes; the application sends what is due meanwhile.
  void load(sim::Duration passes) {
    at.advance(passes);
    fire(Timer::kWorkload);
  }
  void wake(sim::Duration passes) {
    at.advance(passes);
    fire(Timer::kSenderWakeup);
  }
  std::vector<std::pair<NodeId, ProduceRequest>> sent() const { return at.sent<ProduceRequest>(); }
  // Produce requests since the last call.
  std::vector<std::pair<NodeId, ProduceRequest>> take_sent() {
    auto requests = sent();
    at.clear();
    return requests;
  }
  static BatchHeader header(const ProduceRequest& request, size_t index = 0) {
    return *read_batch_header(request.partitions.at(index).records);
  }
  // Answers the oldest request to `from`.
  void reply(NodeId from, const ProduceRequest& request, ErrorCode error = ErrorCode::kNone,
             int64_t base = 0, NodeId leader = kNoNode, int leader_epoch = -1) {
    ProduceResponse response;
    for (const PartitionProduceData& data : request.partitions) {
      PartitionProduceResponse one;
      one.partition = data.partition;
      one.error = error;
      if (error == ErrorCode::kNone) one.base_offset = Offset(base);
      one.current_leader = leader;
      one.current_leader_epoch = LeaderEpoch(leader_epoch);
      response.partitions.push_back(one);
    }
    producer.on_produce_response(from, response, request, at.step());
  }

  StepFixture at;
  Producer producer;
};

}  // namespace models

#endif  // TESTS_MODELS_CLIENTS_PRODUCER_FIXTURE_H_
