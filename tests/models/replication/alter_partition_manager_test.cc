// SPDX-License-Identifier: Apache-2.0

#include "models/replication/alter_partition_manager.h"

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

AlterPartitionData proposal(int partition) { return {.partition = {"orders", partition}}; }

class AlterPartitionManagerTest : public testing::Test {
 protected:
  std::vector<AlterPartitionRequest> sent() {
    std::vector<AlterPartitionRequest> requests;
    for (auto& [to, request] : at.sent<AlterPartitionRequest>()) requests.push_back(request);
    return requests;
  }
  StepFixture at;
  LocalBroker local{kOne, BrokerEpoch(101), 30_s};
  AlterPartitionManager manager;
};

TEST_F(AlterPartitionManagerTest, has_one_request_in_flight_and_sends_the_rest_together) {
  EXPECT_TRUE(manager.submit(proposal(0), local, at.step()));
  EXPECT_TRUE(manager.submit(proposal(2), local, at.step()));
  EXPECT_TRUE(manager.submit(proposal(1), local, at.step()));
  ASSERT_EQ(sent().size(), 1u);
  EXPECT_EQ(sent()[0].broker_epoch, BrokerEpoch(101));
  EXPECT_EQ(sent()[0].partitions.size(), 1u);
  manager.remove(proposal(0));
  manager.finish(local, at.step());
  ASSERT_EQ(sent().size(), 2u);
  ASSERT_EQ(sent()[1].partitions.size(), 2u);
  EXPECT_EQ(sent()[1].partitions[0].partition.partition, 1);
}

TEST_F(AlterPartitionManagerTest, takes_one_proposal_a_partition) {
  EXPECT_TRUE(manager.submit(proposal(0), local, at.step()));
  EXPECT_FALSE(manager.submit(proposal(0), local, at.step()));
}

TEST_F(AlterPartitionManagerTest, a_topic_made_anew_does_not_wait_for_the_former_one) {
  EXPECT_TRUE(manager.submit(proposal(0), local, at.step()));
  AlterPartitionData anew = proposal(0);
  anew.topic_id = Uuid{{7, 71}};
  EXPECT_TRUE(manager.submit(anew, local, at.step()));
  manager.remove(proposal(0));
  manager.finish(local, at.step());
  ASSERT_EQ(sent().size(), 2u);
  EXPECT_EQ(sent()[1].partitions[0].topic_id, anew.topic_id);
}

TEST_F(AlterPartitionManagerTest, a_refused_request_is_built_anew_after_50_ms) {
  manager.submit(proposal(0), local, at.step());
  manager.retry_later(at.step());
  ASSERT_EQ(at.all<ArmTimer>().size(), 1u);
  EXPECT_EQ(at.all<ArmTimer>()[0].after, 50_ms);
  local.epoch = BrokerEpoch(202);
  manager.on_retry_timer(local, at.step());
  ASSERT_EQ(sent().size(), 2u);
  EXPECT_EQ(sent()[1].broker_epoch, BrokerEpoch(202));
}

TEST_F(AlterPartitionManagerTest, an_unanswered_request_is_sent_again_as_it_was) {
  manager.submit(proposal(0), local, at.step());
  manager.submit(proposal(1), local, at.step());
  manager.resend_later(sent()[0], at.step());
  manager.on_retry_timer(local, at.step());
  ASSERT_EQ(sent().size(), 2u);
  EXPECT_EQ(sent()[1].partitions.size(), 1u) << "what came later waits for its own request";
  EXPECT_EQ(at.marks().of(Mark::kAlterPartitionRetried), 1);
}

}  // namespace
}  // namespace models
