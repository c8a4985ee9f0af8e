// SPDX-License-Identifier: Apache-2.0

#include "models/replication/fetch_session.h"

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;

FetchPartition asked(int32_t partition, int64_t offset = 0) {
  return {.partition = {"orders", partition}, .fetch_offset = Offset(offset)};
}

// Sessions in a cache of `slots`, opened in turn.
struct Cache {
  explicit Cache(int32_t slots) : sessions(slots) {}
  // A session of `size` partitions; 0: refused.
  int32_t open(NodeId replica, int size) {
    FetchSession* session = sessions.open(replica, static_cast<size_t>(size), at.step());
    if (session == nullptr) return 0;
    for (int i = 0; i < size; ++i) sessions.ask(*session, asked(i));
    FetchSessions::touch(*session, at.step().wall.millis());
    return session->id;
  }
  // Opens until the next one comes to the first shard again.
  void fill_the_other_shards() {
    for (int i = 0; i < 7; ++i) open(kTwo, 1);
  }
  StepFixture at;
  FetchSessions sessions;
};

TEST(FetchSessions, next_epoch_is_kafkas) {
  EXPECT_EQ(next_fetch_epoch(kInitialFetchEpoch), 1);
  EXPECT_EQ(next_fetch_epoch(INT32_MAX), 1);
  EXPECT_EQ(next_fetch_epoch(kFinalFetchEpoch), kFinalFetchEpoch);
}

TEST(FetchSessions, ids_lie_in_the_shard_whose_turn_it_is) {
  Cache cache(1000);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(cache.open(kTwo, 1) / (INT32_MAX / 8), i % 8);
}

TEST(FetchSessions, fewer_slots_than_shards_are_none) {
  Cache cache(7);
  EXPECT_EQ(cache.open(kTwo, 1), 0);
  EXPECT_EQ(cache.at.marks().of(Mark::kFetchSessionNotOpened), 1);
}

TEST(FetchSessions, full_cache_refuses_a_consumer_and_gives_a_follower_a_consumers_place) {
  Cache cache(8);
  int32_t first = cache.open(kNoNode, 9);
  cache.fill_the_other_shards();
  EXPECT_EQ(cache.open(kNoNode, 100), 0) << "the first is young";
  cache.fill_the_other_shards();
  EXPECT_NE(cache.open(kTwo, 1), 0);
  EXPECT_EQ(cache.sessions.find(first), nullptr);
  cache.fill_the_other_shards();
  EXPECT_EQ(cache.open(kThree, 100), 0) << "a follower's is not given to another while it is young";
}

TEST(FetchSessions, one_in_use_for_two_minutes_gives_way_to_a_larger_one) {
  Cache cache(8);
  int32_t first = cache.open(kTwo, 3);
  cache.fill_the_other_shards();
  cache.at.advance(121_s);
  FetchSessions::touch(*cache.sessions.find(first), cache.at.step().wall.millis());
  EXPECT_EQ(cache.open(kThree, 2), 0);
  cache.fill_the_other_shards();
  EXPECT_EQ(cache.open(kThree, 3), 0) << "of the same size is not worth more";
  cache.fill_the_other_shards();
  EXPECT_NE(cache.open(kThree, 4), 0);
  EXPECT_EQ(cache.sessions.find(first), nullptr);
}

TEST(FetchSessions, one_unused_for_two_minutes_gives_way_to_any) {
  Cache cache(8);
  int32_t first = cache.open(kTwo, 100);
  cache.fill_the_other_shards();
  cache.at.advance(120_s);
  EXPECT_EQ(cache.open(kNoNode, 1), 0);
  cache.fill_the_other_shards();
  cache.at.advance(1_ms);
  EXPECT_NE(cache.open(kNoNode, 1), 0);
  EXPECT_EQ(cache.sessions.find(first), nullptr);
  EXPECT_GE(cache.at.marks().of(Mark::kFetchSessionEvicted), 1);
}

TEST(FetchSessions, evicted_one_that_is_being_answered_stays_until_then) {
  Cache cache(8);
  int32_t first = cache.open(kTwo, 1);
  cache.sessions.find(first)->parked = 5;
  cache.sessions.close(first);
  EXPECT_EQ(cache.sessions.find(first), nullptr);
  FetchSession* answering = cache.sessions.find_answering(first);
  ASSERT_NE(answering, nullptr);
  cache.sessions.release(*answering);
  EXPECT_EQ(cache.sessions.find_answering(first), nullptr);
}

TEST(FetchSessions, partitions_are_read_in_the_order_asked_and_after_records_last) {
  Cache cache(8);
  FetchSession& session = *cache.sessions.find(cache.open(kTwo, 3));
  EXPECT_THAT(session.active(), ElementsAre(0, 1, 2));
  FetchSessions::move_to_end(session, 0);
  EXPECT_THAT(session.active(), ElementsAre(1, 2, 0));
  cache.sessions.ask(session, asked(1, 50));
  EXPECT_THAT(session.active(), ElementsAre(1, 2, 0)) << "what is altered keeps its place";
  EXPECT_EQ(session.at(1).asked.fetch_offset, Offset(50));
  cache.sessions.forget(session, {"orders", 2});
  EXPECT_THAT(session.active(), ElementsAre(1, 0));
  EXPECT_EQ(cache.sessions.ask(session, asked(7)), 2) << "its slot is used again";
  EXPECT_THAT(session.active(), ElementsAre(1, 0, 2));
}

TEST(FetchSessions, quiet_partition_is_passed_over_until_it_wakes) {
  Cache cache(8);
  FetchSession& session = *cache.sessions.find(cache.open(kTwo, 2));
  session.at(1).hosted = 4;
  cache.sessions.rest(session, 1);
  EXPECT_THAT(session.active(), ElementsAre(0));
  EXPECT_EQ(session.quiet_count(), 1u);
  int woken = 0;
  auto count = [&](FetchSession&, int32_t slot) { woken += slot; };
  cache.sessions.wake(3, count);
  EXPECT_EQ(woken, 0);
  cache.sessions.wake(4, count);
  EXPECT_EQ(woken, 1);
  EXPECT_THAT(session.active(), ElementsAre(0, 1));
  cache.sessions.wake(4, count);
  EXPECT_EQ(woken, 1) << "once";
}

TEST(FetchSessions, what_is_forgotten_or_closed_while_quiet_does_not_wake) {
  Cache cache(16);
  FetchSession& one = *cache.sessions.find(cache.open(kTwo, 1));
  FetchSession& two = *cache.sessions.find(cache.open(kThree, 1));
  for (FetchSession* session : {&one, &two}) {
    session->at(0).hosted = 0;
    cache.sessions.rest(*session, 0);
  }
  cache.sessions.forget(one, {"orders", 0});
  cache.sessions.close(two.id);
  cache.sessions.wake(0, [](FetchSession&, int32_t) { ADD_FAILURE(); });
}

TEST(SessionPartition, tells_what_is_new) {
  SessionPartition part{.asked = asked(0), .watermark = Offset(5), .log_start = Offset(0)};
  FetchPartitionData data{.high_watermark = Offset(5), .log_start_offset = Offset(0)};
  EXPECT_FALSE(part.tell(data));
  data.high_watermark = Offset(6);
  EXPECT_TRUE(part.tell(data));
  EXPECT_FALSE(part.tell(data));
  data.log_start_offset = Offset(3);
  EXPECT_TRUE(part.tell(data));
  data.records = batch_of(1);
  EXPECT_TRUE(part.tell(data));
  data.records.Clear();
  data.diverging_epoch = EpochEndOffset{LeaderEpoch(1), Offset(2)};
  EXPECT_TRUE(part.tell(data));
  data.diverging_epoch.reset();
  data.preferred_read_replica = kTwo;
  EXPECT_TRUE(part.tell(data));
}

TEST(SessionPartition, tells_again_when_an_error_is_gone) {
  SessionPartition part{.asked = asked(0), .watermark = Offset(5), .log_start = Offset(0)};
  FetchPartitionData data{.high_watermark = Offset(5), .log_start_offset = Offset(0)};
  EXPECT_TRUE(part.tell({.error = ErrorCode::kNotLeaderOrFollower}));
  EXPECT_TRUE(part.tell({.error = ErrorCode::kNotLeaderOrFollower})) << "each time";
  EXPECT_TRUE(part.tell(data));
  EXPECT_FALSE(part.tell(data));
}

}  // namespace
}  // namespace models
