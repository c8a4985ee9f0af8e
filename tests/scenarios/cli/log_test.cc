// SPDX-License-Identifier: Apache-2.0
//
// `faultline log` as a user has it: a simulated broker's disk is exported, found sound, shown,
// damaged, and found damaged where it is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/cli/cli_fixture.h"

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class CliLogTest : public CliTest {
 protected:
  Ended export_quick(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"log", "export", write("quick.json", quick(1000)),
                                       "--broker", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string exported() const {
    EXPECT_EQ(export_quick({"--at", "2s", "--to", path("out")}).exit_code, 0);
    return path("out");
  }
  // Whatever the folder of the test holds beside the streams and the scenario.
  std::vector<std::string> made() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      std::string name = entry.path().filename().string();
      if (name != "stdout" && name != "stderr" && name != "quick.json") names.push_back(name);
    }
    return names;
  }
};

const char* const kLog = "/kafka-logs/orders-0/00000000000000000000.log";

TEST_F(CliLogTest, a_brokers_disk_is_exported_and_sound) {
  Ended ended = export_quick({"--at", "2s", "--to", path("out")});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("at 00:02.000"), HasSubstr("broker 1 is up"),
                               HasSubstr("log verify " + path("out"))));
  EXPECT_GT(fs::file_size(path("out") + kLog), 1000u);
  Ended verified = run({"log", "verify", path("out")});
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_THAT(verified.out, HasSubstr("kafka-logs: ok"));
  EXPECT_EQ(run({"log", "verify", path("out/kafka-logs/orders-0")}).exit_code, 0);
}

TEST_F(CliLogTest, the_same_time_is_the_same_disk) {
  EXPECT_EQ(export_quick({"--at", "2s", "--out", path("a")}).exit_code, 0);
  EXPECT_EQ(export_quick({"--at", "2s", "--out", path("b")}).exit_code, 0);
  EXPECT_EQ(export_quick({"--at", "1s", "--out", path("c")}).exit_code, 0);
  EXPECT_EQ(text_of(path("a") + kLog), text_of(path("b") + kLog));
  EXPECT_THAT(text_of(path("a") + kLog), StartsWith(text_of(path("c") + kLog)));
}

TEST_F(CliLogTest, a_flipped_bit_is_found_with_file_and_offset) {
  std::string log = exported() + kLog, bytes = text_of(log);
  bytes[70] = static_cast<char>(bytes[70] ^ 4);
  std::ofstream(log, std::ios::binary) << bytes;
  Ended verified = run({"log", "verify", path("out")});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.out, HasSubstr(log + ": byte 0, offset 0: the CRC of the batch is"));
  EXPECT_THAT(verified.err, IsEmpty());
  // It is shown all the same.
  Ended dumped = run({"log", "dump", log});
  EXPECT_EQ(dumped.exit_code, 0);
  EXPECT_THAT(dumped.out, HasSubstr("  INVALID"));
}

TEST_F(CliLogTest, a_dump_for_programs_is_json_line_by_line) {
  Ended ended = run({"log", "dump", exported() + "/kafka-logs", "--records", "--json"});
  EXPECT_EQ(ended.exit_code, 0);
  std::istringstream lines(ended.out);
  int64_t records = 0, next = 0;
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json item = nlohmann::json::parse(line);
    bool is_of_orders = item["file"].get<std::string>().ends_with(kLog);
    if (item["type"] != "record" || !is_of_orders) continue;
    EXPECT_EQ(item["offset"], next++);
    ++records;
  }
  EXPECT_GT(records, 50);
}

TEST_F(CliLogTest, nothing_is_written_where_something_is) {
  fs::create_directory(path("full"));
  write("full/mine", "mine");
  Ended ended = export_quick({"--to", path("full")});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, AllOf(StartsWith("--to " + path("full") + ": is not empty"),
                               EndsWith("does not exist yet\n")));
  EXPECT_EQ(text_of(path("full/mine")), "mine");
  EXPECT_EQ(export_quick({"--to", path("no/such/place")}).exit_code, 2);
  EXPECT_THAT(made(), testing::ElementsAre("full"));
}

TEST_F(CliLogTest, an_interrupted_export_leaves_nothing) {
  std::string long_one = quick(1000);
  long_one.replace(long_one.find("\"3s\""), 4, "\"24h\"");
  pid_t child =
      start({"log", "export", write("quick.json", long_one), "--broker", "1", "--to", path("out")});
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  kill(child, SIGINT);
  EXPECT_EQ(wait_for(child).exit_code, 130);
  EXPECT_THAT(made(), IsEmpty());
}

TEST_F(CliLogTest, bad_usage_exits_2_with_one_line_that_helps) {
  EXPECT_EQ(run({"log"}).err,
            "faultline log: no command given  (faultline log --help tells more)\n");
  EXPECT_EQ(run({"log", "veryfy"}).err,
            "faultline log: unknown command \"veryfy\"; did you mean \"verify\"?  (faultline log "
            "--help tells more)\n");
  Ended ended = run({"log", "verify", "--jsn", "x"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("unknown option \"--jsn\"; did you mean \"--json\"?"));
  EXPECT_THAT(run({"log", "verify", path("none")}).err,
              HasSubstr("none: No such file or directory"));
  EXPECT_EQ(run({"log", "dump", path("none")}).exit_code, 2);
  EXPECT_THAT(run({"log", "verify", folder_.string()}).err, HasSubstr("no log directory"));
  std::string scenario = write("quick.json", quick(1000));
  EXPECT_THAT(run({"log", "export", scenario, "--broker", "2", "--to", path("out")}).err,
              HasSubstr("--broker 2: the cluster has broker 1 alone"));
  EXPECT_THAT(export_quick({"--to", path("out"), "--at", "soon"}).err, StartsWith("--at soon: "));
  EXPECT_THAT(export_quick({"--to", path("out"), "--at", "3h"}).err,
              HasSubstr("--at 3h: the run is over at "));
  EXPECT_THAT(made(), IsEmpty());
}

TEST_F(CliLogTest, a_result_that_nobody_gets_is_no_success) {
  std::string out = exported();
  for (const char* command : {"dump", "verify"}) {
    Ended ended = run({"log", command, out}, "/dev/full");
    EXPECT_EQ(ended.exit_code, 2) << command;
    EXPECT_THAT(ended.err, HasSubstr("cannot write the output: No space left on device"));
  }
}

TEST_F(CliLogTest, links_are_not_followed) {
  std::string out = exported();
  fs::rename(out + kLog, path("elsewhere"));
  fs::create_symlink(path("elsewhere"), out + kLog);
  Ended verified = run({"log", "verify", out});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.out, HasSubstr("a symbolic link is not followed"));
  EXPECT_EQ(run({"log", "dump", out}).exit_code, 1);
}

TEST_F(CliLogTest, a_simulated_broker_starts_on_an_imported_log_dir) {
  std::string out = exported();
  Ended ended = run({"log", "import", out});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("out/kafka-logs: "), HasSubstr("not stopped cleanly: recovered"),
                    HasSubstr("  orders-0 "),
                    HasSubstr("broker 1 starts on it with 1 partition; "
                              "nothing was cut off")));
  Ended json = run({"log", "import", out + "/kafka-logs", "--json", "--to", path("copy")});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"({"type":"partition","topic":"orders","partition":0,)"),
                              HasSubstr(R"("bytesCut":0,"problems":0})")));
  EXPECT_EQ(run({"log", "verify", path("copy")}).exit_code, 0);
  Ended one = run({"log", "import", out + "/kafka-logs/orders-0", "--broker", "5"});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("broker 5 starts on it"));
}

TEST_F(CliLogTest, import_tells_what_recovery_cut_off) {
  std::string out = exported();
  std::ofstream(out + kLog, std::ios::app) << "torn";
  Ended ended = run({"log", "import", out});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.out, HasSubstr("recovery cut 4 B behind the last good batch"));
}

TEST_F(CliLogTest, what_cannot_be_imported_is_told) {
  EXPECT_EQ(run({"log", "import", path("nothing")}).exit_code, 2);
  std::string out = exported();
  EXPECT_THAT(run({"log", "import", out + kLog}).err, HasSubstr("import takes the log.dir"));
  fs::create_directory(out + "/more");
  fs::copy(out + "/kafka-logs", out + "/more", fs::copy_options::recursive);
  EXPECT_THAT(run({"log", "import", out}).err,
              HasSubstr("holds 2 log.dirs, and a simulated broker has one; name one of "));
  fs::rename(out + kLog, path("elsewhere"));
  fs::create_symlink(path("elsewhere"), out + kLog);
  Ended linked = run({"log", "import", out + "/kafka-logs"});
  EXPECT_EQ(linked.exit_code, 2);
  EXPECT_THAT(linked.err, HasSubstr("a symbolic link is not followed"));
}

TEST_F(CliLogTest, a_scenario_goes_on_from_an_imported_disk) {
  exported();
  std::string import = R"(/cluster/import=[{"broker":1,"directory":"out/kafka-logs"}])";
  Ended ended = run({"run", path("quick.json"), "--set", import});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  Ended wrong = run({"run", path("quick.json"), "--set",
                     R"(/cluster/import=[{"broker":1,"directory":"out/kafka-log"}])"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("\"out/kafka-log\": No such file or directory"));
}

}  // namespace
