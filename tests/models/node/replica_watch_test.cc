// SPDX-License-Identifier: Apache-2.0

#include "models/node/replica_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/log/record_batch.h"
#include "tests/support/step_fixture.h"

namespace models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kPartitions = 20;

class ReplicaWatchTest : public ::testing::Test {
 protected:
  ReplicaWatchTest() {
    EXPECT_TRUE(manager_.on_start(at_.step()).ok());
    MetadataImage image;
    image.brokers[NodeId(1)] = {.id = NodeId(1), .epoch = BrokerEpoch(101), .fenced = false};
    TopicImage& topic = image.topics["orders"];
    topic.name = "orders";
    MetadataDelta delta;
    delta.topics.insert("orders");
    for (int p = 0; p < kPartitions; ++p) {
      topic.partitions.push_back(
          {.replicas = {NodeId(1)}, .isr = {NodeId(1)}, .leader = NodeId(1)});
      delta.partitions.insert({"orders", p});
    }
    manager_.on_metadata(image, delta, at_.step());
    EXPECT_THAT(changed(), SizeIs(kPartitions));
  }
  ProduceRequest produce(int partition) {
    BatchBuilder builder({});
    builder.add(1000, std::nullopt, "v");
    ProduceRequest request{.acks = 1};
    request.partitions.push_back({{"orders", partition}, builder.build()});
    manager_.on_produce(RequestToken(1), request, at_.step());
    return request;
  }
  std::vector<int> changed() {
    std::vector<int> numbers;
    watch_.take_changed(manager_, [&](const HostedPartition& replica) {
      numbers.push_back(replica.partition().partition);
    });
    return numbers;
  }

  StepFixture at_;
  ReplicaManager manager_{{.node_id = NodeId(1), .config = {}, .log_directory = "kafka-logs"}};
  ReplicaWatch watch_{true};
};

TEST_F(ReplicaWatchTest, SeesWhatAMessageNamedAndOnlyOnce) {
  watch_.suspect_named(produce(17), manager_);
  EXPECT_THAT(changed(), ElementsAre(17));
  EXPECT_THAT(changed(), IsEmpty());
}

TEST_F(ReplicaWatchTest, SeesNothingWhereNothingChanged) {
  watch_.suspect_all();
  EXPECT_THAT(changed(), IsEmpty());
}

TEST_F(ReplicaWatchTest, SeesAllThatATimerOfTheWholeBrokerChanged) {
  produce(3);
  produce(19);
  watch_.suspect_after(Timer::kLogRetention);
  EXPECT_THAT(changed(), ElementsAre(3, 19));
}

// A change that nothing named shows when its turn has come: one replica is looked at after each
// event.
TEST_F(ReplicaWatchTest, SeesWhatNothingNamedALittleLater) {
  produce(17);
  watch_.suspect_after(Timer::kDelayedFetch);
  std::vector<int> seen = changed();
  int events = 1;
  for (; seen.empty() && events <= kPartitions; ++events) seen = changed();
  EXPECT_THAT(seen, ElementsAre(17));
  EXPECT_GT(events, 1);
}

TEST_F(ReplicaWatchTest, SeesNothingOfAReplicaThatIsDeleted) {
  MetadataDelta delta;
  delta.deleted_topics[Uuid()] = "orders";
  manager_.on_metadata(MetadataImage(), delta, at_.step());
  watch_.suspect_all();
  EXPECT_THAT(changed(), IsEmpty());
}

}  // namespace
}  // namespace models
