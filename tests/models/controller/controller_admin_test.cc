// SPDX-License-Identifier: Apache-2.0
//
// What administrators ask: topics deleted and grown, settings, reassignments, elections.

#include <gtest/gtest.h>

#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

using namespace sim::literals;

std::vector<NodeId> nodes(std::initializer_list<int32_t> ids) {
  std::vector<NodeId> list;
  for (int32_t id : ids) list.push_back(NodeId(id));
  return list;
}

class ControllerAdminTest : public ::testing::Test {
 protected:
  void SetUp() override {
    at_.start();
    for (int32_t id : {1, 2, 3, 4}) epochs_[id] = at_.add_broker(id);
    create({"orders", -1, -1, {}, {nodes({1, 2, 3})}});
  }
  CreatableTopicResult create(CreatableTopic topic) {
    RequestToken token = at_.create_topics({{std::move(topic)}});
    at_.run(60_ms);
    return at_.reply<CreateTopicsResponse>(token)->topics.at(0);
  }
  ErrorCode remove(const std::string& name) {
    RequestToken token = at_.delete_topics({{{name, {}}}});
    at_.run(60_ms);
    return at_.reply<DeleteTopicsResponse>(token)->results.at(0).error;
  }
  ErrorCode grow(NewPartitions wanted) {
    RequestToken token = at_.create_partitions({{std::move(wanted)}});
    at_.run(60_ms);
    return at_.reply<CreatePartitionsResponse>(token)->results.at(0).error;
  }
  ErrorCode set(int8_t type, const std::string& name, AlterableConfig config) {
    RequestToken token = at_.alter_configs({{{type, name, {std::move(config)}}}});
    at_.run(60_ms);
    return at_.reply<IncrementalAlterConfigsResponse>(token)->results.at(0).error;
  }
  ErrorCode reassign(std::optional<std::vector<NodeId>> replicas, bool may_change_factor = true,
                     TopicPartition partition = {"orders", 0}) {
    RequestToken token =
        at_.reassign({may_change_factor, {{std::move(partition), std::move(replicas)}}});
    at_.run(60_ms);
    return at_.reply<AlterPartitionReassignmentsResponse>(token)->results.at(0).error;
  }
  ErrorCode elect(ElectionType type, TopicPartition partition = {"orders", 0}) {
    RequestToken token = at_.elect_leaders({type, {std::move(partition)}});
    at_.run(60_ms);
    return at_.reply<ElectLeadersResponse>(token)->results.at(0).error;
  }
  // The leader proposes an ISR.
  ErrorCode alter(std::initializer_list<int32_t> isr) {
    const PartitionRegistration& now = at_.partition("orders");
    AlterPartitionData data{{"orders", 0}, now.leader_epoch, {}, now.partition_epoch};
    for (int32_t id : isr) data.new_isr.push_back({NodeId(id), epochs_[id]});
    RequestToken token =
        at_.alter_partition({now.leader, epochs_[now.leader.value()], {std::move(data)}});
    at_.run(60_ms);
    return at_.reply<AlterPartitionResponse>(token)->partitions.at(0).error;
  }
  void fence(int32_t id) {
    at_.heartbeat(id, epochs_[id], 1'000'000, true);
    at_.run(60_ms);
  }
  void unfence(int32_t id) {
    at_.heartbeat(id, epochs_[id]);
    at_.run(60_ms);
  }
  const TopicImage& topic(const std::string& name) {
    return at_.controller().committed_image().topics.at(name);
  }
  int64_t marks(Mark mark) { return at_.fixture().marks().of(mark); }

  ControllerHarness at_;
  std::map<int32_t, BrokerEpoch> epochs_;
};

TEST_F(ControllerAdminTest, CreatesATopicAsAssigned) {
  EXPECT_EQ(topic("orders").partitions.at(0).replicas, nodes({1, 2, 3}));
  EXPECT_EQ(create({"a", -1, 3, {}, {nodes({1})}}).error, ErrorCode::kInvalidRequest);
  EXPECT_EQ(create({"a", -1, -1, {}, {nodes({1, 9})}}).error, ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(create({"a", -1, -1, {}, {nodes({1, 1})}}).error, ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(create({"a", -1, -1, {}, {nodes({1}), nodes({1, 2})}}).error,
            ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(create({"__cluster_metadata", 1, 1, {}, {}}).error, ErrorCode::kInvalidRequest);
  fence(4);
  EXPECT_EQ(create({"a", -1, -1, {}, {nodes({4})}}).error, ErrorCode::kInvalidReplicaAssignment);
}

TEST_F(ControllerAdminTest, RefusesMorePartitionsThanOneRequestMayCreate) {
  RequestToken token = at_.create_topics({{{"a", 6000, 1, {}, {}}, {"b", 4001, 1, {}, {}}}});
  EXPECT_EQ(at_.reply<CreateTopicsResponse>(token)->error, ErrorCode::kPolicyViolation);
}

TEST_F(ControllerAdminTest, DeletesATopicWithItsSettingsAndItsNameIsFreeAgain) {
  set(kTopicResource, "orders", {"retention.ms", ConfigOperation::kSet, "1000"});
  Uuid former = topic("orders").id;
  EXPECT_EQ(remove("orders"), ErrorCode::kNone);
  EXPECT_FALSE(at_.controller().committed_image().topics.contains("orders"));
  EXPECT_EQ(remove("orders"), ErrorCode::kUnknownTopicOrPartition);
  RequestToken by_id = at_.delete_topics({{{"", former}}});
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<DeleteTopicsResponse>(by_id)->results.at(0).error,
            ErrorCode::kUnknownTopicId);
  EXPECT_EQ(create({"orders", 2, 1, {}, {}}).error, ErrorCode::kNone);
  EXPECT_NE(topic("orders").id, former);
  EXPECT_TRUE(topic("orders").configs.empty());
  EXPECT_EQ(marks(Mark::kTopicDeleted), 1);
}

TEST_F(ControllerAdminTest, ADeletedTopicStaysDeletedAfterARestart) {
  remove("orders");
  at_.restart();
  EXPECT_FALSE(at_.controller().committed_image().topics.contains("orders"));
}

TEST_F(ControllerAdminTest, AddsPartitionsWithTheFactorOfTheFirst) {
  EXPECT_EQ(grow({"orders", 3}), ErrorCode::kNone);
  ASSERT_EQ(topic("orders").partitions.size(), 3u);
  EXPECT_EQ(topic("orders").partitions[2].replicas.size(), 3u);
  EXPECT_EQ(grow({"orders", 3}), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(grow({"orders", 1}), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(grow({"nothing", 2}), ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(grow({"orders", 4, {nodes({1, 2})}}), ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(grow({"orders", 5, {nodes({1, 2, 4})}}), ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(grow({"orders", 4, {nodes({4, 2, 1})}}), ErrorCode::kNone);
  EXPECT_EQ(topic("orders").partitions[3].leader, NodeId(4));
  RequestToken twice = at_.create_partitions({{{"orders", 5}, {"orders", 6}}});
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<CreatePartitionsResponse>(twice)->results.at(0).error,
            ErrorCode::kInvalidRequest);
}

TEST_F(ControllerAdminTest, SettingsOfATopicAreLaidOverThoseOfTheCluster) {
  EXPECT_EQ(set(kBrokerResource, "", {"log.retention.ms", ConfigOperation::kSet, "5000"}),
            ErrorCode::kNone);
  EXPECT_EQ(topic("orders").config.retention_ms, 5000);
  EXPECT_EQ(set(kTopicResource, "orders", {"retention.ms", ConfigOperation::kSet, "7000"}),
            ErrorCode::kNone);
  EXPECT_EQ(topic("orders").config.retention_ms, 7000);
  set(kTopicResource, "orders", {"retention.ms", ConfigOperation::kDelete, ""});
  EXPECT_EQ(topic("orders").config.retention_ms, 5000);
  // Of one broker: the controller's own view does not change.
  set(kBrokerResource, "2", {"log.retention.ms", ConfigOperation::kSet, "1"});
  EXPECT_EQ(topic("orders").config.retention_ms, 5000);
  set(kBrokerResource, "", {"log.retention.ms", ConfigOperation::kDelete, ""});
  EXPECT_EQ(topic("orders").config.retention_ms, TopicConfig().retention_ms);
}

TEST_F(ControllerAdminTest, AppendsToListsAndSubtractsFromThem) {
  auto policy = [&](ConfigOperation operation, const std::string& value) {
    return set(kTopicResource, "orders", {"cleanup.policy", operation, value});
  };
  EXPECT_EQ(policy(ConfigOperation::kAppend, "compact"), ErrorCode::kNone);
  EXPECT_EQ(topic("orders").configs.at("cleanup.policy"), "delete,compact");
  EXPECT_EQ(policy(ConfigOperation::kSubtract, "delete"), ErrorCode::kNone);
  EXPECT_EQ(topic("orders").configs.at("cleanup.policy"), "compact");
  EXPECT_EQ(set(kTopicResource, "orders", {"retention.ms", ConfigOperation::kAppend, "1"}),
            ErrorCode::kInvalidConfig);
}

TEST_F(ControllerAdminTest, RefusesSettingsThatAreNone) {
  EXPECT_EQ(set(kTopicResource, "orders", {"no.such.key", ConfigOperation::kSet, "1"}),
            ErrorCode::kInvalidConfig);
  EXPECT_EQ(set(kTopicResource, "orders", {"retention.ms", ConfigOperation::kSet, "soon"}),
            ErrorCode::kInvalidConfig);
  EXPECT_EQ(set(kTopicResource, "none", {"retention.ms", ConfigOperation::kSet, "1"}),
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(set(kBrokerResource, "9", {"log.retention.ms", ConfigOperation::kSet, "1"}),
            ErrorCode::kBrokerIdNotRegistered);
  EXPECT_EQ(set(kBrokerResource, "x", {"log.retention.ms", ConfigOperation::kSet, "1"}),
            ErrorCode::kInvalidRequest);
  // Read when the broker starts.
  EXPECT_EQ(set(kBrokerResource, "", {"broker.session.timeout.ms", ConfigOperation::kSet, "1000"}),
            ErrorCode::kInvalidRequest);
}

TEST_F(ControllerAdminTest, WithEligibleReplicasTheMinimumBelongsToTheClusterAndClearsThem) {
  EXPECT_EQ(set(kBrokerResource, "1", {"min.insync.replicas", ConfigOperation::kSet, "2"}),
            ErrorCode::kInvalidConfig);
  EXPECT_EQ(set(kBrokerResource, "", {"min.insync.replicas", ConfigOperation::kDelete, ""}),
            ErrorCode::kInvalidConfig);
  EXPECT_EQ(set(kBrokerResource, "", {"min.insync.replicas", ConfigOperation::kSet, "2"}),
            ErrorCode::kNone);
  EXPECT_EQ(topic("orders").config.min_insync_replicas, 2);
  fence(2);
  fence(3);
  EXPECT_EQ(at_.partition("orders").elr, nodes({3}));
  PartitionEpoch before = at_.partition("orders").partition_epoch;
  set(kTopicResource, "orders", {"min.insync.replicas", ConfigOperation::kSet, "3"});
  EXPECT_TRUE(at_.partition("orders").elr.empty());
  EXPECT_EQ(at_.partition("orders").partition_epoch, before + 1);
  EXPECT_EQ(marks(Mark::kElrCleared), 1);
}

TEST_F(ControllerAdminTest, ReassignsWhenTheNewReplicasAreInSync) {
  EXPECT_EQ(reassign(nodes({4, 2, 3})), ErrorCode::kNone);
  EXPECT_EQ(at_.partition("orders").replicas, nodes({4, 2, 3, 1}));
  RequestToken listed = at_.list_reassignments();
  auto ongoing = at_.reply<ListPartitionReassignmentsResponse>(listed)->ongoing;
  ASSERT_EQ(ongoing.size(), 1u);
  EXPECT_EQ(ongoing[0].adding, nodes({4}));
  EXPECT_EQ(ongoing[0].removing, nodes({1}));
  // The leader's own proposal takes it away: an error, and yet a record.
  EXPECT_EQ(alter({1, 2, 3, 4}), ErrorCode::kNewLeaderElected);
  EXPECT_EQ(at_.partition("orders").replicas, nodes({4, 2, 3}));
  EXPECT_EQ(at_.partition("orders").leader, NodeId(4));
  listed = at_.list_reassignments({{{"orders", 0}}});
  EXPECT_TRUE(at_.reply<ListPartitionReassignmentsResponse>(listed)->ongoing.empty());
  EXPECT_EQ(marks(Mark::kReassignmentBegun), 1);
  EXPECT_EQ(marks(Mark::kReassignmentCompleted), 1);
  EXPECT_EQ(marks(Mark::kNewLeaderByReassignment), 1);
}

TEST_F(ControllerAdminTest, CancelsAReassignment) {
  EXPECT_EQ(reassign(std::nullopt), ErrorCode::kNoReassignmentInProgress);
  reassign(nodes({4, 2, 3}));
  EXPECT_EQ(reassign(std::nullopt), ErrorCode::kNone);
  EXPECT_EQ(at_.partition("orders").replicas, nodes({2, 3, 1}));
  EXPECT_FALSE(at_.partition("orders").is_reassigning());
  EXPECT_EQ(at_.partition("orders").leader, NodeId(1));
  EXPECT_EQ(marks(Mark::kReassignmentCancelled), 1);
}

TEST_F(ControllerAdminTest, RefusesReassignmentsThatCannotBe) {
  EXPECT_EQ(reassign(nodes({})), ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(reassign(nodes({1, 9})), ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(reassign(nodes({1, 1})), ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(reassign(nodes({1, 2}), false), ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(reassign(nodes({1, 9}), false), ErrorCode::kInvalidReplicaAssignment);  // Before it.
  EXPECT_EQ(reassign(nodes({4, 2, 3}), false), ErrorCode::kNone);
  EXPECT_EQ(reassign(nodes({1, 2, 3}), false), ErrorCode::kNone);  // Of the target, not of both.
  EXPECT_EQ(reassign(nodes({1}), true, {"orders", 7}), ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(ControllerAdminTest, ElectsThePreferredLeaderIfItCan) {
  EXPECT_EQ(elect(ElectionType::kPreferred), ErrorCode::kElectionNotNeeded);
  EXPECT_EQ(elect(ElectionType::kPreferred, {"orders", 7}), ErrorCode::kUnknownTopicOrPartition);
  fence(1);
  EXPECT_EQ(elect(ElectionType::kPreferred), ErrorCode::kPreferredLeaderNotAvailable);
  unfence(1);
  EXPECT_EQ(elect(ElectionType::kPreferred), ErrorCode::kPreferredLeaderNotAvailable);
  EXPECT_EQ(alter({2, 3, 1}), ErrorCode::kNone);
  EXPECT_EQ(elect(ElectionType::kPreferred), ErrorCode::kNone);
  EXPECT_EQ(at_.partition("orders").leader, NodeId(1));
  EXPECT_EQ(marks(Mark::kPreferredLeaderBack), 1);
}

TEST_F(ControllerAdminTest, ElectsUncleanlyWhoeverIsThereEvenWhereThatIsNotEnabled) {
  EXPECT_EQ(elect(ElectionType::kUnclean), ErrorCode::kElectionNotNeeded);
  for (int32_t id : {2, 3, 1}) fence(id);
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);
  EXPECT_EQ(elect(ElectionType::kUnclean), ErrorCode::kEligibleLeadersNotAvailable);
  unfence(3);
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);
  EXPECT_EQ(elect(ElectionType::kUnclean), ErrorCode::kNone);
  EXPECT_EQ(at_.partition("orders").leader, NodeId(3));
  EXPECT_TRUE(at_.partition("orders").recovering);
}

TEST_F(ControllerAdminTest, ElectsEverywhereAndTellsOnlyWhatWasNeeded) {
  create({"other", -1, -1, {}, {nodes({2, 1})}});
  fence(1);
  RequestToken token = at_.elect_leaders({ElectionType::kPreferred, {}});
  at_.run(60_ms);
  auto results = at_.reply<ElectLeadersResponse>(token)->results;
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].partition.topic, "orders");
}

TEST_F(ControllerAdminTest, LooksForLeaderlessPartitionsThatMayHaveAnUncleanLeader) {
  for (int32_t id : {2, 3, 1}) fence(id);
  unfence(3);
  set(kTopicResource, "orders", {"unclean.leader.election.enable", ConfigOperation::kSet, "true"});
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);  // Not at once, but at the next look.
  for (int i = 0; i < 301; ++i) {
    at_.heartbeat(3, epochs_[3]);
    at_.run(1_s);
  }
  EXPECT_TRUE(at_.partition("orders").recovering);
}

}  // namespace
}  // namespace models
