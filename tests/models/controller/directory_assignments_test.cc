// SPDX-License-Identifier: Apache-2.0

#include "models/controller/directory_assignments.h"

#include <gtest/gtest.h>

#include "tests/support/step_fixture.h"

namespace models {
namespace {

using namespace sim::literals;

constexpr Uuid kTopic{{7, 70}};
constexpr Uuid kDirA{{1, 100}};
constexpr Uuid kDirB{{1, 200}};

class DirectoryAssignmentsTest : public ::testing::Test {
 protected:
  DirectoryAssignmentsTest() {
    TopicImage topic{.name = "orders", .id = kTopic};
    topic.partitions.resize(3);
    for (PartitionRegistration& partition : topic.partitions) partition.replicas = {NodeId(1)};
    topic.partitions[2].replicas = {NodeId(2)};
    image_.topics["orders"] = topic;
  }
  // What the timer sends.
  std::vector<AssignReplicasToDirsRequest> fire() {
    at_.clear();
    assignments_.on_timer(image_, BrokerEpoch(5), at_.step());
    std::vector<AssignReplicasToDirsRequest> sent;
    for (auto& [to, request] : at_.sent<AssignReplicasToDirsRequest>()) sent.push_back(request);
    return sent;
  }
  std::vector<sim::Duration> armed() {
    std::vector<sim::Duration> spans;
    for (const ArmTimer& timer : at_.all<ArmTimer>()) spans.push_back(timer.after);
    return spans;
  }

  StepFixture at_;
  MetadataImage image_;
  DirectoryAssignments assignments_{NodeId(1)};
};

TEST_F(DirectoryAssignmentsTest, GathersForATenthOfASecondAndSendsByDirectory) {
  assignments_.on_assignment({kTopic, 0}, kDirB, at_.step());
  assignments_.on_assignment({kTopic, 1}, kDirA, at_.step());
  assignments_.on_assignment({kTopic, 2}, kDirA, at_.step());  // Not here any more.
  EXPECT_EQ(armed(), std::vector<sim::Duration>{100_ms});
  auto sent = fire();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].broker_epoch, BrokerEpoch(5));
  ASSERT_EQ(sent[0].directories.size(), 2u);
  EXPECT_EQ(sent[0].directories[0].id, kDirA);
  EXPECT_EQ(sent[0].directories[0].replicas, (std::vector<AssignedReplica>{{kTopic, 1}}));
  EXPECT_EQ(sent[0].directories[1].replicas, (std::vector<AssignedReplica>{{kTopic, 0}}));
}

TEST_F(DirectoryAssignmentsTest, OneRequestIsUnderWayAtATime) {
  assignments_.on_assignment({kTopic, 0}, kDirA, at_.step());
  EXPECT_EQ(fire().size(), 1u);
  assignments_.on_assignment({kTopic, 1}, kDirA, at_.step());
  EXPECT_TRUE(fire().empty());
  at_.clear();
  assignments_.on_response({ErrorCode::kNone, {{{kTopic, 0}, ErrorCode::kNone}}}, at_.step());
  EXPECT_EQ(armed(), std::vector<sim::Duration>{100_ms});
  auto sent = fire();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].directories[0].replicas, (std::vector<AssignedReplica>{{kTopic, 1}}));
}

TEST_F(DirectoryAssignmentsTest, SendsAgainWhatWasNotAcceptedAndANewerDirectoryWins) {
  assignments_.on_assignment({kTopic, 0}, kDirA, at_.step());
  assignments_.on_assignment({kTopic, 1}, kDirA, at_.step());
  fire();
  assignments_.on_assignment({kTopic, 1}, kDirB, at_.step());
  assignments_.on_response(
      {ErrorCode::kNone,
       {{{kTopic, 0}, ErrorCode::kUnknownTopicId}, {{kTopic, 1}, ErrorCode::kUnknownTopicId}}},
      at_.step());
  auto sent = fire();
  ASSERT_EQ(sent.size(), 1u);
  ASSERT_EQ(sent[0].directories.size(), 2u);
  EXPECT_EQ(sent[0].directories[1].id, kDirB);
  EXPECT_EQ(sent[0].directories[1].replicas, (std::vector<AssignedReplica>{{kTopic, 1}}));
}

TEST_F(DirectoryAssignmentsTest, AFailedRequestWaitsLongerEachTimeUpToTenSeconds) {
  assignments_.on_assignment({kTopic, 0}, kDirA, at_.step());
  sim::Duration wanted = 200_ms;
  for (int i = 0; i < 9; ++i) {
    ASSERT_EQ(fire().size(), 1u);
    at_.clear();
    if (i % 2 == 0) {
      assignments_.on_request_failed(RequestFailure::kTimedOut, at_.step());
    } else {
      assignments_.on_response({ErrorCode::kNotController}, at_.step());
    }
    ASSERT_EQ(armed().size(), 1u);
    EXPECT_GE(armed()[0], wanted / 100 * 98) << i;
    EXPECT_LE(armed()[0], wanted / 100 * 102) << i;
    wanted = std::min(wanted * 2, 10_s);
  }
}

}  // namespace
}  // namespace models
