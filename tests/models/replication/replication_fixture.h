// SPDX-License-Identifier: Apache-2.0
//
// Small builders shared by the tests of models/replication: batches, logs, metadata of one topic.

#ifndef TESTS_MODELS_REPLICATION_REPLICATION_FIXTURE_H_
#define TESTS_MODELS_REPLICATION_REPLICATION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "models/common/metadata_image.h"
#include "models/log/partition_log.h"
#include "models/log/record_batch.h"
#include "models/replication/replica_manager.h"
#include "tests/support/step_fixture.h"

namespace models {

using namespace sim::literals;  // NOLINT: 10_s in tests.

inline const TopicPartition kOrders0{"orders", 0};
inline const NodeId kOne{1};
inline const NodeId kTwo{2};
inline const NodeId kThree{3};

// A batch of `records` records at `base` (leaders overwrite it), as a producer would send it.
inline absl::Cord batch_of(int records, Offset base = Offset(0),
                           LeaderEpoch epoch = kNoLeaderEpoch) {
  BatchBuilder builder({.base_offset = base, .leader_epoch = epoch});
  for (int i = 0; i < records; ++i) builder.add(1'700'000'000'000, "key", "value");
  return builder.build();
}

inline PartitionLog open_log(StepFixture& at, const TopicConfig& config = {}) {
  EXPECT_TRUE(at.disk().exists("logs") || at.disk().create_directory("logs").ok());
  LogOpenOptions options{.directory = "logs/orders-0", .partition = kOrders0, .config = config};
  absl::StatusOr<PartitionLog> log = PartitionLog::open(options, at.step());
  EXPECT_TRUE(log.ok()) << log.status();
  return *std::move(log);
}

// Appends `records` records of `epoch`, one a batch, as the leader of that epoch.
inline void append(PartitionLog& log, int records, int epoch, StepFixture& at) {
  for (int i = 0; i < records; ++i) {
    EXPECT_EQ(log.append_as_leader(batch_of(1), LeaderEpoch(epoch), at.step()).error,
              ErrorCode::kNone);
  }
}

inline BrokerRegistration alive(NodeId id, int64_t epoch = 100) {
  return {.id = id, .epoch = BrokerEpoch(epoch), .fenced = false};
}

// Brokers 1, 2, 3, alive with broker epochs 101, 102, 103, and topic "orders" with one partition.
inline MetadataImage image_of(NodeId leader, int leader_epoch, std::vector<NodeId> isr,
                              int partition_epoch = 0, const TopicConfig& config = {}) {
  MetadataImage image;
  for (NodeId id : {kOne, kTwo, kThree}) image.brokers[id] = alive(id, 100 + id.value());
  TopicImage topic{.name = "orders", .id = Uuid{{7, 70}}, .config = config};
  topic.partitions.push_back({.replicas = {kOne, kTwo, kThree},
                              .isr = std::move(isr),
                              .leader = leader,
                              .leader_epoch = LeaderEpoch(leader_epoch),
                              .partition_epoch = PartitionEpoch(partition_epoch)});
  image.topics["orders"] = std::move(topic);
  return image;
}

// A delta that names everything in `image`, as the first one of a life does.
inline MetadataDelta everything(const MetadataImage& image) {
  MetadataDelta delta;
  for (const auto& [id, broker] : image.brokers) delta.brokers.insert(id);
  for (const auto& [name, topic] : image.topics) {
    delta.topics.insert(name);
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      delta.partitions.insert({name, static_cast<int32_t>(i)});
    }
  }
  return delta;
}

inline ProduceRequest produce_request(int16_t acks, int records = 1, int32_t timeout_ms = 30000) {
  return {.acks = acks, .timeout_ms = timeout_ms, .partitions = {{kOrders0, batch_of(records)}}};
}

// A fetch of "orders-0" by a follower (or by a consumer: kNoNode).
inline FetchRequest fetch_request(NodeId replica, int64_t offset, int leader_epoch,
                                  int last_fetched_epoch = -1) {
  FetchRequest request{.replica_id = replica};
  if (replica != kNoNode) request.replica_epoch = BrokerEpoch(100 + replica.value());
  request.partitions.push_back({.partition = kOrders0,
                                .current_leader_epoch = LeaderEpoch(leader_epoch),
                                .fetch_offset = Offset(offset),
                                .last_fetched_epoch = LeaderEpoch(last_fetched_epoch),
                                .log_start_offset = Offset(0)});
  return request;
}

// Broker 1 with its files, started, with a broker epoch.
struct OneBroker {
  explicit OneBroker(BrokerConfig config = {})
      : manager({.node_id = kOne,
                 .config = config,
                 .log_directory = "kafka-logs",
                 .cluster_id = "cluster"}) {
    start();
  }
  void start() {
    absl::Status started = manager.on_start(at.step());
    EXPECT_TRUE(started.ok()) << started;
    manager.set_broker_epoch(BrokerEpoch(101));
    at.clear();
  }
  void publish(const MetadataImage& image) {
    manager.on_metadata(image, everything(image), at.step());
  }
  void lead(std::vector<NodeId> isr, const TopicConfig& config = {}, int epoch = 1) {
    publish(image_of(kOne, epoch, std::move(isr), epoch, config));
    at.clear();
  }
  const HostedPartition& orders() const { return *manager.find(kOrders0); }
  int64_t watermark() const { return orders().log.high_watermark().value(); }
  int64_t log_end() const { return orders().log.log_end_offset().value(); }
  ErrorCode produce_error() const {
    auto replies = at.replies<ProduceResponse>();
    EXPECT_EQ(replies.size(), 1u);
    return replies.empty() ? ErrorCode::kUnknownServerError : replies[0].second.partitions[0].error;
  }
  FetchPartitionData fetched() const {
    auto replies = at.replies<FetchResponse>();
    EXPECT_EQ(replies.size(), 1u);
    return replies.empty() ? FetchPartitionData() : replies[0].second.partitions[0];
  }

  StepFixture at;
  ReplicaManager manager;
};

}  // namespace models

#endif  // TESTS_MODELS_REPLICATION_REPLICATION_FIXTURE_H_
