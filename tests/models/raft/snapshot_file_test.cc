// SPDX-License-Identifier: Apache-2.0

#include "models/raft/snapshot_file.h"

#include <gtest/gtest.h>

#include "models/log/control_records.h"
#include "models/raft/metadata_snapshots.h"
#include "models/raft/snapshot_records.h"
#include "tests/support/step_fixture.h"

namespace models {
namespace {

constexpr SnapshotId kFirst{Offset(10), LeaderEpoch(1)};
constexpr SnapshotId kSecond{Offset(30), LeaderEpoch(1)};
constexpr SnapshotId kThird{Offset(25), LeaderEpoch(2)};
constexpr int64_t kKey = -3;

class SnapshotFileTest : public ::testing::Test {
 protected:
  SnapshotFileTest() { EXPECT_TRUE(at_.disk().create_directory("meta").ok()); }

  void write(SnapshotId id, int64_t time_ms, std::vector<std::string> values = {"a", "b"}) {
    auto writer = SnapshotWriter::create("meta", id, at_.step());
    ASSERT_TRUE(writer.ok());
    SnapshotContent content{id, time_ms, std::move(values)};
    ASSERT_TRUE(writer->append(encode_snapshot(content, 5'000), at_.step()).ok());
    writer->freeze(kKey, at_.step());
    EXPECT_FALSE(*writer->on_flushed(kKey, at_.step()));
    EXPECT_TRUE(*writer->on_flushed(kKey, at_.step()));
    snapshots_.on_frozen(id);
  }
  std::string path(SnapshotId id, std::string_view suffix = kCheckpointSuffix) {
    return "meta/" + snapshot_file_name(id, suffix);
  }
  std::vector<std::string> names() { return *at_.disk().list("meta"); }

  StepFixture at_;
  MetadataSnapshots snapshots_{"meta"};
};

TEST_F(SnapshotFileTest, IsNamedAsKafkaNamesIt) {
  EXPECT_EQ(snapshot_file_name(kFirst, kCheckpointSuffix),
            "00000000000000000010-0000000001.checkpoint");
  auto name = parse_snapshot_file_name("00000000000000000025-0000000002.checkpoint");
  EXPECT_EQ(name, (SnapshotFileName{kThird, SnapshotFileState::kFrozen}));
  name = parse_snapshot_file_name("00000000000000000025-0000000002-4711.checkpoint.part");
  EXPECT_EQ(name, (SnapshotFileName{kThird, SnapshotFileState::kPartial}));
  name = parse_snapshot_file_name("00000000000000000025-0000000002.checkpoint.deleted");
  EXPECT_EQ(name, (SnapshotFileName{kThird, SnapshotFileState::kDeleted}));
  EXPECT_FALSE(parse_snapshot_file_name("00000000000000000025.log"));
  EXPECT_FALSE(parse_snapshot_file_name("00000000000000000025-00000000x2.checkpoint"));
  EXPECT_FALSE(parse_snapshot_file_name("quorum-state"));
}

TEST_F(SnapshotFileTest, HasItsNameOnlyWhenItsBytesAreFlushed) {
  auto writer = SnapshotWriter::create("meta", kFirst, at_.step());
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->append(absl::Cord("bytes"), at_.step()).ok());
  writer->freeze(kKey, at_.step());
  EXPECT_FALSE(at_.disk().has(path(kFirst)));
  ASSERT_EQ(at_.all<Flush>().size(), 1u);
  EXPECT_EQ(at_.all<Flush>()[0].files.size(), 1u);
  ASSERT_FALSE(*writer->on_flushed(kKey, at_.step()));
  EXPECT_TRUE(at_.disk().has(path(kFirst)));
  EXPECT_EQ(at_.all<Flush>()[1].directory, "meta");
  EXPECT_TRUE(*writer->on_flushed(kKey, at_.step()));
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(SnapshotFileTest, ADroppedOneLeavesNothing) {
  auto writer = SnapshotWriter::create("meta", kFirst, at_.step());
  ASSERT_TRUE(writer->append(absl::Cord("bytes"), at_.step()).ok());
  writer->drop(at_.step());
  EXPECT_TRUE(names().empty());
}

TEST_F(SnapshotFileTest, BeginsWithAHeaderAndEndsWithAFooter) {
  SnapshotContent content{kThird, 1'234, {"a", "b", "c"}};
  absl::Cord bytes = encode_snapshot(content, 5'000);
  std::vector<BatchHeader> batches;
  std::vector<ControlRecordType> controls;
  int64_t position = 0;
  while (auto header = read_batch_header(bytes, position)) {
    absl::Cord batch =
        bytes.Subcord(static_cast<size_t>(position), static_cast<size_t>(header->total_bytes()));
    EXPECT_TRUE(is_valid_batch(batch, *header));
    if (header->is_control()) {
      ASSERT_TRUE(for_each_record(batch, *header, [&](const RecordView& record) {
                    controls.push_back(*control_record_type(*record.key));
                  }).ok());
    }
    batches.push_back(*header);
    position += header->total_bytes();
  }
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(controls,
            (std::vector{ControlRecordType::kSnapshotHeader, ControlRecordType::kSnapshotFooter}));
  EXPECT_EQ(batches[1].base_offset, Offset(1));
  EXPECT_EQ(batches[2].base_offset, Offset(4));
  for (const BatchHeader& header : batches) {
    EXPECT_EQ(header.leader_epoch, LeaderEpoch(2));
    EXPECT_EQ(header.max_timestamp_ms, 5'000);
  }
  EXPECT_EQ(*last_contained_log_timestamp(bytes.Subcord(0, kSnapshotHeadBytes)), 1'234);
  std::vector<std::string> values;
  ASSERT_TRUE(for_each_snapshot_record(bytes, [&](std::string_view value) {
                values.emplace_back(value);
              }).ok());
  EXPECT_EQ(values, content.values);
}

TEST_F(SnapshotFileTest, ADamagedOneIsNotRead) {
  absl::Cord bytes = encode_snapshot({kThird, 1'234, {"a", "b", "c"}}, 5'000);
  auto read = [](const absl::Cord& each) {
    return for_each_snapshot_record(each, [](std::string_view) {}).ok();
  };
  EXPECT_FALSE(read(bytes.Subcord(0, bytes.size() - 1)));
  EXPECT_FALSE(read(bytes.Subcord(70, bytes.size() - 70)));
  std::string bent(bytes);
  bent[bent.size() / 2] ^= 1;
  EXPECT_FALSE(read(absl::Cord(bent)));
  EXPECT_FALSE(read(absl::Cord()));
}

TEST_F(SnapshotFileTest, RecordsThatFillABatchGoIntoSeveral) {
  SnapshotContent content{kFirst, 0, std::vector<std::string>(3'000, std::string(5'000, 'x'))};
  absl::Cord bytes = encode_snapshot(content, 5'000);
  int batches = 0, records = 0;
  int64_t position = 0;
  while (auto header = read_batch_header(bytes, position)) {
    EXPECT_LE(header->total_bytes(), 8 << 20);
    ++batches;
    position += header->total_bytes();
  }
  EXPECT_EQ(batches, 5);
  ASSERT_TRUE(for_each_snapshot_record(bytes, [&](std::string_view) { ++records; }).ok());
  EXPECT_EQ(records, 3'000);
}

TEST_F(SnapshotFileTest, AStartTakesInWhatIsWholeAndRemovesTheRest) {
  for (SnapshotId id : {kFirst, kSecond, kThird}) write(id, 0);
  at_.disk().overwrite("meta/00000000000000000040-0000000002-1.checkpoint.part", "half");
  at_.disk().overwrite(path(kFirst, kDeletedCheckpointSuffix), "old");
  MetadataSnapshots found("meta");
  ASSERT_TRUE(found.recover(names(), Offset(25), at_.step()).ok());
  EXPECT_EQ(found.earliest(), kSecond);  // Of a lower epoch, though it ends later.
  EXPECT_EQ(found.latest(), kThird);
  EXPECT_EQ(names().size(), 2u);
}

TEST_F(SnapshotFileTest, ALogThatBeginsLaterNeedsOne) {
  write(kFirst, 0);
  MetadataSnapshots found("meta");
  EXPECT_FALSE(found.recover(names(), Offset(20), at_.step()).ok());
  EXPECT_TRUE(at_.disk().has(path(kFirst)));  // Nothing is removed then.
}

TEST_F(SnapshotFileTest, WhatIsForgottenGoesAMinuteLater) {
  for (SnapshotId id : {kFirst, kSecond}) write(id, 0);
  EXPECT_EQ(*snapshots_.forget_before(kSecond, at_.step()), 1);
  EXPECT_TRUE(at_.disk().has(path(kFirst, kDeletedCheckpointSuffix)));
  EXPECT_TRUE(absl::IsNotFound(snapshots_.read(kFirst, 0, 10, at_.step()).status()));
  at_.advance(sim::Duration::seconds(60));
  ASSERT_TRUE(snapshots_.remove_deleted(at_.step()).ok());
  EXPECT_FALSE(at_.disk().has(path(kFirst, kDeletedCheckpointSuffix)));
  EXPECT_FALSE(snapshots_.next_removal_ms());
}

TEST_F(SnapshotFileTest, RetentionNeverTakesTheLast) {
  for (SnapshotId id : {kFirst, kSecond, kThird}) write(id, 0);
  auto forget = [&](SnapshotId id) -> absl::StatusOr<bool> {
    return *snapshots_.forget_before(id, at_.step()) > 0;
  };
  auto empty_log = [] { return int64_t{0}; };
  ASSERT_TRUE(snapshots_.clean({-1, -1}, empty_log, forget, at_.step()).ok());
  EXPECT_EQ(snapshots_.count(), 3u);
  int64_t each = snapshots_.read(kFirst, 0, 0, at_.step())->size;
  ASSERT_TRUE(snapshots_.clean({2 * each, -1}, empty_log, forget, at_.step()).ok());
  EXPECT_EQ(snapshots_.earliest(), kSecond);
  ASSERT_TRUE(snapshots_.clean({0, -1}, empty_log, forget, at_.step()).ok());
  EXPECT_EQ(snapshots_.earliest(), kThird);
  EXPECT_EQ(snapshots_.count(), 1u);
}

TEST_F(SnapshotFileTest, RetentionGoesByTheTimeOfTheLastRecord) {
  int64_t now = at_.step().wall.millis();
  write(kFirst, now - 5'000);
  write(kSecond, now - 1'000);
  write(kThird, now - 500);
  auto forget = [&](SnapshotId id) -> absl::StatusOr<bool> {
    return *snapshots_.forget_before(id, at_.step()) > 0;
  };
  ASSERT_TRUE(snapshots_
                  .clean(
                      {-1, 2'000}, [] { return int64_t{0}; }, forget, at_.step())
                  .ok());
  EXPECT_EQ(snapshots_.earliest(), kSecond);
}

}  // namespace
}  // namespace models
