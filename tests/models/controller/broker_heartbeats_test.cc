// SPDX-License-Identifier: Apache-2.0

#include "models/controller/broker_heartbeats.h"

#include <gtest/gtest.h>

namespace models {
namespace {

using sim::Duration;
using sim::MonoTime;

constexpr NodeId kOne{1};
constexpr NodeId kTwo{2};
constexpr Offset kRegistration{10};

BrokerHeartbeatRequest heartbeat(NodeId id, int64_t offset, bool want_fence = false,
                                 bool want_shut_down = false) {
  return {id, BrokerEpoch(10), Offset(offset), want_fence, want_shut_down};
}

class BrokerHeartbeatsTest : public ::testing::Test {
 protected:
  BrokerControlState next(const BrokerHeartbeatRequest& request, bool leads_any = false) {
    return heartbeats_.next_state(request, kRegistration, [=] { return leads_any; });
  }
  void unfence(NodeId id, int64_t offset) {
    heartbeats_.on_registration(id, true);
    heartbeats_.touch(id, false, Offset(offset));
  }

  MonoTime now_ = MonoTime::at_millis(1000);
  BrokerHeartbeats heartbeats_{Duration::seconds(9)};
};

TEST_F(BrokerHeartbeatsTest, AFencedBrokerIsUnfencedOnceItHasReadItsRegistration) {
  heartbeats_.on_registration(kOne, true);
  EXPECT_EQ(next(heartbeat(kOne, 9)), BrokerControlState::kFenced);
  EXPECT_EQ(next(heartbeat(kOne, 10)), BrokerControlState::kUnfenced);
  EXPECT_EQ(next(heartbeat(kOne, 10, true)), BrokerControlState::kFenced);
  EXPECT_EQ(next(heartbeat(kOne, 0, false, true)), BrokerControlState::kShutdownNow);
}

TEST_F(BrokerHeartbeatsTest, AnUnfencedBrokerStaysSoUntilItWantsOut) {
  unfence(kOne, 10);
  EXPECT_EQ(next(heartbeat(kOne, 10), true), BrokerControlState::kUnfenced);
  EXPECT_EQ(next(heartbeat(kOne, 10, true)), BrokerControlState::kFenced);
  EXPECT_EQ(next(heartbeat(kOne, 10, true, true)), BrokerControlState::kShutdownNow);
  EXPECT_EQ(next(heartbeat(kOne, 10, false, true), true), BrokerControlState::kControlledShutdown);
  EXPECT_EQ(next(heartbeat(kOne, 10, false, true), false), BrokerControlState::kShutdownNow);
}

TEST_F(BrokerHeartbeatsTest, AControlledShutdownWaitsForEveryActiveBrokerToKnow) {
  unfence(kOne, 10);
  unfence(kTwo, 10);
  heartbeats_.begin_controlled_shutdown(kOne, Offset(20));
  heartbeats_.begin_controlled_shutdown(kOne, Offset(99));  // The first counts.
  BrokerHeartbeatRequest wants_out = heartbeat(kOne, 15, false, true);
  EXPECT_EQ(next(wants_out, true), BrokerControlState::kControlledShutdown);
  EXPECT_EQ(next(wants_out), BrokerControlState::kControlledShutdown);
  heartbeats_.touch(kTwo, false, Offset(19));
  EXPECT_EQ(next(wants_out), BrokerControlState::kControlledShutdown);
  heartbeats_.touch(kTwo, false, Offset(20));
  EXPECT_EQ(next(wants_out, true), BrokerControlState::kControlledShutdown);
  EXPECT_EQ(next(wants_out), BrokerControlState::kShutdownNow);
}

TEST_F(BrokerHeartbeatsTest, TheLastBrokerNeedsNobodyToKnow) {
  unfence(kOne, 10);
  heartbeats_.begin_controlled_shutdown(kOne, Offset(20));
  EXPECT_EQ(next(heartbeat(kOne, 10, false, true)), BrokerControlState::kShutdownNow);
}

TEST_F(BrokerHeartbeatsTest, FencingEndsAControlledShutdown) {
  unfence(kOne, 10);
  heartbeats_.begin_controlled_shutdown(kOne, Offset(20));
  EXPECT_TRUE(heartbeats_.is_shutting_down(kOne));
  heartbeats_.touch(kOne, true, Offset(20));
  EXPECT_FALSE(heartbeats_.is_shutting_down(kOne));
  EXPECT_EQ(heartbeats_.current_state(kOne), BrokerControlState::kFenced);
}

TEST_F(BrokerHeartbeatsTest, ASessionLastsFromTheLastHeartbeatOfItsRegistration) {
  constexpr BrokerEpoch kEpoch{10};
  heartbeats_.on_registration(kOne, true);
  EXPECT_FALSE(heartbeats_.has_valid_session(kOne, kEpoch, now_));  // Not heard of yet.
  heartbeats_.on_contact(kOne, kEpoch, now_);
  EXPECT_TRUE(heartbeats_.has_valid_session(kOne, kEpoch, now_ + Duration::millis(9000)));
  EXPECT_FALSE(heartbeats_.has_valid_session(kOne, kEpoch, now_ + Duration::millis(9001)));
  EXPECT_FALSE(heartbeats_.has_valid_session(kOne, BrokerEpoch(11), now_));
  EXPECT_FALSE(heartbeats_.has_valid_session(kTwo, kEpoch, now_));
  heartbeats_.on_contact(kOne, kEpoch, now_ + Duration::seconds(5));
  EXPECT_TRUE(heartbeats_.has_valid_session(kOne, kEpoch, now_ + Duration::seconds(13)));
}

TEST_F(BrokerHeartbeatsTest, SessionsThatRanOutAreTakenOneByOne) {
  heartbeats_.on_contact(kOne, BrokerEpoch(10), now_);
  heartbeats_.on_contact(kTwo, BrokerEpoch(20), now_);
  heartbeats_.on_contact(kTwo, BrokerEpoch(21), now_ + Duration::seconds(5));
  MonoTime later = now_ + Duration::seconds(10);
  EXPECT_EQ(heartbeats_.oldest_contact(kTwo), now_);
  EXPECT_EQ(heartbeats_.take_expired(kTwo, later), BrokerEpoch(20));
  EXPECT_FALSE(heartbeats_.take_expired(kTwo, later));
  EXPECT_EQ(heartbeats_.oldest_contact(kTwo), now_ + Duration::seconds(5));
  EXPECT_EQ(heartbeats_.take_expired(kOne, later), BrokerEpoch(10));
  EXPECT_FALSE(heartbeats_.oldest_contact(kOne));
}

}  // namespace
}  // namespace models
