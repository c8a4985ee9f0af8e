// SPDX-License-Identifier: Apache-2.0

#include "models/replication/offset_checkpoint.h"

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

void write_file(StepFixture& at, const std::string& path, const std::string& text) {
  absl::StatusOr<sim::FileId> file = at.disk().open(path, true);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(at.disk().append(*file, absl::Cord(text)).ok());
  ASSERT_TRUE(at.disk().close(*file).ok());
}

std::string read_file(StepFixture& at, const std::string& path) {
  absl::StatusOr<sim::FileId> file = at.disk().open(path, false);
  if (!file.ok()) return "(missing)";
  absl::StatusOr<absl::Cord> bytes = at.disk().read(*file, 0, 1 << 20);
  EXPECT_TRUE(at.disk().close(*file).ok());
  return std::string(bytes.value_or(absl::Cord("(unreadable)")));
}

class OffsetCheckpoint : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(at.disk().create_directory("d").ok()); }
  StepFixture at;
};

TEST_F(OffsetCheckpoint, is_written_as_kafka_writes_it_and_read_back) {
  OffsetMap offsets{{{"orders", 1}, Offset(7)}, {{"orders", 0}, Offset(123456789012)}};
  ASSERT_TRUE(write_checkpoint("d", kHighWatermarkFile, offsets, at.disk()).ok());
  EXPECT_EQ(read_file(at, "d/replication-offset-checkpoint"),
            "0\n2\norders 0 123456789012\norders 1 7\n");
  EXPECT_EQ(read_checkpoint("d", kHighWatermarkFile, at.disk()), offsets);
  EXPECT_FALSE(at.disk().exists("d/replication-offset-checkpoint.tmp"));
}

TEST_F(OffsetCheckpoint, replaces_the_former_one) {
  OffsetMap many{{{"orders", 0}, Offset(1)}, {{"orders", 1}, Offset(1)}};
  OffsetMap few{{{"orders", 0}, Offset(2)}};
  ASSERT_TRUE(write_checkpoint("d", kLogStartFile, many, at.disk()).ok());
  ASSERT_TRUE(write_checkpoint("d", kLogStartFile, few, at.disk()).ok());
  EXPECT_EQ(read_checkpoint("d", kLogStartFile, at.disk()), few);
}

TEST_F(OffsetCheckpoint, that_is_missing_or_garbled_counts_as_empty) {
  EXPECT_TRUE(read_checkpoint("d", kRecoveryPointFile, at.disk()).empty());
  write_file(at, "d/recovery-point-offset-checkpoint", "0\n2\norders 0 5\n");
  EXPECT_TRUE(read_checkpoint("d", kRecoveryPointFile, at.disk()).empty()) << "a line is missing";
  write_file(at, "d/log-start-offset-checkpoint", "1\n1\norders 0 5\n");
  EXPECT_TRUE(read_checkpoint("d", kLogStartFile, at.disk()).empty()) << "another version";
}

TEST_F(OffsetCheckpoint, the_clean_marker_vouches_once_and_names_the_broker_epoch) {
  EXPECT_EQ(*take_clean_shutdown_marker("d", at.disk()), std::nullopt);
  ASSERT_TRUE(write_clean_shutdown_marker("d", BrokerEpoch(42), at.disk()).ok());
  EXPECT_EQ(read_file(at, "d/.kafka_cleanshutdown"), "{\"version\":0,\"brokerEpoch\":42}");
  EXPECT_EQ(*take_clean_shutdown_marker("d", at.disk()), BrokerEpoch(42));
  EXPECT_EQ(*take_clean_shutdown_marker("d", at.disk()), std::nullopt);
}

TEST_F(OffsetCheckpoint, a_clean_marker_that_stays_vouches_for_nothing) {
  ASSERT_TRUE(write_clean_shutdown_marker("d", BrokerEpoch(42), at.disk()).ok());
  at.disk().fail_from(1);
  EXPECT_FALSE(take_clean_shutdown_marker("d", at.disk()).ok());
}

TEST_F(OffsetCheckpoint, a_garbled_clean_marker_still_tells_of_a_clean_stop) {
  write_file(at, "d/.kafka_cleanshutdown", "");
  EXPECT_EQ(*take_clean_shutdown_marker("d", at.disk()), kNoBrokerEpoch);
}

}  // namespace
}  // namespace models
