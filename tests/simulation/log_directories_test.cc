// SPDX-License-Identifier: Apache-2.0
//
// Brokers with two log directories each, in a whole cluster: where replicas go, what the controller
// knows of it, and what the loss of a disk does.

#include <gtest/gtest.h>

#include "models/log/meta_properties.h"
#include "models/node/broker_node.h"
#include "models/node/controller_node.h"
#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using models::NodeId;
using models::PartitionRegistration;

void run_until(scenarios::Run& run, int64_t millis) {
  while (run.step() && run.world().now() < sim::SimTime::at_millis(millis)) {
  }
}

const models::MetadataImage& image_of(scenarios::Run& run) {
  auto* node = run.world().find(run.cluster().controllers().front().process);
  return static_cast<models::ControllerNode*>(node)->controller().committed_image();
}

const models::ReplicaManager& replicas_of(scenarios::Run& run, NodeId id) {
  auto* node = run.world().find(run.cluster().process_of(id));
  return static_cast<models::BrokerNode*>(node)->replica_manager();
}

TEST(LogDirectoriesInACluster, AreFilledEvenlyAndKnownToTheController) {
  scenarios::Run run(load("disk_failure_one_of_two"), {});
  run_until(run, 5'000);
  const models::TopicImage& orders = image_of(run).topics.at("orders");
  for (const auto& [id, broker] : image_of(run).brokers) {
    ASSERT_EQ(broker.directories.size(), 2u);
    EXPECT_EQ(broker.directories, replicas_of(run, id).online_directory_ids());
    std::vector<int> replicas(2);
    for (const PartitionRegistration& partition : orders.partitions)
      ++replicas.at(partition.directory_of(id) == broker.directories[0] ? 0 : 1);
    EXPECT_EQ(replicas, (std::vector<int>{3, 3}));
  }
  for (const PartitionRegistration& partition : orders.partitions) {
    for (const models::Uuid& directory : partition.directories)
      EXPECT_FALSE(models::is_reserved(directory));
  }
}

TEST(LogDirectoriesInACluster, TheLossOfOneLeavesIsrsAndComesBackWithTheNextStart) {
  scenarios::Run run(load("disk_failure_one_of_two"), {});
  run_until(run, 19'000);
  models::BrokerEpoch epoch = image_of(run).brokers.at(NodeId(1)).epoch;
  run_until(run, 70'000);
  const models::BrokerRegistration& one = image_of(run).brokers.at(NodeId(1));
  EXPECT_EQ(one.epoch, epoch);  // It never stopped.
  EXPECT_FALSE(one.fenced);
  EXPECT_EQ(one.directories.size(), 1u);
  for (const PartitionRegistration& partition : image_of(run).topics.at("orders").partitions) {
    bool online = models::is_online(partition.directory_of(NodeId(1)), one.directories);
    EXPECT_EQ(partition.in_isr(NodeId(1)), online);
    if (!online) {
      EXPECT_NE(partition.leader, NodeId(1));
    }
  }
  while (run.step()) {
  }
  EXPECT_EQ(image_of(run).brokers.at(NodeId(1)).directories.size(), 2u);
  for (const models::HostedPartition& replica : replicas_of(run, NodeId(1)).replicas())
    EXPECT_FALSE(replica.is_offline());
}

TEST(LogDirectoriesInACluster, TheirFilesSayWhoseTheyAre) {
  scenarios::Run run(load("disk_failure_one_of_two"), {});
  run_until(run, 5'000);
  sim::Rng rng;
  sim::HostId host = run.world().host_of(run.cluster().process_of(NodeId(2)));
  sim::DiskView disk = sim::DiskView::observer(run.world().disk(host), run.world().now(), rng);
  models::Effects effects;
  models::Marks marks;
  models::Step step{{}, {}, rng, disk, effects, {}, marks};
  for (const models::LogDirectory& directory : replicas_of(run, NodeId(2)).directories()) {
    auto meta = models::read_meta_properties(directory.path, step);
    ASSERT_TRUE(meta.ok() && *meta);
    EXPECT_EQ((*meta)->node_id, NodeId(2));
    EXPECT_EQ((*meta)->cluster_id, models::kClusterId);
    EXPECT_EQ((*meta)->directory_id, directory.id);
  }
  for (const models::HostedPartition& replica : replicas_of(run, NodeId(2)).replicas()) {
    auto topic = models::read_partition_metadata(replica.log.directory(), step);
    ASSERT_TRUE(topic.ok() && *topic);
    EXPECT_EQ(**topic, image_of(run).topics.at("orders").id);
  }
}

// Whose logs are strays, only the metadata tells: a broker that is told to stop before it has it, as
// when the controllers come back later, must leave them where they are.
TEST(LogDirectoriesInACluster, OfABrokerThatStopsBeforeItHasTheMetadataStayAsTheyAre) {
  scenarios::RunResult result =
      scenarios::run_scenario(parse(small_scenario(R"({"at":"5s","crash":"controller","for":"6s"},
                              {"at":"6s","crash":"broker 1","for":"1s"},
                              {"at":"8s","restart_rolling":["broker 1"],"down":"1s"})")),
                              {});
  EXPECT_EQ(result.faults.size(), 3u);
  EXPECT_EQ(result.marks[static_cast<size_t>(models::Mark::kStrayReplicaFound)], 0);
  EXPECT_EQ(result.outcome, scenarios::Outcome::kPassed) << why(result);
}

}  // namespace
}  // namespace tests
