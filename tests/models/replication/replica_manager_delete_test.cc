// SPDX-License-Identifier: Apache-2.0

#include "models/log/meta_properties.h"
#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

constexpr char kLog[] = "kafka-logs/orders-0/00000000000000000000.log";
const Uuid kFirst{{1, 1}};
const Uuid kSecond{{2, 2}};

MetadataImage image_with(const Uuid& id) {
  MetadataImage image = image_of(kOne, 1, {kOne, kTwo, kThree}, 1);
  image.topics.at("orders").id = id;
  return image;
}

// How long the last timer of this kind was armed for; -1 ns: it was not.
sim::Duration armed(const StepFixture& at, Timer kind) {
  sim::Duration after = sim::Duration::nanos(-1);
  for (const ArmTimer& timer : at.all<ArmTimer>()) {
    if (timer.key.kind == kind) after = timer.after;
  }
  return after;
}

std::vector<std::string> directories(OneBroker& broker) {
  std::vector<std::string> found;
  const std::vector<std::string> names = *broker.at.disk().list("kafka-logs");
  for (const std::string& name : names) {
    if (name.back() == '/') found.push_back(name.substr(0, name.size() - 1));
  }
  return found;
}

void delete_topic(OneBroker& broker, const Uuid& id) {
  MetadataImage image = image_with(id);
  image.topics.clear();
  MetadataDelta delta;
  delta.deleted_topics.emplace(id, "orders");
  broker.manager.on_metadata(image, delta, broker.at.step());
}

TEST(ReplicaManagerDelete, keeps_the_topics_id_beside_the_log) {
  OneBroker broker;
  broker.publish(image_with(kFirst));
  auto id = read_partition_metadata("kafka-logs/orders-0", broker.at.step());
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(*id, kFirst);
}

TEST(ReplicaManagerDelete, a_deleted_topic_is_renamed_at_once_and_removed_later) {
  OneBroker broker;
  broker.publish(image_with(kFirst));
  ASSERT_TRUE(broker.at.disk().has(kLog));
  broker.at.clear();
  delete_topic(broker, kFirst);
  EXPECT_EQ(broker.manager.find(kOrders0), nullptr);
  ASSERT_EQ(directories(broker).size(), 1u);
  std::string name = directories(broker)[0];
  EXPECT_EQ(name.substr(0, 9), "orders-0.");
  EXPECT_EQ(name.substr(name.size() - 7), "-delete");
  EXPECT_EQ(name.size(), 9u + 32 + 7);
  EXPECT_EQ(armed(broker.at, Timer::kLogFileRemoval), 60_s);
  broker.at.advance(60_s);
  broker.manager.on_timer({Timer::kLogFileRemoval}, broker.at.step());
  EXPECT_TRUE(directories(broker).empty());
  EXPECT_EQ(broker.at.marks().of(Mark::kReplicaDeleted), 1);
}

TEST(ReplicaManagerDelete, who_waits_is_answered) {
  OneBroker broker;
  broker.publish(image_with(kFirst));
  broker.at.clear();
  broker.manager.on_produce(RequestToken(1), produce_request(-1), broker.at.step());
  EXPECT_TRUE(broker.at.replies<ProduceResponse>().empty());
  DeleteRecordsRequest deletion{.partitions = {{kOrders0, kToHighWatermark}}, .timeout_ms = 9000};
  broker.manager.on_delete_records(RequestToken(3), deletion, broker.at.step());
  delete_topic(broker, kFirst);
  EXPECT_EQ(broker.produce_error(), ErrorCode::kUnknownTopicOrPartition);
  auto answered = broker.at.replies<DeleteRecordsResponse>();
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].second.partitions[0].error, ErrorCode::kUnknownTopicOrPartition);
  broker.at.clear();
  broker.manager.on_produce(RequestToken(2), produce_request(-1), broker.at.step());
  EXPECT_EQ(broker.produce_error(), ErrorCode::kUnknownTopicOrPartition);
}

TEST(ReplicaManagerDelete, a_topic_of_the_same_name_begins_with_an_empty_log) {
  OneBroker broker;
  broker.publish(image_with(kFirst));
  broker.manager.on_produce(RequestToken(1), produce_request(1, 3), broker.at.step());
  EXPECT_EQ(broker.log_end(), 3);
  MetadataImage image = image_with(kSecond);
  MetadataDelta delta = everything(image);
  delta.deleted_topics.emplace(kFirst, "orders");
  broker.manager.on_metadata(image, delta, broker.at.step());
  EXPECT_EQ(broker.log_end(), 0);
  EXPECT_TRUE(broker.orders().is_leader());
  EXPECT_EQ(directories(broker).size(), 2u);
  broker.manager.on_timer({Timer::kHighWatermarkCheckpoint, 0}, broker.at.step());
  EXPECT_EQ(broker.at.disk().contents("kafka-logs/replication-offset-checkpoint"),
            "0\n1\norders 0 0\n");
}

TEST(ReplicaManagerDelete, a_replica_that_belongs_to_others_now_is_deleted_and_may_come_back) {
  OneBroker broker;
  broker.publish(image_with(kFirst));
  broker.manager.on_produce(RequestToken(1), produce_request(1, 3), broker.at.step());
  MetadataImage image = image_with(kFirst);
  PartitionRegistration& partition = image.topics.at("orders").partitions[0];
  partition.replicas = partition.isr = {kTwo, kThree};
  partition.leader = kTwo;
  partition.leader_epoch = LeaderEpoch(2);
  partition.partition_epoch = PartitionEpoch(2);
  broker.publish(image);
  EXPECT_EQ(broker.manager.find(kOrders0), nullptr);
  std::vector<TopicPartition> removed;
  broker.manager.take_removed([&](const TopicPartition& gone) { removed.push_back(gone); });
  EXPECT_EQ(removed, std::vector<TopicPartition>{kOrders0});
  partition.replicas = {kTwo, kThree, kOne};
  partition.adding = {kOne};
  partition.partition_epoch = PartitionEpoch(3);
  broker.at.clear();
  broker.publish(image);
  EXPECT_EQ(broker.log_end(), 0);
  ASSERT_EQ(broker.at.sent<FetchRequest>().size(), 1u);
  EXPECT_EQ(broker.at.sent<FetchRequest>()[0].first, kTwo);
}

TEST(ReplicaManagerDelete, a_start_goes_on_with_removals_and_sets_strays_aside) {
  OneBroker broker;
  broker.publish(image_with(kFirst));
  MetadataImage recreated = image_with(kSecond);
  MetadataDelta delta = everything(recreated);
  delta.deleted_topics.emplace(kFirst, "orders");
  broker.manager.on_metadata(recreated, delta, broker.at.step());
  broker.at.clear();
  ReplicaManager next({.node_id = kOne, .log_directory = "kafka-logs", .cluster_id = "cluster"});
  ASSERT_TRUE(next.on_start(broker.at.step()).ok());
  // Meanwhile the topic was deleted and made anew once more.
  MetadataImage third = image_with(Uuid{{3, 3}});
  next.on_metadata(third, everything(third), broker.at.step());
  EXPECT_EQ(armed(broker.at, Timer::kLogFileRemoval), 60_s);
  EXPECT_EQ(broker.at.marks().of(Mark::kDeletionResumed), 1);
  EXPECT_EQ(next.find(kOrders0)->log.log_end_offset(), Offset(0));
  EXPECT_EQ(broker.at.marks().of(Mark::kStrayReplicaFound), 1);
  int strays = 0;
  for (const std::string& name : directories(broker)) strays += name.ends_with("-stray") ? 1 : 0;
  EXPECT_EQ(strays, 1);
}

}  // namespace
}  // namespace models
