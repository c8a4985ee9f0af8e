// SPDX-License-Identifier: Apache-2.0

#include "scenarios/log_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenarios/log_fixture.h"

namespace scenarios {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LogDumpTest : public testing::Test {
 protected:
  LogDumpTest() {
    FakeLog log("orders-0");
    log.data({.producer = 7, .records = 2, .time_ms = 1'700'000'000'005});
    log.data({.producer = 3, .transactional = true, .time_ms = 1'700'000'000'005});
    log.marker(3, false, 1'700'000'000'006, 4);
    for (int i = 0; i < 6; ++i) log.data({.records = 2, .time_ms = 1'700'000'001'000 + i});
    log.roll();
    log.write(files_);
  }

  bool dump(const std::string& path, bool as_json, const DumpOptions& options = {}) {
    lines_.clear();
    auto take = [this, as_json](const std::string& text) {
      lines_.push_back(as_json ? text : text.substr(0, text.size() - 1));
    };
    auto writer = as_json ? dump_as_json(take) : dump_as_text(take);
    return dump_path(files_, path, options, *writer);
  }
  // The objects of one type.
  std::vector<json> objects(const std::string& type) const {
    std::vector<json> found;
    for (const std::string& line : lines_) {
      json object = json::parse(line);
      if (object["type"] == type) found.push_back(object);
    }
    return found;
  }

  models::MemoryFileSystem files_;
  std::vector<std::string> lines_;
  const std::string log_ = "orders-0/00000000000000000000.log";
};

TEST_F(LogDumpTest, text_is_a_table_with_a_line_a_batch) {
  ASSERT_TRUE(dump(log_, false));
  ASSERT_EQ(lines_.size(), 11u);
  EXPECT_THAT(lines_[0], HasSubstr(log_ + "  "));
  EXPECT_THAT(lines_[1], HasSubstr("position  offsets"));
  EXPECT_THAT(lines_[2], HasSubstr("0..1                       2      0  7:2          0..1 "));
  EXPECT_THAT(lines_[2], HasSubstr("2023-11-14 22:13:20.005"));
  EXPECT_THAT(lines_[3], HasSubstr("  transactional"));
  EXPECT_THAT(lines_[4], HasSubstr("  transactional control"));
}

TEST_F(LogDumpTest, text_shows_records_and_markers_below_their_batch) {
  ASSERT_TRUE(dump(log_, false, {.records = true}));
  EXPECT_EQ(
      lines_[3],
      "    | 0  2023-11-14 22:13:20.005  sequence 0  key [5 B] key 0  value [22 B] a value of "
      "some length");
  EXPECT_EQ(lines_[8], "    | 3  2023-11-14 22:13:20.006  endTxnMarker ABORT  coordinator epoch 4");
}

TEST_F(LogDumpTest, json_has_a_batch_with_all_that_kafkas_tool_shows) {
  ASSERT_TRUE(dump(log_, true));
  json first = objects("batch").front();
  std::string log = files_.contents(log_);
  json expected = {{"type", "batch"},
                   {"file", log_},
                   {"position", 0},
                   {"size", 12 + models::load_big_endian<int32_t>(log.data() + 8)},
                   {"baseOffset", 0},
                   {"lastOffset", 1},
                   {"count", 2},
                   {"baseSequence", 0},
                   {"lastSequence", 1},
                   {"producerId", 7},
                   {"producerEpoch", 2},
                   {"partitionLeaderEpoch", 0},
                   {"isTransactional", false},
                   {"isControl", false},
                   {"deleteHorizonMs", nullptr},
                   {"timestampType", "CreateTime"},
                   {"baseTimestamp", 1'700'000'000'005},
                   {"maxTimestamp", 1'700'000'000'005},
                   {"magic", 2},
                   {"compression", "none"},
                   {"crc", models::load_big_endian<uint32_t>(log.data() + 17)},
                   {"valid", true}};
  EXPECT_EQ(first, expected);
  EXPECT_EQ(objects("batch")[3]["lastSequence"], -1);
}

TEST_F(LogDumpTest, json_has_records_with_exact_bytes) {
  models::BatchBuilder builder({});
  builder.add(5, std::nullopt, std::string_view("\xff\0", 2), {{"h", "v"}, {"none", std::nullopt}});
  builder.add(6, "", std::nullopt);
  files_.overwrite("orders-0/00000000000000000099.log", std::string(builder.build()));
  ASSERT_TRUE(dump("orders-0/00000000000000000099.log", true, {.records = true}));
  json record = objects("record").at(0);
  EXPECT_EQ(record["headers"],
            json::parse(R"([{"key":"h","value":"v"},{"key":"none","value":null}])"));
  EXPECT_EQ(record["key"], nullptr);
  EXPECT_EQ(record["keySize"], -1);
  EXPECT_EQ(record["valueBase64"], "/wA=");
  EXPECT_EQ(record["sequence"], -1);
  json second = objects("record").at(1);
  EXPECT_EQ(second["key"], "");
  EXPECT_EQ(second["value"], nullptr);
  EXPECT_EQ(second["valueSize"], -1);
  EXPECT_EQ(second["timestamp"], 6);
}

TEST_F(LogDumpTest, records_have_the_time_of_their_append_if_the_batch_says_so) {
  FakeLog log("orders-1");
  log.data({.records = 2, .time_ms = 1000, .attributes = 8});
  log.write(files_);
  ASSERT_TRUE(dump("orders-1/00000000000000000000.log", true, {.records = true}));
  EXPECT_EQ(objects("batch")[0]["timestampType"], "LogAppendTime");
  EXPECT_EQ(objects("record")[1]["timestamp"], 1000);
}

TEST_F(LogDumpTest, json_has_every_other_kind_of_file) {
  files_.overwrite("replication-offset-checkpoint", "0\n1\norders 0 15\n");
  files_.overwrite("meta.properties", "#\nnode.id=1\n");
  files_.overwrite(".lock", "");
  files_.overwrite("strange", "x");
  files_.overwrite("orders-0/00000000000000000000.index",
                   files_.contents("orders-0/00000000000000000000.index") + std::string(80, '\0'));
  ASSERT_TRUE(dump("", true));
  EXPECT_EQ(objects("file").size(), 14u);
  EXPECT_EQ(objects("checkpoint")[0]["offset"], 15);
  EXPECT_EQ(objects("leaderEpoch")[0]["startOffset"], 0);
  EXPECT_EQ(objects("property")[0]["key"], "node.id");
  EXPECT_EQ(objects("producer").size(), 2u);
  json producer = objects("producer")[1];
  EXPECT_EQ(producer["producerId"], 7);
  EXPECT_EQ(producer["lastOffset"], 1);
  EXPECT_EQ(producer["currentTxnFirstOffset"], nullptr);
  json txn = objects("abortedTxn").at(0);
  EXPECT_EQ(txn["firstOffset"], 2);
  EXPECT_EQ(txn["lastOffset"], 3);
  EXPECT_EQ(txn["lastStableOffset"], 4);
  json entry = objects("offsetIndexEntry").at(0);
  EXPECT_GT(entry["position"], 0);
  EXPECT_EQ(objects("timeIndexEntry").back()["timestamp"], 1'700'000'001'005);
  EXPECT_THAT(objects("remark")[0]["text"], "room for 10 more entries");
}

TEST_F(LogDumpTest, offsets_of_an_index_are_those_of_its_log) {
  std::string bytes = files_.contents("orders-0/00000000000000000000.index");
  files_.overwrite("orders-0/00000000000000001000.index", bytes);
  files_.overwrite("copy.index", bytes);
  ASSERT_TRUE(dump("orders-0/00000000000000000000.index", true));
  int64_t first = objects("offsetIndexEntry")[0]["offset"];
  ASSERT_TRUE(dump("orders-0/00000000000000001000.index", true));
  EXPECT_EQ(objects("offsetIndexEntry")[0]["offset"], first + 1000);
}

TEST_F(LogDumpTest, damage_is_marked_and_told) {
  std::string log = files_.contents(log_);
  log.at(30) ^= 1;
  files_.overwrite(log_, log.substr(0, log.size() - 3));
  EXPECT_FALSE(dump(log_, true));
  EXPECT_EQ(objects("batch")[0]["valid"], false);
  EXPECT_EQ(objects("batch")[1]["valid"], true);
  EXPECT_EQ(objects("trouble").size(), 1u);
  EXPECT_FALSE(dump(log_, false));
  EXPECT_THAT(lines_[2], HasSubstr("  INVALID"));
  EXPECT_THAT(lines_.back(), HasSubstr("  ! byte "));
}

TEST_F(LogDumpTest, compressed_records_are_shown_or_it_is_said_that_they_are_not) {
  (void)files_.create_directory("orders-1");
  files_.overwrite("orders-1/00000000000000001000.log", gzip_batch());
  EXPECT_TRUE(dump("orders-1/00000000000000001000.log", true, {.records = true}));
  EXPECT_EQ(objects("batch").at(0)["compression"], "gzip");
  if (objects("remark").empty()) {
    EXPECT_EQ(objects("record").size(), 4u);
  } else {
    EXPECT_THAT(objects("record"), IsEmpty());
    EXPECT_EQ(objects("remark").at(0)["text"], "compressed (gzip): records not shown");
  }
}

TEST_F(LogDumpTest, no_bytes_whatever_break_it) {
  sim::Rng rng(1);
  const char* const kNames[] = {"00000000000000000000.log",
                                "00000000000000000000.index",
                                "00000000000000000000.timeindex",
                                "00000000000000000000.txnindex",
                                "00000000000000000000.snapshot",
                                "leader-epoch-checkpoint",
                                "partition.metadata",
                                "09223372036854775807.index",
                                "09223372036854775807.timeindex"};
  const std::string log = files_.contents(log_);
  for (int i = 0; i < 500; ++i) {
    std::string bytes = log.substr(rng.below(300));
    for (uint64_t n = rng.below(20); n > 0; --n)
      bytes.at(rng.below(bytes.size())) = static_cast<char>(rng.below(256));
    for (const char* name : kNames) files_.overwrite("orders-0/" + std::string(name), bytes);
    (void)dump("orders-0", true, {.records = true});
    for (const std::string& line : lines_) EXPECT_TRUE(json::accept(line)) << line;
    (void)dump("orders-0", false, {.records = true});
  }
}

}  // namespace
}  // namespace scenarios
