// SPDX-License-Identifier: Apache-2.0
//
// Images out of snapshots and into them: at a controller, and at a broker that follows one.

#include <gtest/gtest.h>

#include "models/controller/image_records.h"
#include "models/controller/metadata_observer.h"
#include "models/raft/snapshot_file.h"
#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

using namespace sim::literals;

// A snapshot after each change, and only the last is kept.
ControllerOptions eager() {
  ControllerOptions options{NodeId(100), {}, "metadata", 0};
  options.config.metadata_log_max_record_bytes_between_snapshots = 1;
  options.config.metadata_max_retention_bytes = 0;
  return options;
}

void expect_same(const MetadataImage& one, const MetadataImage& other) {
  EXPECT_EQ(records_of(one), records_of(other));
  EXPECT_EQ(one.next_offset, other.next_offset);
}

void fill(ControllerHarness& at) {
  for (int32_t id = 1; id <= 3; ++id) at.add_broker(id);
  at.add_topic("orders", 2, 3, {{"min.insync.replicas", "2"}});
  at.add_topic("payments", 1, 2);
  at.run(5_ms);
}

TEST(ImageRecords, GiveTheImageAnew) {
  ControllerHarness at;
  at.start();
  fill(at);
  const MetadataImage& image = at.controller().committed_image();
  MetadataReplay replay{TopicConfig()};
  MetadataDelta delta = replay.load(records_of(image), image.next_offset);
  expect_same(replay.image(), image);
  EXPECT_EQ(replay.image().brokers, image.brokers);
  EXPECT_TRUE(replay.image().elr_enabled);
  EXPECT_EQ(replay.image().topics.at("orders").config.min_insync_replicas, 2);
  EXPECT_EQ(delta.brokers.size(), 3u);
  EXPECT_EQ(delta.partitions.size(), 3u);
  EXPECT_EQ(delta.topics.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<FeatureLevelRecord>(records_of(image).front()));
  EXPECT_TRUE(replay.load(records_of(image), image.next_offset).empty());
}

TEST(ImageRecords, ALoadTellsWhatWentToo) {
  ControllerHarness at;
  at.start();
  fill(at);
  MetadataReplay replay{TopicConfig()};
  MetadataImage image = at.controller().committed_image();
  (void)replay.load(records_of(image), image.next_offset);
  Uuid gone = image.topics.at("payments").id;
  image.topics.erase("payments");
  image.brokers.erase(NodeId(3));
  image.topics.at("orders").partitions[1].leader = kNoNode;
  MetadataDelta delta = replay.load(records_of(image), image.next_offset + 10);
  EXPECT_EQ(delta.deleted_topics.at(gone), "payments");
  EXPECT_TRUE(delta.brokers.contains(NodeId(3)));
  EXPECT_EQ(delta.partitions.size(), 1u);
  EXPECT_TRUE(delta.topics.empty());
  EXPECT_EQ(replay.find_topic(gone), nullptr);
}

TEST(ControllerSnapshot, IsWrittenAfterSoManyBytes) {
  ControllerHarness at(eager());
  at.start();
  fill(at);
  EXPECT_GT(at.notes("snapshot_written").size(), 3u);
  EXPECT_FALSE(at.exited());
}

TEST(ControllerSnapshot, IsNotWrittenByDefaultForAnHour) {
  ControllerHarness at;
  at.start();
  fill(at);
  at.run(sim::Duration::seconds(3550));
  EXPECT_TRUE(at.notes("snapshot_written").empty());
  at.run(sim::Duration::seconds(60));  // The next no-op record comes after the hour.
  EXPECT_EQ(at.notes("snapshot_written").size(), 1u);
}

TEST(ControllerSnapshot, AStartLoadsItAndThenTheLog) {
  ControllerHarness at(eager());
  at.start();
  fill(at);
  at.run(65_s);  // Retention has looked.
  EXPECT_GT(at.controller().raft()->log().log_start_offset(), Offset(0));
  std::vector<MetadataRecord> before = records_of(at.controller().committed_image());
  at.restart();
  EXPECT_EQ(at.notes("snapshot_loaded").size(), 1u);
  EXPECT_TRUE(at.controller().is_active());
  EXPECT_EQ(records_of(at.controller().committed_image()), before);
  at.add_broker(4);  // The others were silent for a minute.
  at.add_topic("invoices", 1, 1);
  EXPECT_TRUE(at.controller().committed_image().topics.contains("invoices"));
  EXPECT_FALSE(at.exited());
}

// A broker, and what it asks carried to the controller and back.
class BrokerSnapshotTest : public ::testing::Test {
 protected:
  BrokerSnapshotTest() : controller_(eager()) {
    EXPECT_TRUE(broker_.disk().create_directory("kafka-logs").ok());
    controller_.start();
    fill(controller_);
  }
  // Carries one request; true if it was one for a snapshot.
  bool exchange() {
    auto fetches = broker_.sent<FetchRequest>();
    auto snapshots = broker_.sent<FetchSnapshotRequest>();
    broker_.clear();
    if (!snapshots.empty()) {
      FetchSnapshotRequest request = snapshots.at(0).second;
      request.max_bytes = 200;  // So that it takes several.
      Message body = request;
      controller_.controller().on_quorum_request(RequestToken(77), body, controller_.step());
      auto replies = controller_.fixture().replies<FetchSnapshotResponse>();
      controller_.fixture().clear();
      observer_.on_fetch_snapshot_response(replies.at(0).second, broker_.step());
      flush();
      return true;
    }
    FetchRequest request = fetches.at(0).second;
    request.max_wait_ms = 1;
    RequestToken token = controller_.send_fetch(request);
    controller_.run(1_ms);
    auto delta = observer_.on_fetch_response(*controller_.reply<FetchResponse>(token), request,
                                             broker_.step());
    if (delta) last_ = *delta;
    return false;
  }
  void flush() {
    for (;;) {
      std::vector<Flush> flushes = broker_.all<Flush>();
      std::erase_if(broker_.effects().list(),
                    [](const Effect& effect) { return std::holds_alternative<Flush>(effect); });
      if (flushes.empty()) return;
      for (const Flush& each : flushes) {
        if (auto delta = observer_.on_flushed(each.key, broker_.step())) last_ = *delta;
      }
    }
  }
  int exchange_all() {
    int pieces = 0;
    for (int i = 0; i < 30; ++i) pieces += exchange() ? 1 : 0;
    return pieces;
  }

  ControllerHarness controller_;
  StepFixture broker_;
  MetadataObserverOptions options_{NodeId(1), {NodeId(100)}, {}};
  MetadataObserver observer_{options_};
  MetadataDelta last_;
};

TEST_F(BrokerSnapshotTest, ABrokerWithNothingTakesTheLeadersSnapshot) {
  observer_.on_start(broker_.step());
  EXPECT_GT(exchange_all(), 1);
  EXPECT_EQ(broker_.marks().of(Mark::kSnapshotFetched), 1);
  expect_same(observer_.image(), controller_.controller().committed_image());
  EXPECT_EQ(observer_.snapshots().count(), 1u);
  EXPECT_TRUE(
      broker_.disk().has("kafka-logs/__cluster_metadata-0/" +
                         snapshot_file_name(*observer_.snapshots().latest(), kCheckpointSuffix)));
}

TEST_F(BrokerSnapshotTest, AStartBeginsWithTheLatest) {
  observer_.on_start(broker_.step());
  exchange_all();
  SnapshotId latest = *observer_.snapshots().latest();
  broker_.clear();
  observer_ = MetadataObserver(options_);
  observer_.on_start(broker_.step());
  EXPECT_EQ(observer_.image().next_offset, latest.end_offset);
  FetchPartition wanted = broker_.sent<FetchRequest>().at(0).second.partitions.at(0);
  EXPECT_EQ(wanted.fetch_offset, latest.end_offset);
  EXPECT_EQ(wanted.last_fetched_epoch, latest.epoch);
}

TEST_F(BrokerSnapshotTest, ABrokerWritesItsOwn) {
  options_.config.metadata_log_max_record_bytes_between_snapshots = 1;
  observer_ = MetadataObserver(options_);
  observer_.on_start(broker_.step());
  bool due = false;
  for (int i = 0; i < 30 && !due; ++i) {
    if (i == 20) controller_.add_topic("invoices", 1, 1);
    exchange();
    for (const ArmTimer& timer : broker_.all<ArmTimer>())
      due = due || timer.key.kind == Timer::kMetadataSnapshot;
  }
  ASSERT_TRUE(due);
  observer_.on_timer({Timer::kMetadataSnapshot}, broker_.step());
  flush();
  EXPECT_EQ(broker_.marks().of(Mark::kSnapshotWritten), 1);
  EXPECT_EQ(observer_.snapshots().latest()->end_offset, observer_.image().next_offset);
}

TEST_F(BrokerSnapshotTest, WhatTheLeaderHasDeletedIsAskedForAnew) {
  observer_.on_start(broker_.step());
  while (broker_.sent<FetchSnapshotRequest>().empty()) exchange();
  SnapshotId offered = broker_.sent<FetchSnapshotRequest>().at(0).second.snapshot_id;
  broker_.clear();
  FetchSnapshotResponse gone;
  gone.error = ErrorCode::kSnapshotNotFound;
  gone.current_leader = observer_.leader();
  gone.current_leader_epoch = observer_.epoch();
  observer_.on_fetch_snapshot_response(gone, broker_.step());
  EXPECT_EQ(broker_.sent<FetchRequest>().size(), 1u);
  controller_.add_topic("invoices", 1, 1);
  controller_.run(5_ms);
  exchange_all();
  EXPECT_NE(observer_.snapshots().latest(), offered);
  expect_same(observer_.image(), controller_.controller().committed_image());
}

}  // namespace
}  // namespace models
