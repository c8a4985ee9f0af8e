// SPDX-License-Identifier: Apache-2.0

#include "models/clients/client_metadata.h"

#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

struct View {
  View() : metadata({.topics = {"orders"}, .bootstrap = {kThree}}) {
    for (NodeId node : {kOne, kTwo, kThree}) connections.on_connected(node);
  }
  void update() { metadata.maybe_update(connections, at.step()); }
  void request() {
    metadata.request_update();
    update();
  }
  bool response(const MetadataResponse& reply) {
    bool changed = metadata.on_response(reply, at.step());
    update();
    return changed;
  }
  void fire() {
    metadata.on_timer();
    update();
  }
  size_t sent() const { return at.sent<MetadataRequest>().size(); }
  sim::Duration armed_for() const { return armed(at, Timer::kMetadataRefresh); }

  StepFixture at;
  ClientConnections connections{5};
  ClientMetadata metadata;
};

TEST(ClientMetadata, the_first_update_asks_a_bootstrap_broker_at_once) {
  View view;
  view.request();
  auto sent = view.at.sent<MetadataRequest>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].first, kThree);
  EXPECT_EQ(sent[0].second.topics, std::vector<std::string>{"orders"});
  view.request();
  EXPECT_EQ(view.sent(), 1u) << "one in flight";
}

TEST(ClientMetadata, knows_leaders_and_brokers_from_the_reply) {
  View view;
  view.request();
  EXPECT_EQ(view.metadata.partition_count("orders"), 0);
  EXPECT_TRUE(view.response(metadata({kOne, kTwo}, 4)));
  EXPECT_EQ(view.metadata.partition_count("orders"), 2);
  EXPECT_EQ(view.metadata.leader_of(orders(1)), (LeaderView{kTwo, LeaderEpoch(4)}));
  EXPECT_EQ(view.metadata.leader_of(orders(2)), LeaderView{});
  EXPECT_EQ(view.metadata.leader_of({"other", 0}), LeaderView{});
  EXPECT_EQ(view.metadata.brokers().size(), 3u);
  EXPECT_FALSE(view.response(metadata({kOne, kTwo}, 4))) << "no news";
}

TEST(ClientMetadata, is_refreshed_when_it_is_old) {
  View view;
  view.request();
  view.response(metadata({kOne}));
  EXPECT_EQ(view.armed_for(), 300_s);
  view.at.clear();
  view.at.advance(300_s);
  view.fire();
  EXPECT_EQ(view.sent(), 1u);
}

TEST(ClientMetadata, asks_again_not_before_the_backoff) {
  View view;
  view.request();
  view.at.advance(30_ms);
  view.response(metadata({kOne}));
  view.at.clear();
  view.request();
  EXPECT_EQ(view.sent(), 0u);
  sim::Duration wait = view.armed_for();
  EXPECT_GE(wait, 80_ms) << "after the reply";
  EXPECT_LE(wait, 120_ms);
  view.request();
  EXPECT_EQ(view.at.effects().list().size(), 1u) << "it waits already";
  view.at.advance(wait);
  view.fire();
  EXPECT_EQ(view.sent(), 1u);
}

TEST(ClientMetadata, a_wish_during_a_request_is_fulfilled_by_its_reply) {
  View view;
  view.request();
  view.request();
  view.response(metadata({kOne}));
  EXPECT_EQ(view.armed_for(), 300_s);
}

TEST(ClientMetadata, replies_without_news_make_the_backoff_grow) {
  View view;
  view.request();
  view.response(metadata({kOne}));
  for (int64_t wanted : {100, 200, 400, 800, 1000}) {
    view.at.advance(1_s);
    view.request();
    view.response(metadata({kOne}));
    view.at.clear();
    view.request();
    EXPECT_GE(view.armed_for(), sim::Duration::millis(wanted * 8 / 10));
    EXPECT_LE(view.armed_for(), std::min(sim::Duration::millis(wanted * 12 / 10), 1000_ms));
  }
  view.at.advance(1_s);
  view.fire();
  view.response(metadata({kOne}, 2));
  view.request();
  EXPECT_LE(view.armed_for(), 120_ms) << "a new epoch is news";
}

TEST(ClientMetadata, a_partition_without_leader_is_asked_for_again) {
  View view;
  view.request();
  view.response(metadata({kOne, kNoNode}));
  EXPECT_LE(view.armed_for(), 120_ms);
  view.response(metadata({kOne, kTwo}, 2));
  EXPECT_EQ(view.metadata.leader_of(orders(1)).leader, kTwo);
}

TEST(ClientMetadata, failures_are_tried_again_with_growing_backoff) {
  View view;
  view.request();
  for (int64_t wanted : {100, 200, 400, 800, 1000}) {
    view.at.clear();
    view.connections.on_answered(kThree);
    view.metadata.on_failed(view.at.step());
    view.update();
    EXPECT_GE(view.armed_for(), sim::Duration::millis(wanted * 8 / 10));
    EXPECT_LE(view.armed_for(), std::min(sim::Duration::millis(wanted * 12 / 10), 1000_ms));
    view.at.advance(1_s);
    view.fire();
    EXPECT_EQ(view.sent(), 1u);
  }
}

TEST(ClientMetadata, a_lost_connection_asks_for_an_update) {
  View view;
  view.request();
  view.response(metadata({kOne}));
  view.at.advance(1_s);
  view.at.clear();
  view.connections.on_disconnected(kOne, 50_ms, view.at.mono());
  view.metadata.on_disconnected(view.at.step());
  view.update();
  ASSERT_EQ(view.sent(), 1u);
  EXPECT_NE(view.at.sent<MetadataRequest>()[0].first, kOne);
}

TEST(ClientMetadata, without_a_connection_it_makes_one_and_stays_due) {
  View view;
  view.connections.on_disconnected(kThree, 50_ms, view.at.mono());
  view.request();
  EXPECT_TRUE(view.at.all<Connect>().empty());
  EXPECT_EQ(view.armed_for(), 50_ms);
  view.at.advance(50_ms);
  view.fire();
  EXPECT_EQ(view.at.all<Connect>().size(), 1u);
  view.update();
  EXPECT_EQ(view.at.all<Connect>().size(), 1u) << "under way";
  EXPECT_TRUE(view.metadata.is_due(view.at.step().wall));
  view.connections.on_connected(kThree);
  view.update();
  EXPECT_EQ(view.sent(), 1u);
  EXPECT_FALSE(view.metadata.is_due(view.at.step().wall));
}

TEST(ClientMetadata, an_older_leader_epoch_is_ignored) {
  View view;
  view.request();
  view.response(metadata({kOne}, 5));
  EXPECT_FALSE(view.response(metadata({kTwo}, 4)));
  EXPECT_EQ(view.metadata.leader_of(orders()), (LeaderView{kOne, LeaderEpoch(5)}));
}

TEST(ClientMetadata, learns_a_leader_only_from_a_newer_epoch) {
  View view;
  view.request();
  view.response(metadata({kOne}, 5));
  EXPECT_FALSE(view.metadata.learn_leader(orders(), kTwo, LeaderEpoch(5)));
  EXPECT_FALSE(view.metadata.learn_leader(orders(), kNoNode, LeaderEpoch(6)));
  EXPECT_FALSE(view.metadata.learn_leader(orders(7), kTwo, LeaderEpoch(6)));
  EXPECT_FALSE(view.metadata.learn_leader({"other", 0}, kTwo, LeaderEpoch(6)));
  EXPECT_EQ(view.metadata.leader_of(orders()).leader, kOne);
  EXPECT_TRUE(view.metadata.learn_leader(orders(), kTwo, LeaderEpoch(6)));
  EXPECT_EQ(view.metadata.leader_of(orders()), (LeaderView{kTwo, LeaderEpoch(6)}));
}

}  // namespace
}  // namespace models
