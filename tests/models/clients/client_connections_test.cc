// SPDX-License-Identifier: Apache-2.0

#include "models/clients/client_connections.h"

#include <set>

#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

struct Bench {
  NodeId least() { return connections.least_loaded(all, at.mono(), at.step().rng); }
  // Every answer of a hundred.
  std::set<NodeId> choices() {
    std::set<NodeId> found;
    for (int i = 0; i < 100; ++i) found.insert(least());
    return found;
  }
  void up(NodeId node, int in_flight = 0) {
    connections.on_connected(node);
    for (int i = 0; i < in_flight; ++i) connections.send(node, MetadataRequest{}, at.step());
  }
  std::vector<NodeId> all = {kOne, kTwo, kThree};
  StepFixture at;
  ClientConnections connections{3};
};

TEST(ClientConnections, a_node_is_ready_once_it_is_connected_and_until_it_breaks) {
  Bench b;
  EXPECT_FALSE(b.connections.ready(kOne, b.at.step()));
  EXPECT_FALSE(b.connections.ready(kOne, b.at.step()));
  ASSERT_EQ(b.at.all<Connect>().size(), 1u) << "one attempt at a time";
  EXPECT_EQ(b.at.all<Connect>()[0].to, kOne);
  b.connections.on_connected(kOne);
  EXPECT_TRUE(b.connections.ready(kOne, b.at.step()));
  b.connections.on_disconnected(kOne, 50_ms, b.at.mono());
  EXPECT_FALSE(b.connections.ready(kOne, b.at.step()));
  EXPECT_EQ(b.at.all<Connect>().size(), 1u) << "the backoff";
  EXPECT_EQ(b.connections.retry_at(kOne), b.at.mono() + 50_ms);
  b.at.advance(50_ms);
  EXPECT_FALSE(b.connections.ready(kOne, b.at.step()));
  EXPECT_EQ(b.at.all<Connect>().size(), 2u);
}

TEST(ClientConnections, a_full_connection_is_not_ready) {
  Bench b;
  b.up(kOne, 3);
  EXPECT_FALSE(b.connections.can_send(kOne));
  b.connections.on_answered(kOne);
  EXPECT_TRUE(b.connections.can_send(kOne));
  b.connections.on_disconnected(kOne, 50_ms, b.at.mono());
  b.connections.on_connected(kOne);
  b.up(kOne, 2);
  EXPECT_TRUE(b.connections.can_send(kOne)) << "nothing of the former connection counts";
}

TEST(ClientConnections, the_least_loaded_is_one_that_is_up_with_nothing_in_flight) {
  Bench b;
  b.up(kTwo, 1);
  b.up(kThree);
  EXPECT_THAT(b.choices(), testing::ElementsAre(kThree));
}

TEST(ClientConnections, else_one_that_is_up_with_the_least_in_flight) {
  Bench b;
  b.up(kTwo, 1);
  b.up(kThree, 2);
  EXPECT_THAT(b.choices(), testing::ElementsAre(kTwo));
}

TEST(ClientConnections, else_one_that_is_being_connected_to) {
  Bench b;
  b.up(kOne, 3);
  (void)b.connections.ready(kThree, b.at.step());
  EXPECT_THAT(b.choices(), testing::ElementsAre(kThree));
}

TEST(ClientConnections, else_the_one_that_was_tried_longest_ago) {
  Bench b;
  for (NodeId node : {kTwo, kOne, kThree}) {
    b.connections.on_disconnected(node, 50_ms, b.at.mono());
    b.at.advance(10_ms);
  }
  b.at.advance(50_ms);
  EXPECT_THAT(b.choices(), testing::ElementsAre(kTwo));
}

TEST(ClientConnections, never_tried_is_longest_ago_and_any_of_several_will_do) {
  Bench b;
  b.connections.on_disconnected(kTwo, 50_ms, b.at.mono());
  b.at.advance(1_s);
  EXPECT_THAT(b.choices(), testing::ElementsAre(kOne, kThree));
}

TEST(ClientConnections, none_when_all_wait_for_their_backoff) {
  Bench b;
  for (NodeId node : b.all) b.connections.on_disconnected(node, 50_ms, b.at.mono());
  EXPECT_EQ(b.least(), kNoNode);
}

}  // namespace
}  // namespace models
