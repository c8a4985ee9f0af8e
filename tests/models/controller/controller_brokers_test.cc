// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "tests/models/controller/controller_harness.h"

namespace models {
namespace {

using namespace sim::literals;

class ControllerBrokersTest : public ::testing::Test {
 protected:
  // Three unfenced brokers and a topic of one partition on all of them.
  void start_cluster(std::vector<std::pair<std::string, std::string>> configs = {}) {
    at_.start();
    for (int32_t id : {1, 2, 3}) epochs_[id] = at_.add_broker(id);
    at_.add_topic("orders", 1, 3, std::move(configs));
  }
  // Time passes in which all brokers but `silent` send heartbeats.
  void run_without(std::vector<int32_t> silent, int64_t seconds) {
    for (int64_t i = 0; i < seconds; ++i) {
      for (auto [id, epoch] : epochs_) {
        if (std::find(silent.begin(), silent.end(), id) == silent.end()) at_.heartbeat(id, epoch);
      }
      at_.run(1_s);
    }
  }
  bool fenced(int32_t id) { return at_.controller().latest_image().find(NodeId(id))->fenced; }
  int32_t leader() { return at_.partition("orders").leader.value(); }
  ErrorCode heartbeat_error(RequestToken token) {
    return at_.reply<BrokerHeartbeatResponse>(token)->error;
  }

  ControllerHarness at_{{NodeId(100), {}, "metadata", 3}};
  std::map<int32_t, BrokerEpoch> epochs_;
};

TEST_F(ControllerBrokersTest, RegistersABrokerFencedAtTheNextOffset) {
  at_.start();
  Offset next = at_.controller().latest_image().next_offset;
  RequestToken token = at_.register_broker(7, 1);
  at_.run(60_ms);
  auto response = at_.reply<BrokerRegistrationResponse>(token);
  EXPECT_EQ(response->broker_epoch, BrokerEpoch(next.value()));
  EXPECT_TRUE(fenced(7));
  EXPECT_EQ(at_.notes("broker_registered").size(), 1u);
}

TEST_F(ControllerBrokersTest, RefusesAnotherIncarnationWhileTheFormerIsAlive) {
  start_cluster();
  RequestToken token = at_.register_broker(2, 77);
  EXPECT_EQ(at_.reply<BrokerRegistrationResponse>(token)->error,
            ErrorCode::kDuplicateBrokerRegistration);
  EXPECT_EQ(at_.controller().latest_image().find(NodeId(2))->epoch, epochs_[2]);
}

TEST_F(ControllerBrokersTest, AcceptsANewIncarnationOfAFencedBroker) {
  start_cluster();
  run_without({2}, 11);
  ASSERT_TRUE(fenced(2));
  RequestToken token = at_.register_broker(2, 77);
  at_.run(60_ms);
  auto response = at_.reply<BrokerRegistrationResponse>(token);
  EXPECT_EQ(response->error, ErrorCode::kNone);
  EXPECT_GT(response->broker_epoch, epochs_[2]);
  RequestToken zombie = at_.heartbeat(2, epochs_[2]);
  EXPECT_EQ(heartbeat_error(zombie), ErrorCode::kStaleBrokerEpoch);
}

TEST_F(ControllerBrokersTest, KeepsEpochAndFencingWhenTheSameIncarnationRegistersAgain) {
  start_cluster();
  RequestToken token = at_.register_broker(2, 2);
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<BrokerRegistrationResponse>(token)->broker_epoch, epochs_[2]);
  EXPECT_FALSE(fenced(2));
  EXPECT_EQ(at_.fixture().marks().of(Mark::kRegistrationAmended), 1);
}

TEST_F(ControllerBrokersTest, ANewIncarnationLosesWhatTheFormerLed) {
  start_cluster();
  // A controller that has just started takes every unfenced broker as alive for one session; after
  // it, and before the fencing, only this registration cleans up.
  int32_t led = leader();
  at_.heartbeat(led, epochs_[led]);
  run_without({led}, 8);
  at_.fixture().advance(2_s);  // The session is over; its timer has not been handled yet.
  RequestToken token = at_.register_broker(led, 99);
  EXPECT_NE(leader(), led);
  EXPECT_FALSE(at_.partition("orders").in_isr(NodeId(led)));
  EXPECT_TRUE(fenced(led));
  EXPECT_EQ(at_.fixture().marks().of(Mark::kUncleanRegistration), 1);
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<BrokerRegistrationResponse>(token)->error, ErrorCode::kNone);
}

TEST_F(ControllerBrokersTest, ACleanShutdownIsToldByTheFormerEpoch) {
  start_cluster();
  run_without({2}, 11);
  at_.register_broker(2, 77, epochs_[2].value());
  EXPECT_EQ(at_.fixture().marks().of(Mark::kUncleanRegistration), 0);
}

TEST_F(ControllerBrokersTest, AnswersAStaleEpochAtOnce) {
  start_cluster();
  at_.register_broker(4, 4);  // Something is under way.
  EXPECT_EQ(heartbeat_error(at_.heartbeat(1, BrokerEpoch(0))), ErrorCode::kStaleBrokerEpoch);
  EXPECT_EQ(heartbeat_error(at_.heartbeat(9, BrokerEpoch(0))), ErrorCode::kStaleBrokerEpoch);
  RequestToken ids = at_.allocate_producer_ids(1, BrokerEpoch(0));
  EXPECT_EQ(at_.reply<AllocateProducerIdsResponse>(ids)->error, ErrorCode::kStaleBrokerEpoch);
}

TEST_F(ControllerBrokersTest, UnfencesOnlyABrokerThatHasReadItsRegistration) {
  at_.start();
  RequestToken registered = at_.register_broker(1, 1);
  at_.run(60_ms);
  BrokerEpoch epoch = at_.reply<BrokerRegistrationResponse>(registered)->broker_epoch;
  RequestToken behind = at_.heartbeat(1, epoch, epoch.value() - 1);
  EXPECT_FALSE(at_.reply<BrokerHeartbeatResponse>(behind)->is_caught_up);
  EXPECT_TRUE(at_.reply<BrokerHeartbeatResponse>(behind)->is_fenced);
  RequestToken waits = at_.heartbeat(1, epoch, epoch.value(), true);
  EXPECT_TRUE(at_.reply<BrokerHeartbeatResponse>(waits)->is_caught_up);
  EXPECT_TRUE(at_.reply<BrokerHeartbeatResponse>(waits)->is_fenced);
  RequestToken ready = at_.heartbeat(1, epoch, epoch.value());
  EXPECT_FALSE(at_.replied(ready));
  at_.run(60_ms);
  EXPECT_FALSE(at_.reply<BrokerHeartbeatResponse>(ready)->is_fenced);
  EXPECT_FALSE(fenced(1));
  EXPECT_EQ(at_.notes("broker_unfenced").size(), 1u);
}

TEST_F(ControllerBrokersTest, TellsWhenTheExpectedBrokersAreUnfenced) {
  start_cluster();
  EXPECT_EQ(at_.notes("brokers_ready").size(), 1u);
}

TEST_F(ControllerBrokersTest, LooksForASilentBrokerAtTheFirstEighthAfterItsSessionAndAwaitsIt) {
  start_cluster();
  at_.heartbeat(2, epochs_.at(2));
  const ArmTimer* timer = at_.timer({Timer::kBrokerSession, 2});
  ASSERT_NE(timer, nullptr);
  EXPECT_GT(timer->after, 9000_ms);
  EXPECT_LE(timer->after, 10125_ms);
  EXPECT_EQ(timer->awaits_node, NodeId(2));
  EXPECT_EQ(timer->awaits_what, "BrokerHeartbeatRequest");
}

TEST_F(ControllerBrokersTest, FencesAtMostAnEighthOfTheTimeoutLate) {
  start_cluster();
  for (auto [id, epoch] : epochs_) at_.heartbeat(id, epoch);
  run_without({2}, 9);
  EXPECT_FALSE(fenced(2));
  at_.run(1130_ms);
  EXPECT_TRUE(fenced(2));
}

// Even a fenced broker has a session, from its first heartbeat on.
TEST_F(ControllerBrokersTest, AFencedBrokerThatIsHeardOfMayNotBeReplacedByAnotherIncarnation) {
  at_.start();
  RequestToken token = at_.register_broker(1, 1);
  at_.run(60_ms);
  at_.heartbeat(1, at_.reply<BrokerRegistrationResponse>(token)->broker_epoch, 0);
  RequestToken other = at_.register_broker(1, 2);
  EXPECT_EQ(at_.reply<BrokerRegistrationResponse>(other)->error,
            ErrorCode::kDuplicateBrokerRegistration);
  at_.run(11_s);
  other = at_.register_broker(1, 2);
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<BrokerRegistrationResponse>(other)->error, ErrorCode::kNone);
  EXPECT_EQ(at_.fixture().marks().of(Mark::kFencedAgain), 1);
}

TEST_F(ControllerBrokersTest, UnregistersABrokerThatMayComeBackLater) {
  start_cluster();
  run_without({2}, 11);
  RequestToken token = at_.unregister_broker(2);
  at_.run(60_ms);
  EXPECT_EQ(at_.reply<UnregisterBrokerResponse>(token)->error, ErrorCode::kNone);
  EXPECT_EQ(at_.controller().committed_image().find(NodeId(2)), nullptr);
  token = at_.unregister_broker(2);
  EXPECT_EQ(at_.reply<UnregisterBrokerResponse>(token)->error, ErrorCode::kBrokerIdNotRegistered);
  EXPECT_GT(at_.add_broker(2), epochs_[2]);
}

TEST_F(ControllerBrokersTest, FencesASilentLeaderAndElectsTheNextReplica) {
  start_cluster();
  int32_t dead = leader();
  PartitionRegistration before = at_.partition("orders");
  run_without({dead}, 11);
  EXPECT_TRUE(fenced(dead));
  const PartitionRegistration& after = at_.partition("orders");
  EXPECT_EQ(after.leader, before.replicas[1]);
  EXPECT_EQ(after.isr, (std::vector<NodeId>{before.replicas[1], before.replicas[2]}));
  EXPECT_EQ(after.leader_epoch, before.leader_epoch + 1);
  EXPECT_EQ(after.partition_epoch, before.partition_epoch + 1);
  EXPECT_EQ(at_.fixture().marks().of(Mark::kBrokerFenced), 1);
  std::vector<Note> elected = at_.notes("leader_elected");
  EXPECT_EQ(elected.back().fields.at(1).second, std::to_string(dead));
  EXPECT_EQ(at_.notes("broker_fenced").size(), 1u);
}

TEST_F(ControllerBrokersTest, FencingAFollowerKeepsTheLeaderEpoch) {
  start_cluster();
  PartitionRegistration before = at_.partition("orders");
  run_without({before.replicas[2].value()}, 11);
  const PartitionRegistration& after = at_.partition("orders");
  EXPECT_EQ(after.leader, before.leader);
  EXPECT_EQ(after.leader_epoch, before.leader_epoch);
  EXPECT_EQ(after.partition_epoch, before.partition_epoch + 1);
  EXPECT_EQ(after.isr.size(), 2u);
}

TEST_F(ControllerBrokersTest, TheLastIsrMemberBecomesEligibleAndLeadsAgainWhenItIsBack) {
  start_cluster();
  std::vector<NodeId> replicas = at_.partition("orders").replicas;
  run_without({replicas[0].value()}, 11);
  run_without({replicas[0].value(), replicas[1].value()}, 11);
  EXPECT_EQ(at_.partition("orders").isr, std::vector<NodeId>{replicas[2]});
  EXPECT_TRUE(at_.partition("orders").elr.empty());  // One in sync is enough for a minimum of one.
  run_without({1, 2, 3}, 11);
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);
  EXPECT_TRUE(at_.partition("orders").isr.empty());
  EXPECT_EQ(at_.partition("orders").elr, std::vector<NodeId>{replicas[2]});
  EXPECT_EQ(at_.partition("orders").last_known_elr, std::vector<NodeId>{replicas[2]});
  LeaderEpoch leaderless = at_.partition("orders").leader_epoch;
  // One that is not eligible comes back: still nobody may lead.
  at_.heartbeat(replicas[0].value(), epochs_[replicas[0].value()]);
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);
  at_.heartbeat(replicas[2].value(), epochs_[replicas[2].value()]);
  EXPECT_EQ(at_.partition("orders").leader, replicas[2]);
  EXPECT_EQ(at_.partition("orders").leader_epoch, leaderless + 1);
  EXPECT_FALSE(at_.partition("orders").recovering);
  EXPECT_TRUE(at_.partition("orders").elr.empty() &&
              at_.partition("orders").last_known_elr.empty());
  EXPECT_EQ(at_.fixture().marks().of(Mark::kElrLeaderElected), 1);
}

// The last replica standing: cut off, and back without its tail (KIP-966).
TEST_F(ControllerBrokersTest, AnUncleanRestartEndsEligibilityAndACleanOneDoesNot) {
  start_cluster({{"min.insync.replicas", "2"}});
  std::vector<NodeId> replicas = at_.partition("orders").replicas;
  int32_t first = replicas[0].value(), last = replicas[2].value();
  run_without({first}, 11);
  run_without({first, replicas[1].value()}, 11);
  EXPECT_EQ(at_.partition("orders").elr, std::vector<NodeId>{replicas[1]});
  run_without({1, 2, 3}, 11);
  EXPECT_EQ(at_.partition("orders").elr.size(), 2u);
  at_.register_broker(last, 77);  // Without the epoch that a clean shutdown leaves behind.
  EXPECT_EQ(at_.partition("orders").elr, std::vector<NodeId>{replicas[1]});
  EXPECT_EQ(at_.fixture().marks().of(Mark::kElrDroppedUnclean), 1);
  int32_t second = replicas[1].value();
  at_.register_broker(second, 78, epochs_[second].value());
  EXPECT_EQ(at_.partition("orders").elr, std::vector<NodeId>{replicas[1]});
  // Nobody eligible is left: the last leader is taken, as an unclean election.
  at_.run(11_s);
  at_.register_broker(second, 79);
  EXPECT_TRUE(at_.partition("orders").elr.empty());
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);
  RequestToken token = at_.register_broker(first, 80);
  at_.run(60_ms);
  at_.heartbeat(first, at_.reply<BrokerRegistrationResponse>(token)->broker_epoch);
  EXPECT_EQ(at_.partition("orders").leader, kNoNode);
  token = at_.register_broker(last, 81);
  at_.run(60_ms);
  at_.heartbeat(last, at_.reply<BrokerRegistrationResponse>(token)->broker_epoch);
  EXPECT_EQ(at_.partition("orders").leader, NodeId(last));
  EXPECT_TRUE(at_.partition("orders").recovering);
  EXPECT_EQ(at_.fixture().marks().of(Mark::kLastKnownLeaderElected), 1);
}

TEST_F(ControllerBrokersTest, TheMutationKip966KeepsAnUncleanReplicaEligible) {
  at_.fixture().mutations().insert(Mutation::kKip966);
  start_cluster({{"min.insync.replicas", "2"}});
  NodeId last = at_.partition("orders").leader;
  run_without({1, 2, 3}, 12);
  at_.register_broker(last.value(), 77);
  EXPECT_TRUE(at_.partition("orders").in_elr(last));
}

TEST_F(ControllerBrokersTest, AnUncleanElectionTakesWhoeverIsThere) {
  start_cluster({{"unclean.leader.election.enable", "true"}});
  std::vector<NodeId> replicas = at_.partition("orders").replicas;
  run_without({replicas[0].value()}, 11);
  run_without({replicas[0].value(), replicas[1].value()}, 11);
  at_.heartbeat(replicas[0].value(), epochs_[replicas[0].value()]);  // Unfenced, not in the ISR.
  at_.run(60_ms);
  run_without({replicas[1].value(), replicas[2].value()}, 11);
  EXPECT_EQ(at_.partition("orders").leader, replicas[0]);
  EXPECT_EQ(at_.partition("orders").isr, std::vector<NodeId>{replicas[0]});
  EXPECT_TRUE(at_.partition("orders").recovering);
}

TEST_F(ControllerBrokersTest, FencesBrokersOneByOne) {
  start_cluster();
  run_without({1, 2, 3}, 11);
  EXPECT_TRUE(fenced(1) && fenced(2) && fenced(3));
  EXPECT_EQ(at_.notes("broker_fenced").size(), 3u);
}

TEST_F(ControllerBrokersTest, ARestartedControllerGivesBrokersAFullSession) {
  start_cluster();
  run_without({2}, 8);
  at_.restart();
  EXPECT_FALSE(fenced(2));
  run_without({2}, 8);
  EXPECT_FALSE(fenced(2));
  run_without({2}, 3);
  EXPECT_TRUE(fenced(2));
}

TEST_F(ControllerBrokersTest, AControlledShutdownMovesLeadersBeforeTheBrokerLeaves) {
  start_cluster();
  int32_t leaving = leader();
  RequestToken first = at_.heartbeat(leaving, epochs_[leaving], 1'000, false, true);
  at_.run(60_ms);
  EXPECT_FALSE(at_.reply<BrokerHeartbeatResponse>(first)->should_shut_down);
  EXPECT_FALSE(at_.reply<BrokerHeartbeatResponse>(first)->is_fenced);
  EXPECT_NE(leader(), leaving);
  EXPECT_FALSE(at_.partition("orders").in_isr(NodeId(leaving)));
  EXPECT_TRUE(at_.controller().latest_image().find(NodeId(leaving))->in_controlled_shutdown);
  EXPECT_EQ(at_.notes("controlled_shutdown").size(), 1u);
  // The others have not read of it yet.
  for (auto [id, epoch] : epochs_) {
    if (id != leaving) at_.heartbeat(id, epoch, 1);
  }
  RequestToken second = at_.heartbeat(leaving, epochs_[leaving], 1'000, false, true);
  at_.run(60_ms);
  EXPECT_FALSE(at_.reply<BrokerHeartbeatResponse>(second)->should_shut_down);
  for (auto [id, epoch] : epochs_) {
    if (id != leaving) at_.heartbeat(id, epoch);
  }
  RequestToken third = at_.heartbeat(leaving, epochs_[leaving], 1'000, false, true);
  at_.run(60_ms);
  EXPECT_TRUE(at_.reply<BrokerHeartbeatResponse>(third)->should_shut_down);
  EXPECT_TRUE(fenced(leaving));
  EXPECT_EQ(at_.fixture().marks().of(Mark::kControlledShutdownWaits), 1);
}

TEST_F(ControllerBrokersTest, TheLeaderThatCameBackIsPreferredAgainAfterTheCheckInterval) {
  start_cluster();
  int32_t preferred = leader();
  run_without({preferred}, 11);
  ASSERT_NE(leader(), preferred);
  at_.heartbeat(preferred, epochs_[preferred]);
  at_.run(60_ms);
  // Its follower's fetches would lead here.
  PartitionRegistration now = at_.partition("orders");
  AlterPartitionData wanted{{"orders", 0}, now.leader_epoch, {}, now.partition_epoch};
  for (NodeId id : now.replicas) wanted.new_isr.push_back({id, kNoBrokerEpoch});
  at_.alter_partition({now.leader, epochs_[now.leader.value()], {wanted}});
  run_without({}, 280);
  EXPECT_NE(leader(), preferred);
  run_without({}, 30);
  EXPECT_EQ(leader(), preferred);
}

}  // namespace
}  // namespace models
