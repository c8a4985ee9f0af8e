// SPDX-License-Identifier: Apache-2.0

#include "models/log/control_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/log/byte_order.h"
#include "sim/check.h"
#include "tests/models/log/kafka_batches.h"

namespace models {
namespace {

BatchHeader header_of(const absl::Cord& batch) { return *read_batch_header(batch); }

absl::Cord control_batch(std::string_view key, std::string_view value) {
  BatchBuilder builder({.attributes = 0x30});
  builder.add(1, key, value);
  return builder.build();
}

TEST(ControlRecords, keys_are_a_version_and_a_type) {
  EXPECT_EQ(control_record_key(ControlRecordType::kKRaftVoters), std::string("\0\0\0\6", 4));
  for (int type = 0; type <= 6; ++type) {
    ControlRecordType known = static_cast<ControlRecordType>(type);
    EXPECT_EQ(control_record_type(control_record_key(known)), known);
  }
  EXPECT_EQ(control_record_type(std::string("\0\7\0\1", 4)), ControlRecordType::kCommit)
      << "a later version";
  EXPECT_EQ(control_record_type(std::string("\0\0\0\7", 4)), ControlRecordType::kUnknown);
  EXPECT_EQ(control_record_type(std::string("\0\0\0", 3)), std::nullopt);
  EXPECT_EQ(control_record_type(std::string("\x80\0\0\1", 4)), std::nullopt);
  EXPECT_THROW(control_record_key(ControlRecordType::kUnknown), sim::CheckFailure);
}

TEST(ControlRecords, kafkas_markers_are_read_and_built_byte_for_byte) {
  for (bool is_abort : {false, true}) {
    absl::Cord kafkas = kafka_batch(is_abort ? "control-abort" : "control-commit");
    EndTxnMarker marker{is_abort, 42};
    EXPECT_EQ(end_txn_marker_of(kafkas, header_of(kafkas)), marker);
    absl::Cord built = end_txn_batch(marker, ProducerId(4711), ProducerEpoch(3), 5000);
    EXPECT_EQ(stamp_batch(built, Offset(1000), LeaderEpoch(5)), kafkas);
  }
}

TEST(ControlRecords, what_is_no_marker_gives_none) {
  auto marker_of = [](const absl::Cord& batch) {
    return end_txn_marker_of(batch, header_of(batch));
  };
  std::string commit = control_record_key(ControlRecordType::kCommit);
  std::string value("\0\0\0\0\0\5", 6);
  EXPECT_EQ(marker_of(control_batch(commit, value)), (EndTxnMarker{false, 5}));
  EXPECT_EQ(marker_of(control_batch(commit, std::string("\0\1\0\0\0\5+", 7))),
            (EndTxnMarker{false, 5}))
      << "a later version";
  EXPECT_EQ(marker_of(control_batch(commit, value.substr(1))), std::nullopt) << "too short";
  EXPECT_EQ(marker_of(control_batch(commit, std::string("\x80\0\0\0\0\5", 6))), std::nullopt);
  EXPECT_EQ(marker_of(control_batch(control_record_key(ControlRecordType::kLeaderChange), value)),
            std::nullopt);
  BatchBuilder data(BatchBuilder::Options{});
  data.add(1, commit, value);
  EXPECT_EQ(marker_of(data.build()), std::nullopt) << "no control batch";
  BatchHeader header = header_of(control_batch(commit, value));
  EXPECT_EQ(marker_of(empty_batch(header)), std::nullopt) << "emptied by the cleaner";
}

TEST(ControlRecords, kafkas_quorum_records_are_read_and_built_byte_for_byte) {
  absl::Cord kafkas = kafka_batch("control-quorum");
  LeaderChange change{NodeId(2), {NodeId(1), NodeId(2), NodeId(3)}, {NodeId(2), NodeId(3)}};
  SnapshotHeader snapshot{4999};
  KRaftVersion version{1};
  KRaftVoters voters;
  voters.voters.push_back({NodeId(1),
                           Uuid{{0x0102030405060708, 0x090a0b0c0d0e0f10}},
                           {{"CONTROLLER", "host-1", 9093}},
                           0,
                           1});

  BatchBuilder builder({.base_offset = Offset(1000),
                        .leader_epoch = LeaderEpoch(5),
                        .attributes = BatchHeader::kControlFlag});
  builder.add(5000, control_record_key(ControlRecordType::kLeaderChange), encode(change));
  builder.add(5001, control_record_key(ControlRecordType::kSnapshotHeader), encode(snapshot));
  builder.add(5002, control_record_key(ControlRecordType::kSnapshotFooter),
              encode(SnapshotFooter{}));
  builder.add(5003, control_record_key(ControlRecordType::kKRaftVersion), encode(version));
  builder.add(5004, control_record_key(ControlRecordType::kKRaftVoters), encode(voters));
  EXPECT_EQ(builder.build(), kafkas);

  std::vector<std::string> values;
  ASSERT_TRUE(for_each_record(kafkas, header_of(kafkas), [&](const RecordView& record) {
                values.emplace_back(*record.value);
              }).ok());
  ASSERT_EQ(values.size(), 5u);
  EXPECT_EQ(decode_leader_change(values[0]), change);
  EXPECT_EQ(decode_snapshot_header(values[1]), snapshot);
  EXPECT_EQ(decode_snapshot_footer(values[2]), SnapshotFooter{});
  EXPECT_EQ(decode_kraft_version(values[3]), version);
  EXPECT_EQ(decode_kraft_voters(values[4]), voters);
}

TEST(ControlRecords, values_cut_anywhere_are_refused) {
  LeaderChange change{NodeId(2), {NodeId(1)}, {NodeId(2)}};
  KRaftVoters voters;
  voters.voters.push_back({NodeId(1), Uuid{{1, 2}}, {{"A", "b", 1}}, 0, 1});
  std::string text = encode(change);
  for (size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_FALSE(decode_leader_change(text.substr(0, cut))) << cut;
  text = encode(voters);
  for (size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_FALSE(decode_kraft_voters(text.substr(0, cut))) << cut;
  text = encode(SnapshotHeader{7});
  for (size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_FALSE(decode_snapshot_header(text.substr(0, cut))) << cut;
  EXPECT_FALSE(decode_snapshot_footer(std::string("\0", 1)));
  EXPECT_FALSE(decode_kraft_version(std::string("\0\0\0", 3)));
}

TEST(ControlRecords, arrays_that_claim_too_much_are_refused_and_tagged_fields_passed_over) {
  EXPECT_FALSE(decode_leader_change(std::string("\0\0\0\0\0\2\xff\xff\xff\xff\x0f\1\0", 13)));
  EXPECT_FALSE(decode_leader_change(std::string("\0\0\0\0\0\2\0\1\0", 9))) << "null";
  // One tagged field, number 5, of two bytes.
  EXPECT_EQ(decode_kraft_version(std::string("\0\0\0\1\1\5\2zz", 9)), KRaftVersion{1});
  // Version 1 of a leader change, with a directory for each voter.
  std::string one("\0\1\0\0\0\2\2\0\0\0\2", 11);
  one += std::string(16, 'd') + std::string("\0\1\0", 3);
  EXPECT_EQ(decode_leader_change(one), (LeaderChange{NodeId(2), {NodeId(2)}, {}}));
}

}  // namespace
}  // namespace models
