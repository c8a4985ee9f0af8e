// SPDX-License-Identifier: Apache-2.0

#include "scenarios/log_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "scenarios/real_directory.h"
#include "tests/scenarios/log_fixture.h"

namespace scenarios {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Verified {
  VerifyTotals totals;
  std::vector<std::string> problems;  // "file@position#offset: text"; less what there is none of.
  std::vector<std::string> notes;
};

Verified verify(sim::FileSystem& files, const LogPlace& place, const VerifyOptions& options = {}) {
  Verified verified;
  verified.totals = verify_logs(files, place, options, [&](const LogFinding& finding) {
    std::string text = finding.file;
    if (finding.position >= 0) text += "@" + std::to_string(finding.position);
    if (finding.offset != models::kNoOffset) text += "#" + std::to_string(finding.offset.value());
    (finding.is_problem ? verified.problems : verified.notes).push_back(text + ": " + finding.text);
  });
  return verified;
}

class LogVerifyTest : public testing::Test {
 protected:
  // A root with one partition, orders-0, stopped in good order.
  void write_root(FakeLog& log, bool clean = true) {
    log.close();
    log.write(files_);
    std::string end = std::to_string(log.end().value());
    files_.overwrite("meta.properties",
                     "#\n#Wed Nov 25 19:39:10 UTC 2026\nnode.id=1\nversion=1\ncluster.id=xyz\n");
    checkpoint("recovery-point-offset-checkpoint", "orders 0 " + end);
    checkpoint("replication-offset-checkpoint", "orders 0 " + end);
    checkpoint("log-start-offset-checkpoint", "");
    if (clean) files_.overwrite(".kafka_cleanshutdown", "{\"version\":0,\"brokerEpoch\":11}");
  }
  void checkpoint(const std::string& file, const std::string& line) {
    files_.overwrite(file, line.empty() ? "0\n0\n" : "0\n1\n" + line + "\n");
  }
  Verified root() { return verify(files_, {false, ""}); }
  Verified partition(const VerifyOptions& options = {}) {
    return verify(files_, {true, "orders-0"}, options);
  }
  // Changes bytes of a file from `position` on.
  void patch(const std::string& path, size_t position, const std::string& bytes) {
    std::string content = files_.contents(path);
    files_.overwrite(path, content.replace(position, bytes.size(), bytes));
  }
  std::string log_of(int64_t base) const {
    return "orders-0/" + models::segment_file_name(models::Offset(base), models::kLogSuffix);
  }
  // Where the n-th batch of a segment begins.
  size_t batch_at(const std::string& path, int n) const {
    std::string log = files_.contents(path);
    size_t at = 0;
    for (; n > 0; --n) {
      at += 12 + static_cast<size_t>(models::load_big_endian<int32_t>(log.data() + at + 8));
    }
    return at;
  }
  static FakeLog ten_batches() {
    FakeLog log("orders-0");
    for (int i = 0; i < 10; ++i) log.data({.producer = 7, .records = 2, .time_ms = 1000 + i});
    return log;
  }

  models::MemoryFileSystem files_;
};

TEST_F(LogVerifyTest, what_kafka_would_write_is_sound) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    files_ = {};
    sim::Rng rng(seed);
    FakeLog log = random_log("orders-0", rng);
    write_root(log, rng.below(2) == 0);
    Verified verified = root();
    ASSERT_THAT(verified.problems, IsEmpty()) << "seed " << seed;
    ASSERT_THAT(verified.notes, IsEmpty()) << "seed " << seed;
    ASSERT_EQ(verified.totals.records, log.end().value());
  }
}

TEST_F(LogVerifyTest, a_file_cut_anywhere_is_found) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    files_ = {};
    sim::Rng rng(seed);
    FakeLog log = random_log("orders-0", rng);
    write_root(log);
    std::vector<std::string> names = *files_.list("orders-0");
    for (const std::string& name : names) {
      // An index may be shorter: what it lacks is found by reading on.
      bool may_be_short = name.ends_with(".index");
      std::string path = "orders-0/" + name, content = files_.contents(path);
      if (content.empty() || name.ends_with(".metadata")) continue;
      size_t kept = rng.below(content.size());
      if (may_be_short && kept % 8 == 0) continue;
      files_.overwrite(path, content.substr(0, kept));
      ASSERT_GT(root().totals.problems, 0) << "seed " << seed << ", " << path << " to " << kept;
      files_.overwrite(path, content);
    }
  }
}

TEST_F(LogVerifyTest, garbage_is_found_and_breaks_nothing) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    files_ = {};
    sim::Rng rng(seed);
    FakeLog log = random_log("orders-0", rng);
    write_root(log);
    std::vector<std::string> names = *files_.list("orders-0");
    std::string path = "orders-0/" + names[rng.below(names.size())];
    std::string garbage;
    for (uint64_t n = rng.between(1, 500); n > 0; --n)
      garbage.push_back(static_cast<char>(rng.below(256)));
    files_.overwrite(path, garbage);
    ASSERT_GT(root().totals.problems, 0) << "seed " << seed << ", " << path;
  }
}

// --- Batches ---

TEST_F(LogVerifyTest, a_wrong_base_offset_is_one_problem_and_not_many) {
  FakeLog log = ten_batches();
  write_root(log);
  size_t at = batch_at(log_of(0), 3);
  patch(log_of(0), at, std::string("\0\0\0\0\0\0\0\x46", 8));
  EXPECT_THAT(root().problems,
              ElementsAre(log_of(0) + "@" + std::to_string(at) +
                          "#70: the base offset is 70, expected 6; Kafka will not check it, as the "
                          "log was closed in good order"));
}

TEST_F(LogVerifyTest, a_wrong_leader_epoch_is_found_by_the_checkpoint_or_by_order) {
  FakeLog log = ten_batches();
  write_root(log);
  size_t at = batch_at(log_of(0), 3);
  patch(log_of(0), at + 12, std::string("\0\0\0\4", 4));
  EXPECT_THAT(root().problems,
              ElementsAre(HasSubstr("leader epoch 4, but leader-epoch-checkpoint says 0")));
  ASSERT_TRUE(files_.remove("orders-0/leader-epoch-checkpoint").ok());
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("leader epoch 0 after epoch 4"),
                                           HasSubstr("leader-epoch-checkpoint: is not there")));
  files_.overwrite("orders-0/leader-epoch-checkpoint", "");
  EXPECT_THAT(root().problems, Contains(HasSubstr("knows no epoch")));
}

TEST_F(LogVerifyTest, a_wrong_length_does_not_hide_what_follows) {
  FakeLog log = ten_batches();
  write_root(log);
  std::string at = std::to_string(batch_at(log_of(0), 3));
  std::string next = std::to_string(batch_at(log_of(0), 4));
  patch(log_of(0), batch_at(log_of(0), 3) + 8, std::string("\0\0\0\x40", 4));
  Verified verified = root();
  EXPECT_THAT(verified.problems,
              ElementsAre(AllOf(HasSubstr("@" + at + "#6: the CRC of the batch is"),
                                HasSubstr("; batches go on at byte " + next))));
  EXPECT_EQ(verified.totals.records, 18);
}

TEST_F(LogVerifyTest, an_old_or_unknown_magic_is_found) {
  FakeLog log = ten_batches();
  write_root(log);
  patch(log_of(0), 16, std::string("\1"));
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("magic 1, expected 2")));
}

TEST_F(LogVerifyTest, a_torn_tail_is_told_with_what_kafka_does_about_it) {
  FakeLog log = ten_batches();
  write_root(log, false);
  checkpoint("recovery-point-offset-checkpoint", "orders 0 4");
  checkpoint("replication-offset-checkpoint", "orders 0 18");
  ASSERT_TRUE(files_.remove("orders-0/00000000000000000020.snapshot").ok());
  patch("orders-0/00000000000000000000.timeindex",
        files_.contents("orders-0/00000000000000000000.timeindex").size() - 12,
        std::string(12, '\0'));
  std::string whole = files_.contents(log_of(0));
  files_.overwrite(log_of(0), whole.substr(0, whole.size() - 5));
  EXPECT_THAT(
      root().problems,
      Contains(AllOf(HasSubstr("#18: a batch of "),
                     HasSubstr("; Kafka cuts the log here at its next start (recovery point "
                               "4)"))));
}

TEST_F(LogVerifyTest, zeros_where_a_power_loss_left_them_are_called_so) {
  FakeLog log = ten_batches();
  log.write(files_);
  size_t at = batch_at(log_of(0), 4);
  std::string tail(files_.contents(log_of(0)).size() - at, '\0');
  patch(log_of(0), at, tail);
  EXPECT_THAT(partition().problems, Contains(HasSubstr("#8: only zeros from here to the end")));
}

TEST_F(LogVerifyTest, a_missing_batch_or_segment_is_a_gap) {
  FakeLog log("orders-0");
  for (int segment = 0; segment < 3; ++segment) {
    for (int i = 0; i < 3; ++i) log.data({.records = 5});
    if (segment < 2) log.roll();
  }
  log.write(files_);
  ASSERT_TRUE(files_.remove(log_of(15)).ok());
  EXPECT_THAT(partition().problems,
              ElementsAre(log_of(30) + "#30: offsets 15..29 are missing: no segment has them"));
  EXPECT_THAT(partition({.compacted = true}).problems, IsEmpty());
  log.write(files_);
  std::string bytes = files_.contents(log_of(0));
  size_t second = batch_at(log_of(0), 1), third = batch_at(log_of(0), 2);
  files_.overwrite(log_of(0), bytes.erase(second, third - second));
  files_.overwrite("orders-0/00000000000000000000.index", "");
  files_.overwrite("orders-0/00000000000000000000.timeindex", "");
  EXPECT_THAT(partition().problems,
              ElementsAre(HasSubstr("#10: begins at offset 10, expected 5: the offsets between")));
}

// A batch that the cleaner emptied: nothing is left of it but its header.
std::string emptied_batch(int64_t base, int32_t last_delta) {
  models::BatchBuilder builder(
      {.base_offset = models::Offset(base), .leader_epoch = models::LeaderEpoch(0)});
  builder.add(1000, "k", "v");
  std::string bytes(builder.build());
  bytes.resize(61);
  models::store_big_endian<int32_t>(bytes.data() + 8, 49);
  models::store_big_endian<int32_t>(bytes.data() + 23, last_delta);
  models::store_big_endian<int32_t>(bytes.data() + 57, 0);
  models::store_big_endian<uint32_t>(bytes.data() + 17,
                                     models::crc32c(std::string_view(bytes).substr(21)));
  return bytes;
}

TEST_F(LogVerifyTest, a_log_with_emptied_batches_is_compacted_and_may_have_gaps) {
  (void)files_.create_directory("orders-0");
  files_.overwrite(log_of(0), emptied_batch(3, 4) + emptied_batch(20, 0));
  files_.overwrite("orders-0/00000000000000000000.index", "");
  files_.overwrite("orders-0/00000000000000000000.timeindex", "");
  EXPECT_THAT(partition().problems, IsEmpty());
  files_.overwrite(log_of(0), emptied_batch(20, 0) + emptied_batch(3, 4));
  EXPECT_THAT(partition().problems,
              ElementsAre(HasSubstr("the base offset is 3, expected at least 21")));
}

TEST_F(LogVerifyTest, records_are_held_against_their_header) {
  // Whole batches with a CRC that is right, so that only what is in them can tell.
  auto remade = [&](int position, int32_t value) {
    FakeLog log("orders-0");
    log.data({.records = 3});
    log.write(files_);
    std::string bytes = files_.contents(log_of(0));
    models::store_big_endian<int32_t>(bytes.data() + position, value);
    models::store_big_endian<uint32_t>(bytes.data() + 17,
                                       models::crc32c(std::string_view(bytes).substr(21)));
    files_.overwrite(log_of(0), bytes);
    return partition().problems;
  };
  EXPECT_THAT(remade(57, 4), ElementsAre(HasSubstr("4 records up to 2 offsets above the first")));
  EXPECT_THAT(remade(57, 2), ElementsAre(HasSubstr("bytes after the last record")));
  EXPECT_THAT(remade(57, -1), SizeIs(1));
  EXPECT_THAT(remade(23, 1), SizeIs(1));
  EXPECT_THAT(remade(21, 0x0005'0000),
              Contains(HasSubstr("attributes 0x0005 have bits that mean")));
  EXPECT_THAT(remade(39, 77), ElementsAre(HasSubstr("the latest of its records is of 1000, its "
                                                    "header says 77")));
}

TEST_F(LogVerifyTest, a_compressed_batch_is_sound_and_a_flipped_bit_in_it_is_found) {
  (void)files_.create_directory("orders-0");
  files_.overwrite(log_of(1000), gzip_batch());
  Verified verified = partition();
  EXPECT_THAT(verified.problems, IsEmpty());
  EXPECT_EQ(verified.totals.records, 4);
  std::string bytes = gzip_batch();
  patch(log_of(1000), 100, std::string(1, static_cast<char>(bytes[100] ^ 1)));
  EXPECT_THAT(partition().problems, ElementsAre(HasSubstr("#1000: the CRC of the batch is")));
}

TEST_F(LogVerifyTest, a_log_that_begins_later_is_sound) {
  FakeLog log("orders-0", 1000);
  for (int i = 0; i < 5; ++i) log.data({.producer = 7, .records = 2});
  log.roll();
  log.data({.producer = 7});
  write_root(log);
  EXPECT_THAT(root().problems, IsEmpty());
}

// --- Indexes ---

TEST_F(LogVerifyTest, an_index_entry_must_name_its_batch) {
  FakeLog log = ten_batches();
  write_root(log);
  std::string index = "orders-0/00000000000000000000.index";
  ASSERT_GT(files_.contents(index).size(), 16u);
  std::string sound = files_.contents(index);
  patch(index, 7, std::string(1, static_cast<char>(sound[7] + 1)));
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("where no batch begins")));
  files_.overwrite(index, sound);
  patch(index, 3, std::string(1, static_cast<char>(sound[3] + 2)));
  EXPECT_THAT(root().problems,
              ElementsAre(AllOf(HasSubstr(index + "@0#"), HasSubstr("ends at offset"))));
}

TEST_F(LogVerifyTest, an_index_as_kafka_before_4_wrote_it_is_a_note) {
  FakeLog log("orders-0");
  for (int i = 0; i < 40; ++i) log.data({.records = 2, .time_ms = 1000 + i});
  write_root(log);
  std::string index = "orders-0/00000000000000000000.index";
  std::string bytes = files_.contents(index);
  ASSERT_GT(bytes.size(), 40u);
  for (size_t at : {8u, 24u}) bytes[at + 3] = static_cast<char>(bytes[at + 3] + 2);
  files_.overwrite(index, bytes);
  Verified verified = root();
  EXPECT_THAT(verified.problems, IsEmpty());
  EXPECT_THAT(verified.notes, ElementsAre(HasSubstr("as Kafka before 4.0 wrote them")));
}

TEST_F(LogVerifyTest, room_at_the_end_of_an_index_is_fine_where_kafka_leaves_it) {
  FakeLog log("orders-0");
  for (int i = 0; i < 8; ++i) log.data({.records = 2});
  log.roll();
  for (int i = 0; i < 8; ++i) log.data({.records = 2});
  write_root(log, false);
  auto grow = [&](const std::string& path, size_t bytes) {
    files_.overwrite(path, files_.contents(path) + std::string(bytes, '\0'));
  };
  grow("orders-0/00000000000000000016.index", 8000);
  grow("orders-0/00000000000000000016.timeindex", 12000);
  Verified active = root();
  EXPECT_THAT(active.problems, IsEmpty());
  EXPECT_THAT(active.notes, IsEmpty());
  patch("orders-0/00000000000000000016.index",
        files_.contents("orders-0/00000000000000000016.index").size() - 1, "x");
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("not zero, behind the index's last entry")));
  patch("orders-0/00000000000000000016.index",
        files_.contents("orders-0/00000000000000000016.index").size() - 1, std::string(1, '\0'));
  files_.overwrite(".kafka_cleanshutdown", "{\"version\":0,\"brokerEpoch\":11}");
  EXPECT_THAT(root().problems, SizeIs(2));  // A clean stop cuts them to size.
  ASSERT_TRUE(files_.remove(".kafka_cleanshutdown").ok());
  grow("orders-0/00000000000000000000.index", 8);
  EXPECT_THAT(root().notes, ElementsAre(HasSubstr("it was not cut to size")));
  grow("orders-0/00000000000000000000.index", 3);
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("less than an entry")));
}

TEST_F(LogVerifyTest, a_time_index_that_ends_too_early_would_delete_too_early) {
  FakeLog log = ten_batches();
  log.roll();
  log.data({});
  write_root(log);
  std::string index = "orders-0/00000000000000000000.timeindex";
  std::string bytes = files_.contents(index);
  files_.overwrite(index, bytes.substr(0, bytes.size() - 12));
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("would be deleted too early")));
}

TEST_F(LogVerifyTest, an_aborted_transaction_must_be_in_the_index) {
  FakeLog log("orders-0");
  log.data({.producer = 3, .transactional = true});
  log.data({.producer = 4, .transactional = true});
  log.marker(4, false);
  log.marker(3, true);
  write_root(log);
  std::string index = "orders-0/00000000000000000000.txnindex";
  std::string sound = files_.contents(index);
  EXPECT_THAT(root().problems, IsEmpty());
  ASSERT_TRUE(files_.remove(index).ok());
  EXPECT_THAT(
      root().problems,
      ElementsAre(AllOf(HasSubstr(index + "#2: producer 4 aborted its transaction of offset "
                                          "1 here"),
                        HasSubstr("read as committed"))));
  // One entry too many, for the transaction that was committed.
  std::string more = sound;
  models::AbortedTxn txn;
  txn.producer_id = models::ProducerId(3);
  txn.first_offset = models::Offset(0);
  txn.last_offset = models::Offset(3);
  txn.last_stable_offset = models::Offset(4);
  txn.encode(more);
  files_.overwrite(index, more);
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("no transaction was aborted at this offset")));
}

TEST_F(LogVerifyTest, an_aborted_transaction_of_a_compacted_log_must_be_possible) {
  FakeLog log("orders-0");
  log.data({.producer = 3, .transactional = true});
  log.marker(3, false);
  write_root(log);
  std::string index = "orders-0/00000000000000000000.txnindex";
  auto problems_with = [&](int64_t first, int64_t stable) {
    models::AbortedTxn txn;
    txn.producer_id = models::ProducerId(3);
    txn.first_offset = models::Offset(first);
    txn.last_offset = models::Offset(1);
    txn.last_stable_offset = models::Offset(stable);
    std::string bytes;
    txn.encode(bytes);
    files_.overwrite(index, bytes);
    return partition({.compacted = true}).problems;
  };
  EXPECT_THAT(problems_with(0, 2), IsEmpty());
  EXPECT_THAT(problems_with(2, 2), ElementsAre(HasSubstr("first offset 2, expected at most 1")));
  EXPECT_THAT(problems_with(0, 3),
              ElementsAre(HasSubstr("last stable offset 3, expected at most")));
  EXPECT_THAT(problems_with(0, -1), SizeIs(1));
}

// --- Producers ---

TEST_F(LogVerifyTest, a_snapshot_must_say_what_the_log_says) {
  FakeLog log = ten_batches();
  write_root(log);
  std::string path = "orders-0/00000000000000000020.snapshot";
  auto entries = *models::decode_producer_snapshot(files_.contents(path));
  entries[0].last_sequence = models::Sequence(17);
  entries.push_back(entries[0]);
  entries[1].producer_id = models::ProducerId(99);
  files_.overwrite(path, models::encode_producer_snapshot(entries));
  EXPECT_THAT(root().problems,
              ElementsAre(path + "#20: producer 7: last sequence 17, the log says 19",
                          path + "#20: producer 99: wrote nothing in this log"));
}

TEST_F(LogVerifyTest, a_snapshot_may_know_producers_whose_batches_were_deleted) {
  FakeLog log("orders-0");
  log.data({.producer = 7});
  log.roll();
  log.data({.producer = 8});
  log.roll();
  log.data({.producer = 8});
  log.write(files_);
  for (const char* kind : {".log", ".index", ".timeindex"})
    ASSERT_TRUE(files_.remove("orders-0/00000000000000000000" + std::string(kind)).ok());
  EXPECT_THAT(partition().problems, IsEmpty());
  // Nor if the snapshot of the log's beginning is gone as well.
  ASSERT_TRUE(files_.remove("orders-0/00000000000000000001.snapshot").ok());
  EXPECT_THAT(partition().problems, IsEmpty());
}

// --- Names, leftovers, checkpoints ---

TEST_F(LogVerifyTest, leftovers_and_strange_files_are_notes) {
  FakeLog log = ten_batches();
  write_root(log);
  files_.overwrite("orders-0/00000000000000000000.log.deleted", "x");
  files_.overwrite("orders-0/00000000000000000000.index.deleted", "x");
  files_.overwrite("orders-0/00000000000000000000.log.swap", "x");
  files_.overwrite("orders-0/00000000000000000000.log.cleaned", "x");
  files_.overwrite("orders-0/leader-epoch-checkpoint.tmp", "x");
  files_.overwrite("orders-0/notes.txt", "x");
  files_.overwrite("replication-offset-checkpoint.tmp", "x");
  (void)files_.create_directory("lost+found");
  (void)files_.create_directory("gone-1.0123456789abcdef0123456789abcdef-delete");
  Verified verified = root();
  EXPECT_THAT(verified.problems, IsEmpty());
  EXPECT_THAT(verified.notes, SizeIs(8));
  EXPECT_THAT(verified.notes,
              Contains("orders-0: 2 files end in .deleted: they wait to be deleted; not checked"));
}

TEST_F(LogVerifyTest, an_index_without_its_log_is_a_note_and_a_log_without_index_depends) {
  FakeLog log = ten_batches();
  write_root(log);
  files_.overwrite("orders-0/00000000000000000777.index", "");
  ASSERT_TRUE(files_.remove("orders-0/00000000000000000000.index").ok());
  Verified clean = root();
  EXPECT_THAT(clean.notes, ElementsAre(HasSubstr("an index of it is")));
  EXPECT_THAT(clean.problems, ElementsAre(HasSubstr("has no .index")));
  ASSERT_TRUE(files_.remove(".kafka_cleanshutdown").ok());
  EXPECT_THAT(root().problems, IsEmpty());
}

TEST_F(LogVerifyTest, checkpoints_must_parse_to_the_letter_and_agree_with_the_logs) {
  FakeLog log = ten_batches();
  write_root(log);
  checkpoint("recovery-point-offset-checkpoint", "orders 0 21");
  EXPECT_THAT(root().problems,
              ElementsAre(HasSubstr("orders-0: 21, but the log ends at 20: flushed "
                                    "records are gone")));
  checkpoint("recovery-point-offset-checkpoint", "orders 0 020");
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("line 3: expected \"topic partition offset\", "
                                                     "found \"orders 0 020\"")));
  files_.overwrite("recovery-point-offset-checkpoint", "0\n2\norders 0 20\n");
  EXPECT_THAT(root().problems, ElementsAre(HasSubstr("line 4: ")));
  checkpoint("recovery-point-offset-checkpoint", "unknown 0 20");
  EXPECT_THAT(root().notes, ElementsAre(HasSubstr("names unknown-0 without a directory here")));
  checkpoint("recovery-point-offset-checkpoint", "orders 0 20");
  checkpoint("replication-offset-checkpoint", "orders 0 25");
  EXPECT_THAT(root().problems, SizeIs(1));
  ASSERT_TRUE(files_.remove(".kafka_cleanshutdown").ok());
  EXPECT_THAT(root().problems, IsEmpty());
  EXPECT_THAT(root().notes, ElementsAre(HasSubstr("orders-0: 25, but the log ends at 20")));
}

TEST_F(LogVerifyTest, ids_must_be_ids_and_one_topic_has_one) {
  FakeLog log = ten_batches();
  write_root(log);
  FakeLog other("orders-1");
  other.write(files_);
  files_.overwrite("orders-1/partition.metadata", "version: 0\ntopic_id: b_XlVrwqSa-bjlETUiCCQw");
  EXPECT_THAT(
      root().problems,
      ElementsAre("orders-1/partition.metadata: topic id b_XlVrwqSa-bjlETUiCCQw, but orders-0 "
                  "says a_XlVrwqSa-bjlETUiCCQw"));
  files_.overwrite("orders-1/partition.metadata", "version: 0\ntopic_id: short");
  files_.overwrite("meta.properties", "version=7\nnode.id=x\n");
  files_.overwrite(".kafka_cleanshutdown", "{}");
  EXPECT_THAT(root().problems, SizeIs(5));
}

// --- Places ---

std::vector<std::string> places(sim::FileSystem& files) {
  std::vector<std::string> found;
  std::vector<LogPlace> places = *find_log_places(files, "");
  for (const LogPlace& place : places)
    found.push_back(place.path + (place.is_partition ? " partition" : " root"));
  return found;
}

TEST_F(LogVerifyTest, a_place_is_known_by_what_is_in_it) {
  EXPECT_THAT(places(files_), IsEmpty());
  (void)files_.create_directory("my-app-2");  // Looks like a partition, and is none.
  files_.overwrite("my-app-2/readme", "x");
  EXPECT_THAT(places(files_), IsEmpty());
  (void)files_.create_directory("kafka-logs");
  (void)files_.create_directory("kafka-logs/orders-0");
  files_.overwrite("kafka-logs/orders-0/00000000000000000000.log", "");
  EXPECT_THAT(places(files_), ElementsAre("kafka-logs root"));
  files_.overwrite("00000000000000000000.log", "");
  EXPECT_THAT(places(files_), ElementsAre(" partition"));
  files_.overwrite("meta.properties", "");
  EXPECT_THAT(places(files_), ElementsAre(" root"));
}

TEST_F(LogVerifyTest, a_link_is_not_followed_and_not_passed_over) {
  namespace fs = std::filesystem;
  fs::path top = fs::path(testing::TempDir()) / ("verify_links_" + std::to_string(getpid()));
  fs::remove_all(top);
  fs::create_directories(top / "root" / "orders-0");
  fs::create_directories(top / "outside");
  std::ofstream(top / "outside" / "secret.log") << "secret";
  std::ofstream(top / "root" / "meta.properties") << "version=1\nnode.id=1\ncluster.id=x\n";
  fs::create_symlink(top / "outside", top / "root" / "orders-1");
  fs::create_symlink(top / "outside" / "secret.log",
                     top / "root" / "orders-0" / "00000000000000000000.log");
  auto files = RealDirectory::open((top / "root").string(), RealDirectory::Mode::kReadOnly);
  ASSERT_TRUE(files.ok());
  Verified verified = verify(*files, {false, ""});
  EXPECT_THAT(verified.problems,
              ElementsAre(HasSubstr("orders-0/00000000000000000000.log: a symbolic link is not "
                                    "followed"),
                          HasSubstr("orders-1: a symbolic link is not followed")));
  EXPECT_EQ(verified.totals.bytes, 0);
  fs::remove_all(top);
}

}  // namespace
}  // namespace scenarios
