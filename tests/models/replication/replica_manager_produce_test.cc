// SPDX-License-Identifier: Apache-2.0

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

constexpr RequestToken kToken{7};

TopicConfig min_isr(int n) {
  TopicConfig config;
  config.min_insync_replicas = n;
  return config;
}

TEST(ReplicaManagerProduce, with_acks_1_is_answered_once_the_leader_has_it) {
  OneBroker broker;
  broker.lead({kOne, kTwo, kThree});
  broker.manager.on_produce(kToken, produce_request(1, 3), broker.at.step());
  auto replies = broker.at.replies<ProduceResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].first, kToken);
  EXPECT_EQ(replies[0].second.partitions[0].error, ErrorCode::kNone);
  EXPECT_EQ(replies[0].second.partitions[0].base_offset, Offset(0));
  EXPECT_EQ(broker.log_end(), 3);
  EXPECT_EQ(broker.watermark(), 0);
}

TEST(ReplicaManagerProduce, with_acks_all_waits_until_the_isr_has_it) {
  OneBroker broker;
  broker.lead({kOne, kTwo});
  broker.manager.on_produce(kToken, produce_request(-1), broker.at.step());
  EXPECT_TRUE(broker.at.replies<ProduceResponse>().empty());
  ASSERT_EQ(broker.at.all<ArmTimer>().size(), 1u);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].key.kind, Timer::kDelayedProduce);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].awaits_node, kTwo);
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].awaits_what, "FetchRequest");
  broker.at.clear();

  broker.manager.on_fetch(RequestToken(8), fetch_request(kTwo, 1, 1, 1), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kNone);
  EXPECT_EQ(broker.at.all<CancelTimer>().size(), 1u);
  EXPECT_EQ(broker.watermark(), 1);
}

TEST(ReplicaManagerProduce, with_acks_all_is_answered_at_once_when_the_isr_is_the_leader_alone) {
  OneBroker broker;
  broker.lead({kOne});
  broker.manager.on_produce(kToken, produce_request(-1), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kNone);
  EXPECT_EQ(broker.watermark(), 1);
}

TEST(ReplicaManagerProduce, with_acks_0_gets_no_reply_and_an_error_closes_its_connection) {
  OneBroker broker;
  broker.lead({kOne});
  broker.manager.on_produce(kToken, produce_request(0), broker.at.step());
  EXPECT_TRUE(broker.at.effects().empty());
  broker.publish(image_of(kTwo, 2, {kOne, kTwo}, 2));
  broker.at.clear();
  broker.manager.on_produce(kToken, produce_request(0), broker.at.step());
  ASSERT_EQ(broker.at.all<DropConnection>().size(), 1u);
  EXPECT_TRUE(broker.at.all<SendReply>().empty());
}

TEST(ReplicaManagerProduce, below_min_isr_refuses_acks_all_and_writes_nothing) {
  OneBroker broker;
  broker.lead({kOne}, min_isr(2));
  broker.manager.on_produce(kToken, produce_request(-1), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kNotEnoughReplicas);
  EXPECT_EQ(broker.log_end(), 0);
  broker.at.clear();
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kNone) << "acks=1 does not ask for the ISR";
  EXPECT_EQ(broker.log_end(), 1);
}

TEST(ReplicaManagerProduce, roles_go_by_the_settings_before_those_that_come_with_them) {
  OneBroker broker;
  broker.lead({kOne}, min_isr(2));
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  broker.publish(image_of(kOne, 1, {kOne}, 2, min_isr(1)));
  EXPECT_EQ(broker.watermark(), 0) << "the watermark was looked at before min ISR fell";
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  EXPECT_EQ(broker.watermark(), 2) << "the next append lets it go";
}

TEST(ReplicaManagerProduce, isr_that_shrinks_after_the_append_freezes_it_until_it_times_out) {
  OneBroker broker;
  broker.lead({kOne, kTwo}, min_isr(2));
  broker.manager.on_produce(kToken, produce_request(-1, 1, 5000), broker.at.step());
  TimerKey timer = broker.at.all<ArmTimer>().at(0).key;
  EXPECT_EQ(broker.at.all<ArmTimer>()[0].after, 5_s);
  broker.publish(image_of(kOne, 1, {kOne}, 2, min_isr(2)));
  EXPECT_EQ(broker.watermark(), 0) << "the watermark stands still below min ISR";
  broker.at.clear();
  broker.manager.on_timer(timer, broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kRequestTimedOut);
  EXPECT_EQ(broker.at.marks().of(Mark::kProduceTimedOut), 1);
  EXPECT_EQ(broker.log_end(), 1) << "the record stays; it may yet be committed";
}

TEST(ReplicaManagerProduce, isr_that_shrinks_to_the_leader_alone_acknowledges_what_waits) {
  OneBroker broker;
  broker.lead({kOne, kTwo}, min_isr(1));
  broker.manager.on_produce(kToken, produce_request(-1), broker.at.step());
  broker.at.advance(31_s);  // Until then broker 2 is about to return, and counts.
  broker.at.clear();
  broker.publish(image_of(kOne, 1, {kOne}, 2, min_isr(1)));
  EXPECT_EQ(broker.produce_error(), ErrorCode::kNone);
  EXPECT_EQ(broker.watermark(), 1);
}

TEST(ReplicaManagerProduce, zombie_leader_answers_what_waits_once_metadata_deposes_it) {
  OneBroker broker;
  broker.lead({kOne, kTwo});
  broker.manager.on_produce(kToken, produce_request(-1), broker.at.step());
  broker.at.clear();
  broker.publish(image_of(kTwo, 2, {kTwo}, 2));
  auto replies = broker.at.replies<ProduceResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].second.partitions[0].error, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(replies[0].second.partitions[0].current_leader, kTwo);
  EXPECT_EQ(replies[0].second.partitions[0].current_leader_epoch, LeaderEpoch(2));
  EXPECT_EQ(broker.at.marks().of(Mark::kZombieLeaderFenced), 1);
}

TEST(ReplicaManagerProduce, to_a_follower_names_the_leader) {
  OneBroker broker;
  broker.publish(image_of(kThree, 4, {kOne, kThree}));
  broker.at.clear();
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  auto replies = broker.at.replies<ProduceResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].second.partitions[0].error, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(replies[0].second.partitions[0].current_leader, kThree);
  EXPECT_EQ(replies[0].second.partitions[0].current_leader_epoch, LeaderEpoch(4));
}

TEST(ReplicaManagerProduce, to_an_unknown_partition_or_with_odd_acks_is_refused) {
  OneBroker broker;
  broker.lead({kOne});
  broker.manager.on_produce(kToken, produce_request(2), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kInvalidRequiredAcks);
  broker.at.clear();
  ProduceRequest request = produce_request(1);
  request.partitions[0].partition.topic = "nothing";
  broker.manager.on_produce(kToken, request, broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kUnknownTopicOrPartition);
}

TEST(ReplicaManagerProduce, one_bad_partition_does_not_hide_that_another_waits) {
  OneBroker broker;
  broker.lead({kOne, kTwo});
  ProduceRequest request = produce_request(-1);
  request.partitions.push_back({{"nothing", 0}, batch_of(1)});
  broker.manager.on_produce(kToken, request, broker.at.step());
  EXPECT_TRUE(broker.at.replies<ProduceResponse>().empty());
  broker.manager.on_fetch(RequestToken(8), fetch_request(kTwo, 1, 1, 1), broker.at.step());
  auto replies = broker.at.replies<ProduceResponse>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].second.partitions[0].error, ErrorCode::kNone);
  EXPECT_EQ(replies[0].second.partitions[1].error, ErrorCode::kUnknownTopicOrPartition);
}

TEST(ReplicaManagerProduce, reports_the_partition_as_changed_once) {
  OneBroker broker;
  broker.lead({kOne});
  broker.manager.take_changed([](const HostedPartition&) {});
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  int seen = 0;
  broker.manager.take_changed([&seen](const HostedPartition& replica) {
    ++seen;
    EXPECT_EQ(replica.log.log_end_offset(), Offset(2));
  });
  broker.manager.take_changed([&seen](const HostedPartition&) { ++seen; });
  EXPECT_EQ(seen, 1);
}

TEST(ReplicaManagerProduce, a_sealed_segment_is_flushed_behind_the_requests_back) {
  OneBroker broker;
  TopicConfig config;
  config.segment_bytes = 200;  // Two batches do not fit.
  broker.lead({kOne}, config);
  broker.manager.on_produce(kToken, produce_request(1), broker.at.step());
  EXPECT_TRUE(broker.at.all<Flush>().empty());
  broker.manager.on_produce(kToken, produce_request(1, 4), broker.at.step());
  broker.manager.on_produce(kToken, produce_request(1, 4), broker.at.step());
  EXPECT_EQ(broker.at.replies<ProduceResponse>().size(), 3u);
  std::vector<Flush> flushes = broker.at.all<Flush>();
  ASSERT_FALSE(flushes.empty());
  EXPECT_FALSE(flushes[0].directory.empty()) << "the new segment's name must last too";
  EXPECT_EQ(broker.orders().log.recovery_point(), Offset(0));
  for (size_t i = 0; i < flushes.size(); ++i) {
    broker.manager.on_flushed(flushes[i].key, broker.at.step());
    flushes = broker.at.all<Flush>();  // The next one waits for the one before.
  }
  EXPECT_EQ(broker.orders().log.recovery_point(), Offset(5));
}

TEST(ReplicaManagerProduce, a_log_is_flushed_once_at_a_time_however_slow_the_disk) {
  OneBroker broker;
  TopicConfig config;
  config.segment_bytes = 200;
  broker.lead({kOne}, config);
  for (int i = 0; i < 40; ++i)
    broker.manager.on_produce(kToken, produce_request(1, 4), broker.at.step());
  std::vector<Flush> first = broker.at.all<Flush>();
  ASSERT_EQ(first.size(), 1u);
  broker.at.clear();
  broker.manager.on_flushed(first[0].key, broker.at.step());
  std::vector<Flush> rest = broker.at.all<Flush>();
  ASSERT_EQ(rest.size(), 1u) << "all that was sealed meanwhile";
  broker.at.clear();
  broker.manager.on_flushed(rest[0].key, broker.at.step());
  EXPECT_TRUE(broker.at.all<Flush>().empty());
  EXPECT_EQ(broker.orders().log.recovery_point(), Offset(156));
}

}  // namespace
}  // namespace models
