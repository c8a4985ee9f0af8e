// SPDX-License-Identifier: Apache-2.0

#include "models/controller/broker_lifecycle.h"

#include <gtest/gtest.h>

#include "tests/support/step_fixture.h"

namespace models {
namespace {

using namespace sim::literals;

constexpr TimerKey kHeartbeatTimer{Timer::kBrokerHeartbeat};

class BrokerLifecycleTest : public ::testing::Test {
 protected:
  void start() { lifecycle_.on_start(at_.step(), kNoBrokerEpoch); }
  void registered() {
    start();
    lifecycle_.on_registration_response({ErrorCode::kNone, BrokerEpoch(7)}, at_.step());
  }
  // The timer fires, and what is sent is answered.
  BrokerHeartbeatRequest beat(BrokerHeartbeatResponse response) {
    BrokerHeartbeatRequest request = sent_on_timer();
    at_.clear();
    lifecycle_.on_heartbeat_response(response, at_.step());
    return request;
  }
  BrokerHeartbeatRequest sent_on_timer() {
    at_.clear();
    lifecycle_.on_timer(kHeartbeatTimer, at_.step());
    auto sent = at_.sent<BrokerHeartbeatRequest>();
    EXPECT_EQ(sent.size(), 1u);
    return sent.at(0).second;
  }
  void running() {
    registered();
    beat({ErrorCode::kNone, true, true, false});
    lifecycle_.on_ready_to_unfence(at_.step());
    beat({ErrorCode::kNone, true, false, false});
    ASSERT_EQ(lifecycle_.state(), BrokerState::kRunning);
  }
  // When the next heartbeat is due, by the last timer armed for it.
  sim::Duration next_due() {
    sim::Duration due = sim::Duration::max();
    for (const ArmTimer& timer : at_.all<ArmTimer>()) {
      if (timer.key == kHeartbeatTimer) due = timer.after;
    }
    return due;
  }

  StepFixture at_;
  BrokerLifecycle lifecycle_{{NodeId(2), "rack", {}}};
};

TEST_F(BrokerLifecycleTest, RegistersUnderANewIncarnationAtEachStart) {
  start();
  EXPECT_EQ(lifecycle_.state(), BrokerState::kStarting);
  auto sent = at_.sent<BrokerRegistrationRequest>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].second.broker_id, NodeId(2));
  EXPECT_EQ(sent[0].second.rack, "rack");
  EXPECT_EQ(sent[0].second.incarnation_id, lifecycle_.incarnation_id());
  EXPECT_FALSE(lifecycle_.incarnation_id().is_zero());
  BrokerLifecycle next_life({NodeId(2), "rack", {}});
  next_life.on_start(at_.step(), BrokerEpoch(7));
  EXPECT_NE(next_life.incarnation_id(), lifecycle_.incarnation_id());
  EXPECT_EQ(at_.sent<BrokerRegistrationRequest>()[1].second.previous_broker_epoch, BrokerEpoch(7));
}

TEST_F(BrokerLifecycleTest, SendsItsFirstHeartbeatAsSoonAsItIsRegistered) {
  registered();
  EXPECT_EQ(lifecycle_.broker_epoch(), BrokerEpoch(7));
  EXPECT_EQ(next_due(), 0_ms);
  lifecycle_.on_metadata_offset(Offset(12), at_.step());
  BrokerHeartbeatRequest request = sent_on_timer();
  EXPECT_EQ(request.broker_epoch, BrokerEpoch(7));
  EXPECT_EQ(request.current_metadata_offset, Offset(12));
  EXPECT_TRUE(request.want_fence);
  EXPECT_FALSE(request.want_shut_down);
}

TEST_F(BrokerLifecycleTest, GoesFromStartingOverRecoveryToRunning) {
  registered();
  beat({ErrorCode::kNone, false, true, false});
  EXPECT_EQ(lifecycle_.state(), BrokerState::kStarting);
  EXPECT_EQ(next_due(), 10_ms);
  beat({ErrorCode::kNone, true, true, false});
  EXPECT_EQ(lifecycle_.state(), BrokerState::kRecovery);
  EXPECT_EQ(next_due(), 10_ms);
  EXPECT_TRUE(beat({ErrorCode::kNone, true, true, false}).want_fence);
  EXPECT_EQ(lifecycle_.state(), BrokerState::kRecovery);
  EXPECT_EQ(next_due(), 2_s);
  lifecycle_.on_ready_to_unfence(at_.step());
  EXPECT_EQ(next_due(), 0_ms);
  EXPECT_FALSE(beat({ErrorCode::kNone, true, false, false}).want_fence);
  EXPECT_EQ(lifecycle_.state(), BrokerState::kRunning);
  EXPECT_EQ(next_due(), 2_s);
}

TEST_F(BrokerLifecycleTest, BeingFencedLaterDoesNotEndRunning) {
  running();
  beat({ErrorCode::kNone, true, true, false});
  EXPECT_EQ(lifecycle_.state(), BrokerState::kRunning);
}

TEST_F(BrokerLifecycleTest, RetriesWithGrowingBackoffUpToTheSessionTimeout) {
  running();
  int64_t expected_ms = 100;
  for (int i = 0; i < 10; ++i) {
    sent_on_timer();
    at_.clear();
    lifecycle_.on_request_failed(RequestFailure::kTimedOut, at_.step());
    EXPECT_GE(next_due(), sim::Duration::millis(expected_ms * 98 / 100));
    EXPECT_LE(next_due(), sim::Duration::millis(std::min<int64_t>(expected_ms * 102 / 100, 9000)));
    expected_ms = std::min<int64_t>(expected_ms * 2, 9000);
  }
  beat({ErrorCode::kNone, true, false, false});
  EXPECT_EQ(next_due(), 2_s);
  beat({ErrorCode::kStaleBrokerEpoch});
  EXPECT_LE(next_due(), 102_ms);  // The count of failures began anew.
}

TEST_F(BrokerLifecycleTest, RetriesItsRegistrationUntilItsTimeIsUp) {
  start();
  at_.clear();
  lifecycle_.on_registration_response({ErrorCode::kDuplicateBrokerRegistration}, at_.step());
  EXPECT_LE(next_due(), 102_ms);
  at_.clear();
  lifecycle_.on_timer(kHeartbeatTimer, at_.step());
  EXPECT_EQ(at_.sent<BrokerRegistrationRequest>().size(), 1u);
  lifecycle_.on_timer({Timer::kBrokerLifecycleLimit, 0}, at_.step());
  EXPECT_TRUE(lifecycle_.should_exit());
}

TEST_F(BrokerLifecycleTest, NeverHasTwoRequestsUnderWay) {
  running();
  sent_on_timer();
  lifecycle_.begin_controlled_shutdown(at_.step());
  at_.clear();
  lifecycle_.on_timer(kHeartbeatTimer, at_.step());
  EXPECT_TRUE(at_.sent<BrokerHeartbeatRequest>().empty());
  lifecycle_.on_heartbeat_response({ErrorCode::kNone, true, false, false}, at_.step());
  EXPECT_EQ(next_due(), 0_ms);  // What came up meanwhile goes out at once.
}

TEST_F(BrokerLifecycleTest, LeavesWhenTheControllerAgrees) {
  running();
  lifecycle_.begin_controlled_shutdown(at_.step());
  EXPECT_EQ(lifecycle_.state(), BrokerState::kPendingControlledShutdown);
  EXPECT_EQ(next_due(), 0_ms);
  EXPECT_TRUE(beat({ErrorCode::kNone, true, false, false}).want_shut_down);
  EXPECT_EQ(next_due(), 50_ms);
  beat({ErrorCode::kNone, true, false, false});
  EXPECT_EQ(next_due(), 2_s);
  EXPECT_FALSE(lifecycle_.should_exit());
  beat({ErrorCode::kNone, true, true, true});
  EXPECT_TRUE(lifecycle_.should_exit());
}

TEST_F(BrokerLifecycleTest, LeavesAfterFiveMinutesWithoutAnAnswer) {
  running();
  lifecycle_.begin_controlled_shutdown(at_.step());
  bool armed = false;
  for (const ArmTimer& timer : at_.all<ArmTimer>()) {
    armed |= timer.key == TimerKey{Timer::kBrokerLifecycleLimit, 1} && timer.after == 300_s;
  }
  EXPECT_TRUE(armed);
  lifecycle_.on_timer({Timer::kBrokerLifecycleLimit, 1}, at_.step());
  EXPECT_TRUE(lifecycle_.should_exit());
}

TEST_F(BrokerLifecycleTest, JustStopsIfItIsNotRunning) {
  registered();
  lifecycle_.begin_controlled_shutdown(at_.step());
  EXPECT_TRUE(lifecycle_.should_exit());
}

TEST_F(BrokerLifecycleTest, RegistersWithTheDirectoriesThatWork) {
  lifecycle_.on_start(at_.step(), kNoBrokerEpoch, {Uuid{{1, 100}}, Uuid{{1, 200}}});
  EXPECT_EQ(at_.sent<BrokerRegistrationRequest>()[0].second.log_dirs,
            (std::vector<Uuid>{{{1, 100}}, {{1, 200}}}));
}

TEST_F(BrokerLifecycleTest, TellsOfAFailedDirectoryAtOnceAndFromThenOn) {
  running();
  at_.clear();
  lifecycle_.on_directory_failure(Uuid{{1, 200}}, at_.step());
  EXPECT_EQ(next_due(), 0_ms);
  for (int i = 0; i < 2; ++i) {
    BrokerHeartbeatRequest request = beat({ErrorCode::kNone, true, false, false});
    EXPECT_EQ(request.offline_log_dirs, (std::vector<Uuid>{{{1, 200}}}));
  }
  // The controller has answered: the time limit passes without effect.
  lifecycle_.on_timer({Timer::kBrokerLifecycleLimit, 2}, at_.step());
  EXPECT_EQ(lifecycle_.state(), BrokerState::kRunning);
}

TEST_F(BrokerLifecycleTest, ShutsDownWhenTheControllerDoesNotHearOfAFailedDirectoryInTime) {
  running();
  at_.clear();
  lifecycle_.on_directory_failure(Uuid{{1, 200}}, at_.step());
  std::vector<ArmTimer> timers = at_.all<ArmTimer>();
  ASSERT_FALSE(timers.empty());
  EXPECT_EQ(timers[0].key, (TimerKey{Timer::kBrokerLifecycleLimit, 2}));
  EXPECT_EQ(timers[0].after, 30_s);
  lifecycle_.on_timer(kHeartbeatTimer, at_.step());
  lifecycle_.on_request_failed(RequestFailure::kTimedOut, at_.step());
  lifecycle_.on_timer(timers[0].key, at_.step());
  EXPECT_EQ(lifecycle_.state(), BrokerState::kPendingControlledShutdown);
}

}  // namespace
}  // namespace models
