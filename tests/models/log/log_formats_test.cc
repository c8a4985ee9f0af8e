// SPDX-License-Identifier: Apache-2.0
//
// The small formats beside the batches: names of files, entries of indexes, producer snapshots.

#include <gtest/gtest.h>

#include <string>

#include "models/log/index_entries.h"
#include "models/log/log_file_name.h"
#include "models/log/producer_snapshot.h"

namespace models {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

template <class Entry>
std::string encoded(const Entry& entry) {
  std::string bytes;
  entry.encode(bytes);
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), Entry::kBytes);
  EXPECT_EQ(Entry::decode(bytes.data()), entry);
  return hex(bytes);
}

TEST(IndexEntries, are_big_endian_and_read_back) {
  EXPECT_EQ(encoded(OffsetIndexEntry{4, 0x1000}), "0000000400001000");
  EXPECT_EQ(encoded(TimeIndexEntry{0x0102030405060708, 9}), "010203040506070800000009");
  EXPECT_EQ(encoded(AbortedTxn{0, ProducerId(1), Offset(2), Offset(3), Offset(4)}),
            "00000000000000000001000000000000000200000000000000030000000000000004");
}

TEST(LogFileName, reads_what_it_writes) {
  EXPECT_EQ(segment_file_name(Offset(100), kLogSuffix), "00000000000000000100.log");
  for (std::string_view kind :
       {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kTxnIndexSuffix, kSnapshotSuffix}) {
    EXPECT_EQ(parse_log_file_name(segment_file_name(Offset(7), kind)),
              (LogFileName{Offset(7), kind, {}}));
  }
  EXPECT_EQ(parse_log_file_name("00000000000000000007.timeindex.deleted"),
            (LogFileName{Offset(7), kTimeIndexSuffix, kDeletedSuffix}));
  EXPECT_EQ(parse_log_file_name("00000000000000000007.log.swap"),
            (LogFileName{Offset(7), kLogSuffix, kSwapSuffix}));
}

TEST(LogFileName, takes_no_other_name) {
  for (const char* name : {"", "leader-epoch-checkpoint", "partition.metadata", "7.log",
                           "0000000000000000000x.log", "00000000000000000007", "orders-0",
                           "00000000000000000007.logs", "00000000000000000007.log.tmp",
                           "-0000000000000000007.log", "99999999999999999999.log"}) {
    EXPECT_EQ(parse_log_file_name(name), std::nullopt) << name;
  }
}

TEST(LogDirectoryName, knows_partitions_and_what_is_not_in_use) {
  auto plain = parse_log_directory_name("my-topic.v1-12");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->partition, (TopicPartition{"my-topic.v1", 12}));
  EXPECT_EQ(plain->state, LogDirectoryState::kInUse);
  auto dead = parse_log_directory_name("orders-0.0123456789abcdef0123456789abcdef-delete");
  ASSERT_TRUE(dead.has_value());
  EXPECT_EQ(dead->partition, (TopicPartition{"orders", 0}));
  EXPECT_EQ(dead->state, LogDirectoryState::kDelete);
  EXPECT_EQ(parse_log_directory_name("orders-0.0123456789abcdef0123456789abcdef-stray")->state,
            LogDirectoryState::kStray);
  for (const char* name : {"orders", "-0", "orders-", "orders-x", "orders-0.abc-delete",
                           "orders-99999999999"})
    EXPECT_FALSE(parse_log_directory_name(name).has_value()) << name;
}

TEST(ProducerSnapshot, reads_back_and_finds_every_flipped_bit) {
  std::vector<ProducerSnapshotEntry> entries = {
      {ProducerId(7), ProducerEpoch(1), Sequence(41), Offset(99), 9, 1'700'000'000'000, 3, Offset(90)},
      {ProducerId(8), ProducerEpoch(0), kNoSequence, kNoOffset, 0, -1, -1, kNoOffset}};
  std::string bytes = encode_producer_snapshot(entries);
  EXPECT_EQ(bytes.size(), 10u + 2 * static_cast<size_t>(ProducerSnapshotEntry::kBytes));
  auto back = decode_producer_snapshot(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, entries);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string wrong = bytes;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_producer_snapshot(wrong).ok()) << "bit " << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_producer_snapshot(std::string_view(bytes).substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace models
