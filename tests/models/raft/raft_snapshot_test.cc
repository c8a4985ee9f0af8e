// SPDX-License-Identifier: Apache-2.0
//
// Snapshots in a quorum: what a leader serves, what a voter does with it, and that nothing that was
// committed is lost over it, whatever happens meanwhile.

#include <gtest/gtest.h>

#include "tests/models/raft/raft_cluster.h"
#include "tests/support/step_fixture.h"

namespace models {
namespace {

using namespace sim::literals;

// A sole voter, whose flushes are done at once.
class SoleVoterTest : public ::testing::Test {
 protected:
  void open() {
    RaftOptions options;
    options.node_id = NodeId(3000);
    options.voters = {NodeId(3000)};
    options.log_directory = "kafka-logs";
    options.config = config_;
    auto raft = Raft::open(options, at_.step());
    ASSERT_TRUE(raft.ok()) << raft.status();
    raft_.emplace(*std::move(raft));
    settle();
  }
  void settle() {
    for (;;) {
      std::vector<Flush> flushes = at_.all<Flush>();
      std::erase_if(at_.effects().list(),
                    [](const Effect& effect) { return std::holds_alternative<Flush>(effect); });
      if (flushes.empty()) return;
      for (const Flush& flush : flushes) raft_->on_flushed(flush.key, at_.step());
    }
  }
  void append(int records) {
    for (int i = 0; i < records; ++i) raft_->append({"record"}, at_.step());
    raft_->on_timer({Timer::kControllerAppend}, at_.step());
    settle();
  }
  SnapshotId snapshot() {
    SnapshotContent content{{raft_->committed(), raft_->epoch()}, 7, {"state"}};
    EXPECT_TRUE(raft_->create_snapshot(content, at_.step()));
    settle();
    return content.id;
  }
  FetchPartitionData fetch(int64_t offset, int32_t last_epoch) {
    FetchRequest request;
    request.replica_id = NodeId(1);
    request.max_wait_ms = 0;
    FetchPartition& wanted = request.partitions.emplace_back();
    wanted.partition = {std::string(kMetadataTopic), 0};
    wanted.current_leader_epoch = raft_->epoch();
    wanted.fetch_offset = Offset(offset);
    wanted.last_fetched_epoch = LeaderEpoch(last_epoch);
    at_.clear();
    raft_->on_request(RequestToken(1), request, at_.step());
    return at_.replies<FetchResponse>().at(0).second.partitions.at(0);
  }
  FetchSnapshotResponse fetch_snapshot(SnapshotId id, int64_t position, int32_t max_bytes = 1000) {
    FetchSnapshotRequest request{NodeId(1),
                                 max_bytes,
                                 {std::string(kMetadataTopic), 0},
                                 asked_epoch_.value_or(raft_->epoch()),
                                 id,
                                 position};
    at_.clear();
    raft_->on_request(RequestToken(1), request, at_.step());
    return at_.replies<FetchSnapshotResponse>().at(0).second;
  }
  std::vector<std::string> files() { return *at_.disk().list("kafka-logs/__cluster_metadata-0"); }

  StepFixture at_;
  BrokerConfig config_;
  std::optional<Raft> raft_;
  std::optional<LeaderEpoch> asked_epoch_;
};

TEST_F(SoleVoterTest, AFetchFromTheBeginningIsOfferedTheLatestSnapshot) {
  open();
  append(5);
  EXPECT_FALSE(fetch(0, -1).snapshot_id);
  SnapshotId id = snapshot();
  FetchPartitionData data = fetch(0, -1);
  EXPECT_EQ(data.error, ErrorCode::kNone);
  EXPECT_EQ(data.snapshot_id, id);
  EXPECT_TRUE(data.records.empty());
  EXPECT_FALSE(fetch(3, 1).snapshot_id);  // The log still holds it.
}

TEST_F(SoleVoterTest, CommitsWhatItHasWrittenBeforeItIsFlushed) {
  open();
  Offset last = raft_->append({"record"}, at_.step());
  raft_->on_timer({Timer::kControllerAppend}, at_.step());
  ASSERT_EQ(at_.all<Flush>().size(), 1u);
  EXPECT_EQ(raft_->committed(), last + 1);
  EXPECT_EQ(raft_->flushed(), last);
  settle();
  EXPECT_EQ(raft_->flushed(), last + 1);
}

TEST_F(SoleVoterTest, OneIdIsWrittenOnce) {
  open();
  append(5);
  SnapshotId id = snapshot();
  EXPECT_FALSE(raft_->create_snapshot({id, 7, {"state"}}, at_.step()));
}

TEST_F(SoleVoterTest, ASnapshotIsServedInPieces) {
  open();
  append(5);
  SnapshotId id = snapshot();
  absl::Cord all = *raft_->read_snapshot(id, at_.step());
  absl::Cord got;
  while (got.size() < all.size()) {
    FetchSnapshotResponse piece = fetch_snapshot(id, static_cast<int64_t>(got.size()), 50);
    ASSERT_EQ(piece.error, ErrorCode::kNone);
    EXPECT_EQ(piece.size, static_cast<int64_t>(all.size()));
    EXPECT_EQ(piece.position, static_cast<int64_t>(got.size()));
    EXPECT_LE(piece.records.size(), 50u);
    got.Append(piece.records);
  }
  EXPECT_EQ(got, all);
}

TEST_F(SoleVoterTest, WhatIsNotThereIsRefusedByName) {
  open();
  append(5);
  SnapshotId id = snapshot();
  EXPECT_EQ(fetch_snapshot({id.end_offset - 1, id.epoch}, 0).error, ErrorCode::kSnapshotNotFound);
  EXPECT_EQ(fetch_snapshot(id, -1).error, ErrorCode::kPositionOutOfRange);
  EXPECT_EQ(fetch_snapshot(id, 1'000'000).error, ErrorCode::kPositionOutOfRange);
  asked_epoch_ = LeaderEpoch(0);
  EXPECT_EQ(fetch_snapshot(id, 0).error, ErrorCode::kFencedLeaderEpoch);
  asked_epoch_ = LeaderEpoch(99);
  EXPECT_EQ(fetch_snapshot(id, 0).error, ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(at_.marks().of(Mark::kSnapshotNotFound), 1);
  EXPECT_EQ(at_.marks().of(Mark::kSnapshotPositionOutOfRange), 2);
}

TEST_F(SoleVoterTest, RetentionRaisesTheStartOfTheLogAndSegmentsGo) {
  config_.metadata_max_retention_bytes = 0;
  config_.internal_metadata_log_segment_bytes = 400;
  open();
  for (int i = 0; i < 4; ++i) append(5);
  snapshot();
  for (int i = 0; i < 4; ++i) append(5);
  at_.clear();
  SnapshotId second = snapshot();
  std::vector<ArmTimer> timers = at_.all<ArmTimer>();
  ASSERT_EQ(timers.size(), 1u);  // Kafka looks each minute.
  EXPECT_EQ(timers[0].key.kind, Timer::kMetadataLogCleaning);
  EXPECT_EQ(timers[0].after, 60_s);
  size_t segments = raft_->log().segments().size();
  raft_->on_timer(timers[0].key, at_.step());
  EXPECT_EQ(raft_->log().log_start_offset(), second.end_offset);
  EXPECT_LT(raft_->log().segments().size(), segments);
  EXPECT_EQ(raft_->snapshots().count(), 1u);
  // Who lacks what is gone, and who is of an epoch before it, gets the snapshot.
  EXPECT_EQ(fetch(7, 1).snapshot_id, second);
  EXPECT_EQ(fetch(second.end_offset.value(), 0).snapshot_id, second);
  EXPECT_FALSE(fetch(second.end_offset.value(), second.epoch.value()).snapshot_id);
  at_.advance(60_s);
  raft_->on_timer({Timer::kMetadataFileRemoval}, at_.step());
  for (const std::string& name : files()) EXPECT_FALSE(name.ends_with(".deleted")) << name;
}

TEST_F(SoleVoterTest, AStartReadsTheSnapshotFirst) {
  config_.metadata_max_retention_bytes = 0;
  open();
  append(5);
  snapshot();
  append(5);
  SnapshotId second = snapshot();
  raft_->on_timer({Timer::kMetadataLogCleaning}, at_.step());
  append(2);
  at_.clear();
  open();
  EXPECT_EQ(raft_->snapshot_for(Offset(0)), second);
  EXPECT_EQ(raft_->snapshot_for(second.end_offset), std::nullopt);
  EXPECT_GT(raft_->committed(), second.end_offset);
}

TEST_F(SoleVoterTest, ASnapshotAheadOfTheLogTakesItsPlaceAtAStart) {
  open();
  append(5);
  // The voter died between the two: the snapshot is durable, the log is not cut.
  SnapshotId ahead{Offset(500), LeaderEpoch(raft_->epoch().value() + 3)};
  at_.disk().overwrite(
      "kafka-logs/__cluster_metadata-0/" + snapshot_file_name(ahead, kCheckpointSuffix),
      std::string(encode_snapshot({ahead, 7, {"state"}}, 8)));
  at_.clear();
  open();
  EXPECT_EQ(raft_->log().log_start_offset(), Offset(500));
  EXPECT_EQ(at_.marks().of(Mark::kLogTruncatedToSnapshot), 1);
  EXPECT_GT(raft_->epoch(), ahead.epoch);
  append(1);
  EXPECT_EQ(raft_->committed(), Offset(502));
}

TEST_F(SoleVoterTest, ALogWithoutItsBeginningAndWithoutASnapshotIsNotOpened) {
  config_.metadata_max_retention_bytes = 0;
  config_.internal_metadata_log_segment_bytes = 400;
  open();
  for (int i = 0; i < 4; ++i) append(5);
  snapshot();
  for (int i = 0; i < 4; ++i) append(5);
  SnapshotId second = snapshot();
  raft_->on_timer({Timer::kMetadataLogCleaning}, at_.step());
  ASSERT_TRUE(at_.disk()
                  .remove("kafka-logs/__cluster_metadata-0/" +
                          snapshot_file_name(second, kCheckpointSuffix))
                  .ok());
  RaftOptions options;
  options.node_id = NodeId(3000);
  options.voters = {NodeId(3000)};
  options.log_directory = "kafka-logs";
  EXPECT_FALSE(Raft::open(options, at_.step()).ok());
}

// --- Quorums ---

BrokerConfig keeps_one_snapshot() {
  BrokerConfig config;
  config.metadata_max_retention_bytes = 0;
  config.internal_metadata_log_segment_bytes = 2000;
  return config;
}

void append_some(RaftCluster& at, int records) {
  for (int i = 0; i < records; ++i) {
    at.append_at_leader();
    at.run(50_ms);
  }
}

TEST(QuorumSnapshot, AVoterThatWasDownLongTakesOneAndGoesOn) {
  RaftCluster at(3, 7, {}, keeps_one_snapshot());
  at.run(5_s);
  append_some(at, 20);
  int leader = *at.leader();
  int victim = (leader + 1) % 3;
  at.crash(victim, false);
  append_some(at, 20);
  ASSERT_TRUE(at.snapshot(leader));
  append_some(at, 20);
  ASSERT_TRUE(at.snapshot(leader));
  at.run(61_s);
  ASSERT_EQ(at.leader(), leader);
  Offset start = at.raft(leader).log().log_start_offset();
  ASSERT_GT(start, Offset(0));
  at.boot(victim);
  append_some(at, 20);
  at.run(2_s);
  EXPECT_EQ(at.wrong(), "");
  EXPECT_EQ(at.raft(victim).log().log_start_offset(), start);
  EXPECT_EQ(at.raft(victim).log().log_end_offset(), at.raft(leader).log().log_end_offset());
  EXPECT_EQ(at.raft(victim).committed(), at.raft(leader).committed());
  for (Mark mark : {Mark::kSnapshotOffered, Mark::kSnapshotFetched, Mark::kLogTruncatedToSnapshot})
    EXPECT_EQ(at.marks().of(mark), 1) << name_of(mark);
}

TEST(QuorumSnapshot, NothingCommittedIsLostOverThem) {
  int64_t fetched = 0;
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    RaftCluster at(3, seed, {}, keeps_one_snapshot());
    for (int round = 0; round < 40 && at.wrong().empty(); ++round) {
      int victim = static_cast<int>(at.rng().below(3));
      switch (at.rng().below(4)) {
        case 0:
          at.crash(victim, at.rng().chance({1, 2}));
          break;
        case 1:
          at.snapshot(victim);
          break;
        case 2:
          at.run(61_s);
          break;
        default:
          if (auto leader = at.leader()) at.snapshot(*leader);
      }
      append_some(at, 5);
      at.run(sim::Duration::millis(at.rng().between(0, 2500)));
      if (at.rng().chance({1, 2})) {
        for (int i = 0; i < 3; ++i) at.boot(i);
      }
    }
    for (int i = 0; i < 3; ++i) at.boot(i);
    at.run(20_s);
    EXPECT_EQ(at.wrong(), "") << "seed " << seed;
    EXPECT_TRUE(at.append_at_leader()) << "seed " << seed;
    fetched += at.marks().of(Mark::kSnapshotFetched);
  }
  EXPECT_GT(fetched, 10);
}

}  // namespace
}  // namespace models
