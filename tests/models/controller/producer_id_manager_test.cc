// SPDX-License-Identifier: Apache-2.0

#include "models/transactions/producer_id_manager.h"

#include <gtest/gtest.h>

#include "tests/support/step_fixture.h"

namespace models {
namespace {

using namespace sim::literals;

class ProducerIdManagerTest : public ::testing::Test {
 protected:
  InitProducerIdResponse ask() {
    size_t before = at_.replies<InitProducerIdResponse>().size();
    ids_.on_init_producer_id(RequestToken(before + 1), {}, BrokerEpoch(5), at_.step());
    auto replies = at_.replies<InitProducerIdResponse>();
    EXPECT_EQ(replies.size(), before + 1);
    return replies.back().second;
  }
  size_t blocks_asked_for() { return at_.sent<AllocateProducerIdsRequest>().size(); }
  void give(int64_t start, int32_t size = 1000) {
    ids_.on_allocate_producer_ids_response({ErrorCode::kNone, start, size}, at_.step());
  }

  StepFixture at_;
  ProducerIdManager ids_{NodeId(2)};
};

TEST_F(ProducerIdManagerTest, AsksForABlockWhenItHasNone) {
  EXPECT_EQ(ask().error, ErrorCode::kCoordinatorLoadInProgress);
  ask();
  ASSERT_EQ(blocks_asked_for(), 1u);
  EXPECT_EQ(at_.sent<AllocateProducerIdsRequest>()[0].second.broker_id, NodeId(2));
  EXPECT_EQ(at_.sent<AllocateProducerIdsRequest>()[0].second.broker_epoch, BrokerEpoch(5));
  give(3000);
  InitProducerIdResponse first = ask();
  EXPECT_EQ(first.error, ErrorCode::kNone);
  EXPECT_EQ(first.producer_id, ProducerId(3000));
  EXPECT_EQ(first.producer_epoch, ProducerEpoch(0));
  EXPECT_EQ(ask().producer_id, ProducerId(3001));
}

TEST_F(ProducerIdManagerTest, PrefetchesTheNextBlockAtNinetyPercent) {
  ask();
  give(0);
  for (int64_t id = 0; id < 900; ++id) ASSERT_EQ(ask().producer_id, ProducerId(id));
  EXPECT_EQ(blocks_asked_for(), 1u);
  EXPECT_EQ(ask().producer_id, ProducerId(900));
  EXPECT_EQ(blocks_asked_for(), 2u);
  give(7000);
  for (int64_t id = 901; id < 1000; ++id) ASSERT_EQ(ask().producer_id, ProducerId(id));
  EXPECT_EQ(ask().producer_id, ProducerId(7000));
  EXPECT_EQ(blocks_asked_for(), 2u);
}

TEST_F(ProducerIdManagerTest, WaitsFiftyMillisecondsAfterAnError) {
  ask();
  ids_.on_allocate_producer_ids_response({ErrorCode::kStaleBrokerEpoch}, at_.step());
  at_.advance(49_ms);
  ask();
  EXPECT_EQ(blocks_asked_for(), 1u);
  at_.advance(1_ms);
  ask();
  EXPECT_EQ(blocks_asked_for(), 2u);
}

TEST_F(ProducerIdManagerTest, AsksAgainAtOnceAfterALostRequest) {
  ask();
  ids_.on_allocate_producer_ids_failed(RequestFailure::kDisconnected, at_.step());
  ask();
  EXPECT_EQ(blocks_asked_for(), 2u);
}

TEST_F(ProducerIdManagerTest, NeverGoesBack) {
  ask();
  give(5000, 2);
  ask();
  ask();
  give(1000);  // Below what was handed out.
  EXPECT_EQ(ask().error, ErrorCode::kCoordinatorLoadInProgress);
}

}  // namespace
}  // namespace models
