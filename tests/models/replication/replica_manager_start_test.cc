// SPDX-License-Identifier: Apache-2.0

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Broker 1 with two committed and one uncommitted record, its watermark checkpointed; then another
// life of it on the same files.
struct Restart {
  Restart() {
    first.lead({kOne, kTwo});
    for (int i = 0; i < 3; ++i) {
      first.manager.on_produce(RequestToken(1), produce_request(1), first.at.step());
    }
    first.manager.on_fetch(RequestToken(2), fetch_request(kTwo, 2, 1, 1), first.at.step());
    first.manager.on_timer({Timer::kHighWatermarkCheckpoint, 0}, first.at.step());
    first.at.clear();
  }
  ReplicaManager next_life() {
    ReplicaManager manager(
        {.node_id = kOne, .log_directory = "kafka-logs", .cluster_id = "cluster"});
    absl::Status started = manager.on_start(first.at.step());
    EXPECT_TRUE(started.ok()) << started;
    return manager;
  }
  // Its logs are opened with its first metadata.
  ReplicaManager opened_next_life() {
    ReplicaManager manager = next_life();
    MetadataImage image = image_of(kNoNode, 2, {kTwo}, 5);
    manager.on_metadata(image, everything(image), first.at.step());
    return manager;
  }
  OneBroker first;
};

TEST(ReplicaManagerStart, arms_its_periodic_timers) {
  StepFixture at;
  ReplicaManager manager({.node_id = kOne, .log_directory = "kafka-logs", .cluster_id = "cluster"});
  ASSERT_TRUE(manager.on_start(at.step()).ok());
  EXPECT_TRUE(at.all<ArmTimer>().empty());
  manager.on_metadata({}, {}, at.step());
  std::vector<std::pair<Timer, sim::Duration>> armed;
  for (const ArmTimer& timer : at.all<ArmTimer>()) armed.emplace_back(timer.key.kind, timer.after);
  EXPECT_THAT(armed, testing::ElementsAre(std::pair(Timer::kIsrCheck, 15_s),
                                          std::pair(Timer::kHighWatermarkCheckpoint, 5_s),
                                          std::pair(Timer::kLogFlush, 30_s),
                                          std::pair(Timer::kLogRetention, 30_s),
                                          std::pair(Timer::kProducerExpiration, 600_s)));
}

TEST(ReplicaManagerStart, finds_logs_and_the_checkpointed_watermark_after_a_crash) {
  Restart restart;
  ReplicaManager manager = restart.opened_next_life();
  const HostedPartition* orders = manager.find(kOrders0);
  ASSERT_NE(orders, nullptr);
  EXPECT_EQ(orders->log.log_end_offset(), Offset(3));
  EXPECT_EQ(orders->log.high_watermark(), Offset(2));
  EXPECT_EQ(orders->role, ReplicaRole::kFollower);
  EXPECT_FALSE(manager.directories()[0].was_clean);
  EXPECT_EQ(manager.previous_broker_epoch(), kNoBrokerEpoch);
}

TEST(ReplicaManagerStart, under_kafka_769_forgets_the_watermark) {
  Restart restart;
  restart.first.at.mutations().insert(Mutation::kKafka769);
  ReplicaManager manager = restart.opened_next_life();
  ASSERT_NE(manager.find(kOrders0), nullptr);
  EXPECT_EQ(manager.find(kOrders0)->log.high_watermark(), Offset(0));
}

TEST(ReplicaManagerStart, serves_nothing_it_found_before_metadata_names_it) {
  Restart restart;
  ReplicaManager manager = restart.next_life();
  restart.first.at.clear();
  manager.on_produce(RequestToken(3), produce_request(1), restart.first.at.step());
  EXPECT_EQ(restart.first.produce_error(), ErrorCode::kUnknownTopicOrPartition);
}

TEST(ReplicaManagerStart, clean_stop_leaves_marker_and_checkpoints_and_the_next_start_takes_them) {
  Restart restart;
  restart.first.manager.on_shutdown(restart.first.at.step());
  sim::FileSystem& disk = restart.first.at.disk();
  EXPECT_TRUE(disk.exists("kafka-logs/.kafka_cleanshutdown"));
  EXPECT_EQ(read_checkpoint("kafka-logs", kRecoveryPointFile, disk),
            (OffsetMap{{kOrders0, Offset(3)}}));
  EXPECT_EQ(read_checkpoint("kafka-logs", kHighWatermarkFile, disk),
            (OffsetMap{{kOrders0, Offset(2)}}));
  EXPECT_EQ(read_checkpoint("kafka-logs", kLogStartFile, disk), (OffsetMap{{kOrders0, Offset(0)}}));
  ReplicaManager manager = restart.opened_next_life();
  EXPECT_TRUE(manager.directories()[0].was_clean);
  EXPECT_EQ(manager.previous_broker_epoch(), BrokerEpoch(101));
  EXPECT_FALSE(disk.exists("kafka-logs/.kafka_cleanshutdown"));
  EXPECT_EQ(manager.find(kOrders0)->log.log_end_offset(), Offset(3));
  EXPECT_EQ(manager.find(kOrders0)->log.high_watermark(), Offset(2));
}

TEST(ReplicaManagerStart, restarted_follower_keeps_its_log_and_asks_from_its_end) {
  Restart restart;
  ReplicaManager manager = restart.next_life();
  restart.first.at.clear();
  MetadataImage image = image_of(kTwo, 2, {kTwo}, 5);
  manager.on_metadata(image, everything(image), restart.first.at.step());
  auto requests = restart.first.at.sent<FetchRequest>();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].second.partitions[0].fetch_offset, Offset(3));
  EXPECT_EQ(requests[0].second.partitions[0].last_fetched_epoch, LeaderEpoch(1));
}

TEST(ReplicaManagerStart, disk_that_does_not_answer_is_an_error) {
  StepFixture at;
  at.disk().fail_from(1);
  ReplicaManager manager({.node_id = kOne, .log_directory = "kafka-logs", .cluster_id = "cluster"});
  EXPECT_FALSE(manager.on_start(at.step()).ok());
}

TEST(ReplicaManagerStart, failing_disk_ends_the_broker_once) {
  OneBroker broker;
  broker.lead({kOne});
  broker.at.disk().fail_from(1);
  broker.manager.on_timer({Timer::kHighWatermarkCheckpoint, 0}, broker.at.step());
  EXPECT_EQ(broker.at.all<Exit>().size(), 1u);
  broker.manager.on_timer({Timer::kLogFlush, 0}, broker.at.step());
  EXPECT_EQ(broker.at.all<Exit>().size(), 1u);
}

TEST(ReplicaManagerStart, periodic_work_is_never_twice_at_once_on_a_slow_disk) {
  OneBroker broker;
  broker.lead({kOne});
  for (Timer timer : {Timer::kHighWatermarkCheckpoint, Timer::kLogFlush}) {
    broker.at.clear();
    broker.at.disk().slow_down(40_s);
    broker.manager.on_timer({timer, 0}, broker.at.step());
    ASSERT_EQ(broker.at.all<ArmTimer>().size(), 1u);
    EXPECT_EQ(broker.at.all<ArmTimer>()[0].after, broker.at.disk().spent());
    EXPECT_GE(broker.at.disk().spent(), 40_s);
    broker.at.disk().reset_spent();
  }
}

TEST(ReplicaManagerStart, the_cleaner_waits_for_its_disk) {
  OneBroker broker;
  TopicConfig config;
  config.cleanup_policy = {.deletes = false, .compacts = true};
  config.segment_bytes = 200;
  broker.lead({kOne}, config);
  for (int i = 0; i < 10; ++i)
    broker.manager.on_produce(RequestToken(1), produce_request(1, 1), broker.at.step());
  broker.at.disk().slow_down(1_s);
  sim::Duration waited;
  for (int i = 0; i < 20 && broker.at.marks().of(Mark::kLogCleaned) == 0; ++i) {
    broker.at.clear();
    broker.at.disk().reset_spent();
    broker.manager.on_timer({Timer::kLogCleaner, 0}, broker.at.step());
    for (const ArmTimer& timer : broker.at.all<ArmTimer>())
      if (timer.key.kind == Timer::kLogCleaner) waited += timer.after;
  }
  EXPECT_EQ(broker.at.marks().of(Mark::kLogCleaned), 1);
  EXPECT_GT(waited, 3_s);
}

TEST(ReplicaManagerStart, failed_append_is_refused_and_ends_the_broker) {
  OneBroker broker;
  broker.lead({kOne});
  broker.at.disk().fail_from(1);
  broker.manager.on_produce(RequestToken(1), produce_request(1), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(broker.at.all<Exit>().size(), 1u);
}

TEST(ReplicaManagerStart, copy_of_a_manager_goes_its_own_way) {
  OneBroker broker;
  broker.lead({kOne, kTwo});
  broker.manager.on_produce(RequestToken(1), produce_request(-1), broker.at.step());
  StepFixture other_at;  // The follower asks for the log end: no file is read.
  ReplicaManager copy = broker.manager;
  copy.on_fetch(RequestToken(2), fetch_request(kTwo, 1, 1, 1), other_at.step());
  EXPECT_EQ(copy.find(kOrders0)->log.high_watermark(), Offset(1));
  EXPECT_EQ(broker.watermark(), 0);
}

}  // namespace
}  // namespace models
