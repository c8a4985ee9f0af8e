// SPDX-License-Identifier: Apache-2.0

#include "models/log/segment.h"

#include "models/log/byte_order.h"
#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

// A segment at offset 100 whose index gets an entry behind every `interval` bytes.
struct SegmentBench {
  explicit SegmentBench(int32_t interval = 4096) {
    config.index_interval_bytes = interval;
    EXPECT_TRUE(at.disk().create_directory("d").ok());
  }
  Segment create() { return *Segment::create("d", Offset(100), config, at.step()); }
  Segment open() { return *Segment::open("d", Offset(100), config, at.step()); }
  void append(Segment& segment, int batches, int records = 2) {
    for (int i = 0; i < batches; ++i) {
      absl::Cord bytes = batch({.records = records, .base = next, .timestamp_ms = timestamp_ms});
      positions.push_back(segment.size_bytes());
      ASSERT_TRUE(segment.append(bytes, *read_batch_header(bytes), config, at.step()).ok());
      next += records;
    }
  }
  int64_t position_of(const Segment& segment, int64_t offset) {
    return *segment.position_of(Offset(offset), at.step());
  }
  // Recovers; the bytes cut.
  int64_t recover(Segment& segment) {
    visited.clear();
    auto visit = [&](const BatchHeader& header, const absl::Cord&, int64_t) {
      visited.push_back(header.base_offset.value());
      return absl::OkStatus();
    };
    return *segment.recover(config, visit, at.step());
  }
  Offset next_offset(const Segment& segment) { return *segment.next_offset(at.step()); }
  // (relative last offset, position) of each entry of the index file.
  std::vector<std::pair<int32_t, int32_t>> index() const {
    std::string bytes = at_disk().contents(kIndex);
    std::vector<std::pair<int32_t, int32_t>> entries;
    for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      entries.emplace_back(load_big_endian<int32_t>(bytes.data() + i),
                           load_big_endian<int32_t>(bytes.data() + i + 4));
    }
    return entries;
  }
  // (timestamp - kNowMs, relative offset) of each entry of the time index.
  std::vector<std::pair<int64_t, int32_t>> times() const {
    std::string bytes = at_disk().contents("d/00000000000000000100.timeindex");
    std::vector<std::pair<int64_t, int32_t>> entries;
    for (size_t i = 0; i + 12 <= bytes.size(); i += 12) {
      TimeIndexEntry entry = TimeIndexEntry::decode(bytes.data() + i);
      entries.emplace_back(entry.timestamp_ms - kNowMs, entry.relative_offset);
    }
    return entries;
  }
  const MemoryFileSystem& at_disk() const { return const_cast<SegmentBench*>(this)->at.disk(); }

  inline static const std::string kLog = "d/00000000000000000100.log";
  inline static const std::string kIndex = "d/00000000000000000100.index";
  StepFixture at;
  TopicConfig config;
  int64_t next = 100;
  int64_t timestamp_ms = kNowMs;   // Of the next batches.
  std::vector<int64_t> positions;  // Of the batches.
  std::vector<int64_t> visited;
};

TEST(Segment, files_are_named_by_twenty_digits) {
  EXPECT_EQ(segment_file_name(Offset(100), ".log"), "00000000000000000100.log");
  EXPECT_EQ(segment_file_name(Offset(INT64_MAX), ".index"), "09223372036854775807.index");
}

TEST(Segment, the_log_file_is_the_batches_one_behind_the_other) {
  SegmentBench b;
  Segment segment = b.create();
  b.append(segment, 2);
  std::string wanted = std::string(batch({.records = 2, .base = 100})) +
                       std::string(batch({.records = 2, .base = 102}));
  EXPECT_EQ(b.at.disk().contents(SegmentBench::kLog), wanted);
  EXPECT_EQ(segment.size_bytes(), static_cast<int64_t>(wanted.size()));
}

TEST(Segment, an_index_entry_comes_after_more_than_the_interval_before_its_batch) {
  SegmentBench b;
  int32_t bytes = static_cast<int32_t>(batch({.records = 2}).size());
  b.config.index_interval_bytes = 2 * bytes;
  Segment segment = b.create();
  b.append(segment, 8);
  // Three batches (not two: more than the interval), then the fourth gets an entry, and so on.
  EXPECT_EQ(b.index(), (std::vector<std::pair<int32_t, int32_t>>{{7, 3 * bytes}, {13, 6 * bytes}}));
}

TEST(Segment, finds_the_batch_of_every_offset_from_memory) {
  SegmentBench b;
  Segment segment = b.create();
  b.append(segment, 10);
  for (int64_t offset = 100; offset < 120; ++offset)
    EXPECT_EQ(b.position_of(segment, offset), b.positions[static_cast<size_t>(offset - 100) / 2]);
  EXPECT_EQ(b.position_of(segment, 120), segment.size_bytes());
}

// More batches than are remembered, so that old ones are found by the index, or from the beginning.
TEST(Segment, finds_the_batch_of_every_offset_by_the_index) {
  for (int32_t interval : {0, 1000, INT32_MAX}) {
    SegmentBench b(interval);
    Segment segment = b.create();
    b.append(segment, 700);
    for (int64_t offset = 100; offset < b.next; ++offset) {
      ASSERT_EQ(b.position_of(segment, offset), b.positions[static_cast<size_t>(offset - 100) / 2])
          << "offset " << offset << ", interval " << interval;
    }
  }
}

TEST(Segment, an_offset_in_a_gap_leads_to_the_batch_behind_it) {
  SegmentBench b;
  Segment segment = b.create();
  b.append(segment, 1);
  b.next = 110;
  b.append(segment, 1);
  EXPECT_EQ(b.position_of(segment, 102), b.positions[1]);
  EXPECT_EQ(b.position_of(segment, 109), b.positions[1]);
}

TEST(Segment, opened_again_it_trusts_index_and_log) {
  SegmentBench b(0);
  {
    Segment segment = b.create();
    b.append(segment, 5);
    segment.close(b.at.step());
  }
  auto before = b.index();
  Segment segment = b.open();
  EXPECT_FALSE(segment.must_recover());
  EXPECT_EQ(b.next_offset(segment), Offset(110));
  EXPECT_EQ(b.index(), before);
  b.append(segment, 1);
  EXPECT_EQ(b.position_of(segment, 111), b.positions.back());
}

TEST(Segment, recovery_cuts_at_the_first_corrupt_batch_and_builds_the_indexes_anew) {
  SegmentBench b(0);
  Segment segment = b.create();
  b.append(segment, 5);
  auto before = b.index();
  b.at.disk().overwrite(SegmentBench::kIndex, "rubbish!");
  b.at.disk().flip_bit(SegmentBench::kLog, static_cast<size_t>(b.positions[3]) + 70);
  EXPECT_EQ(b.recover(segment), 2 * b.positions[1]);
  EXPECT_EQ(b.next_offset(segment), Offset(106));
  EXPECT_THAT(b.visited, testing::ElementsAre(100, 102, 104));
  EXPECT_EQ(segment.size_bytes(), b.positions[3]);
  EXPECT_EQ(static_cast<int64_t>(b.at.disk().contents(SegmentBench::kLog).size()), b.positions[3]);
  before.resize(2);
  EXPECT_EQ(b.index(), before);
}

TEST(Segment, recovery_cuts_offsets_that_do_not_grow) {
  SegmentBench b;
  Segment segment = b.create();
  b.append(segment, 2);
  b.next = 102;
  b.append(segment, 1);
  b.recover(segment);
  EXPECT_EQ(b.next_offset(segment), Offset(104));
}

TEST(Segment, without_index_file_it_must_be_recovered) {
  SegmentBench b(0);
  {
    Segment segment = b.create();
    b.append(segment, 4);
  }
  auto before = b.index();
  ASSERT_FALSE(before.empty());
  ASSERT_TRUE(b.at.disk().remove(SegmentBench::kIndex).ok());
  Segment segment = b.open();
  EXPECT_TRUE(segment.must_recover());
  EXPECT_EQ(b.recover(segment), 0);
  EXPECT_EQ(b.index(), before);
}

TEST(Segment, an_index_file_that_ends_in_zeros_is_cut_there) {
  SegmentBench b(0);
  {
    Segment segment = b.create();
    b.append(segment, 4);
  }
  auto before = b.index();
  b.at.disk().overwrite(SegmentBench::kIndex,
                        b.at.disk().contents(SegmentBench::kIndex) + std::string(80, '\0'));
  Segment segment = b.open();
  EXPECT_EQ(b.next_offset(segment), Offset(108));
  EXPECT_EQ(b.index(), before);
}

TEST(Segment, the_time_index_grows_with_the_offset_index_if_time_did_and_when_it_is_sealed) {
  SegmentBench b(0);
  Segment segment = b.create();
  b.append(segment, 3);  // Entries for the second and third, of one time.
  b.timestamp_ms = kNowMs - 5;
  b.append(segment, 1);
  EXPECT_EQ(b.times(), (std::vector<std::pair<int64_t, int32_t>>{{0, 1}}));
  b.timestamp_ms = kNowMs + 9;
  b.append(segment, 1);
  EXPECT_EQ(b.times(), (std::vector<std::pair<int64_t, int32_t>>{{0, 1}, {9, 9}}));
  b.config.index_interval_bytes = INT32_MAX;
  b.timestamp_ms = kNowMs + 12;
  b.append(segment, 1);
  b.timestamp_ms = kNowMs + 11;
  b.append(segment, 1);
  EXPECT_EQ(b.times().size(), 2u);
  ASSERT_TRUE(segment.seal(b.at.step()).ok());
  EXPECT_EQ(b.times(), (std::vector<std::pair<int64_t, int32_t>>{{0, 1}, {9, 9}, {12, 11}}));
  EXPECT_EQ(segment.max_timestamp().timestamp_ms, kNowMs + 12);
  ASSERT_TRUE(segment.truncate_to(Offset(110), b.at.step()).ok());
  EXPECT_EQ(b.times(), (std::vector<std::pair<int64_t, int32_t>>{{0, 1}, {9, 9}}));
  EXPECT_EQ(segment.max_timestamp().timestamp_ms, kNowMs + 9);
  EXPECT_EQ(segment.max_timestamp().offset, Offset(109));
}

TEST(Segment, cutting_removes_the_batch_that_holds_the_offset_and_index_entries_behind) {
  SegmentBench b(0);
  Segment segment = b.create();
  b.append(segment, 5);
  EXPECT_EQ(*segment.truncate_to(Offset(105), b.at.step()), 3 * b.positions[1]);
  EXPECT_EQ(segment.size_bytes(), b.positions[2]);
  EXPECT_EQ(b.index(),
            (std::vector<std::pair<int32_t, int32_t>>{{3, static_cast<int32_t>(b.positions[1])}}));
  EXPECT_EQ(*segment.truncate_to(Offset(200), b.at.step()), 0);
  EXPECT_EQ(*segment.truncate_to(Offset(100), b.at.step()), b.positions[2]);
  EXPECT_EQ(segment.size_bytes(), 0);
  EXPECT_TRUE(b.index().empty());
}

TEST(Segment, lookups_are_right_after_a_cut_behind_what_is_remembered) {
  SegmentBench b(1000);
  Segment segment = b.create();
  b.append(segment, 700);
  ASSERT_TRUE(segment.truncate_to(Offset(300), b.at.step()).ok());
  b.next = 300;
  b.positions.resize(100);
  b.append(segment, 20);
  for (int64_t offset = 100; offset < b.next; ++offset) {
    ASSERT_EQ(b.position_of(segment, offset), b.positions[static_cast<size_t>(offset - 100) / 2]);
  }
}

TEST(Segment, a_failed_append_leaves_it_as_it_was) {
  SegmentBench b;
  Segment segment = b.create();
  b.append(segment, 1);
  std::string before = b.at.disk().contents(SegmentBench::kLog);
  absl::Cord bytes = batch({.base = 102});
  b.at.disk().fail_from(1);
  EXPECT_FALSE(segment.append(bytes, *read_batch_header(bytes), b.config, b.at.step()).ok());
  EXPECT_EQ(segment.size_bytes(), static_cast<int64_t>(before.size()));
  EXPECT_EQ(b.at.disk().contents(SegmentBench::kLog), before);
}

TEST(Segment, rolls_by_size_offsets_time_and_index) {
  SegmentBench b(0);
  Segment segment = b.create();
  auto rolls = [&](int64_t bytes, int64_t last = 101, int64_t time = kNowMs) {
    return *segment.should_roll({bytes, Offset(last), time}, kNowMs, b.config, b.at.step());
  };
  b.config.segment_ms = sim::Duration::millis(1000);
  EXPECT_FALSE(rolls(10, 101, kNowMs + 5000)) << "an empty segment does not age";
  b.append(segment, 2);
  b.config.segment_bytes = segment.size_bytes() + 50;
  EXPECT_FALSE(rolls(50));
  EXPECT_TRUE(rolls(51));
  EXPECT_FALSE(rolls(1, 100 + int64_t{INT32_MAX}));
  EXPECT_TRUE(rolls(1, 101 + int64_t{INT32_MAX}));
  EXPECT_FALSE(rolls(1, 101, kNowMs + 1000));
  EXPECT_TRUE(rolls(1, 101, kNowMs + 1001));
  ASSERT_EQ(b.index().size(), 1u);
  ASSERT_EQ(b.times().size(), 1u);
  b.config.segment_index_bytes = 36;
  EXPECT_FALSE(rolls(1));
  b.config.segment_index_bytes = 35;  // Room for two times, and a sealed segment gets one more.
  EXPECT_TRUE(rolls(1));
}

}  // namespace
}  // namespace models
