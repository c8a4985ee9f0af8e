// SPDX-License-Identifier: Apache-2.0

#include "models/log/epoch_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "models/log/epoch_checkpoint.h"
#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using testing::ElementsAre;

EpochStart at(int epoch, int64_t start) { return {LeaderEpoch(epoch), Offset(start)}; }

EpochCache cache_of(const std::vector<EpochStart>& entries) {
  EpochCache cache;
  for (const EpochStart& entry : entries) EXPECT_TRUE(cache.assign(entry.epoch, entry.start));
  return cache;
}

std::optional<EpochEndOffset> end_of(const EpochCache& cache, int epoch, int64_t log_end = 170) {
  return cache.end_of(LeaderEpoch(epoch), Offset(log_end));
}

EpochEndOffset end(int epoch, int64_t offset) { return {LeaderEpoch(epoch), Offset(offset)}; }

TEST(EpochCache, end_of_an_epoch_is_where_the_next_begins) {
  EpochCache cache = cache_of({at(3, 100), at(5, 140)});
  EXPECT_EQ(end_of(cache, 3), end(3, 140));
  EXPECT_EQ(end_of(cache, 4), end(3, 140)) << "the largest not above";
  EXPECT_EQ(end_of(cache, 5), end(5, 170)) << "the latest ends at the log end";
  EXPECT_EQ(end_of(cache, 6), std::nullopt);
  EXPECT_EQ(end_of(cache, -1), std::nullopt);
  EXPECT_EQ(end_of(cache, 1), end(1, 100)) << "all are above: the first start";
  EXPECT_EQ(end_of(EpochCache(), 0), std::nullopt);
}

TEST(EpochCache, assigning_the_latest_again_changes_nothing) {
  EpochCache cache = cache_of({at(3, 100)});
  EXPECT_FALSE(cache.assign(LeaderEpoch(3), Offset(100)));
  EXPECT_FALSE(cache.assign(LeaderEpoch(3), Offset(150)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(3, 100)));
}

TEST(EpochCache, assigning_drops_what_is_not_before_in_both_columns) {
  EpochCache cache = cache_of({at(1, 0), at(3, 100), at(5, 140)});
  EXPECT_TRUE(cache.assign(LeaderEpoch(6), Offset(120)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(1, 0), at(3, 100), at(6, 120)));
  EXPECT_TRUE(cache.assign(LeaderEpoch(2), Offset(200)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(1, 0), at(2, 200)));
  EXPECT_TRUE(cache.assign(LeaderEpoch(2), Offset(50)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(1, 0), at(2, 50)));
}

TEST(EpochCache, an_epoch_without_records_gives_way_to_the_next_at_the_same_offset) {
  EpochCache cache = cache_of({at(1, 0), at(2, 10)});
  EXPECT_TRUE(cache.assign(LeaderEpoch(3), Offset(10)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(1, 0), at(3, 10)));
}

TEST(EpochCache, cutting_the_end_forgets_what_begins_there_or_later) {
  EpochCache cache = cache_of({at(1, 0), at(3, 100), at(5, 140)});
  EXPECT_FALSE(cache.truncate_from_end(Offset(141)));
  EXPECT_TRUE(cache.truncate_from_end(Offset(140)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(1, 0), at(3, 100)));
  EXPECT_TRUE(cache.truncate_from_end(Offset(0)));
  EXPECT_TRUE(cache.entries().empty());
  EXPECT_EQ(cache.latest(), kNoLeaderEpoch);
}

TEST(EpochCache, cutting_the_start_moves_the_one_in_force_up) {
  EpochCache cache = cache_of({at(1, 0), at(3, 100), at(5, 140)});
  EXPECT_TRUE(cache.truncate_from_start(Offset(120)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(3, 120), at(5, 140)));
  EXPECT_FALSE(cache.truncate_from_start(Offset(120)));
  EXPECT_FALSE(cache.truncate_from_start(Offset(119)));
  EXPECT_TRUE(cache.truncate_from_start(Offset(140)));
  EXPECT_THAT(cache.entries(), ElementsAre(at(5, 140)));
  EXPECT_EQ(cache.start_of(LeaderEpoch(5)), Offset(140));
  EXPECT_EQ(cache.start_of(LeaderEpoch(3)), std::nullopt);
}

RC_GTEST_PROP(EpochCacheProperty, both_columns_always_grow, ()) {
  EpochCache cache;
  int steps = *rc::gen::inRange(0, 30);
  for (int i = 0; i < steps; ++i) {
    Offset offset(*rc::gen::inRange<int64_t>(0, 20));
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        cache.truncate_from_end(offset);
        RC_ASSERT((cache.entries().empty() || cache.entries().back().start < offset));
        break;
      case 1: {
        bool above = !cache.entries().empty() && cache.entries().front().start > offset;
        cache.truncate_from_start(offset);
        RC_ASSERT((cache.entries().empty() || above || cache.entries().front().start == offset));
        break;
      }
      default: {
        LeaderEpoch epoch(*rc::gen::inRange(0, 10));
        cache.assign(epoch, offset);
        RC_ASSERT(cache.latest() == epoch);
      }
    }
    for (size_t k = 1; k < cache.entries().size(); ++k) {
      RC_ASSERT(cache.entries()[k - 1].epoch < cache.entries()[k].epoch);
      RC_ASSERT(cache.entries()[k - 1].start < cache.entries()[k].start);
    }
  }
}

// --- leader-epoch-checkpoint ---

struct CheckpointBench {
  CheckpointBench() { EXPECT_TRUE(at.disk().create_directory("d").ok()); }
  EpochCache read() { return *read_epoch_checkpoint("d", at.step()); }
  StepFixture at;
};

const std::string kFile = "d/leader-epoch-checkpoint";

TEST(EpochCheckpoint, is_kafkas_text_and_comes_back) {
  CheckpointBench b;
  EXPECT_TRUE(b.read().entries().empty()) << "no file";
  EpochCache cache = cache_of({at(3, 100), at(5, 140)});
  ASSERT_TRUE(write_epoch_checkpoint("d", cache, b.at.step()).ok());
  EXPECT_EQ(b.at.disk().contents(kFile), "0\n2\n3 100\n5 140\n");
  EXPECT_FALSE(b.at.disk().has(kFile + ".tmp"));
  EXPECT_EQ(b.read(), cache);
  ASSERT_TRUE(write_epoch_checkpoint("d", cache_of({at(1, 7)}), b.at.step()).ok());
  EXPECT_EQ(b.at.disk().contents(kFile), "0\n1\n1 7\n") << "a shorter one replaces it whole";
}

TEST(EpochCheckpoint, malformed_is_empty) {
  CheckpointBench b;
  for (const char* text :
       {"", "0", "1\n1\n3 100\n", "0\n2\n3 100\n", "0\n1\n3 100\n5 140\n", "0\n1\n3 x\n"}) {
    b.at.disk().overwrite(kFile, text);
    EXPECT_TRUE(b.read().entries().empty()) << text;
  }
}

TEST(EpochCheckpoint, a_failure_at_any_operation_leaves_the_old_or_the_new_one) {
  for (int64_t k = 1; k < 10; ++k) {
    CheckpointBench b;
    ASSERT_TRUE(write_epoch_checkpoint("d", cache_of({at(1, 1)}), b.at.step()).ok());
    b.at.disk().fail_from(k);
    EpochCache next = cache_of({at(2, 2), at(3, 3)});
    bool written = write_epoch_checkpoint("d", next, b.at.step()).ok();
    b.at.disk().mend();
    b.at.disk().lose_power();
    EXPECT_EQ(b.read(), written ? next : cache_of({at(1, 1)})) << "operation " << k;
  }
}

}  // namespace
}  // namespace models
