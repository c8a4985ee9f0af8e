// SPDX-License-Identifier: Apache-2.0
//
// `faultline hunt` and `faultline shrink` as a user starts them.

#include <gmock/gmock.h>

#include "tests/scenarios/cli/cli_fixture.h"

namespace {

using testing::HasSubstr;

class HuntCli : public CliTest {};

TEST_F(HuntCli, a_misused_command_line_says_what_is_allowed) {
  for (const auto& [arguments, told] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"hunt", "--seeds", "9..3"}, "a number of seeds, or A..B"},
           {{"hunt", "--seeds", "0"}, "a number of seeds, or A..B"},
           {{"hunt", "--for", "soon"}, "--for soon"},
           {{"hunt", "--mutation", "KAFKA-712"}, "did you mean \"KAFKA-7128\""},
           {{"hunt", "--jobs", "0"}, "--jobs"},
           {{"hunt", "no_such_scenario"}, "no such file"},
           {{"hunt", "--out", write("a_file", "")}, "is a file"},
           {{"shrink", "leader_crash", "--runs", "0"}, "--runs"}}) {
    Ended ended = run(arguments);
    EXPECT_EQ(ended.exit_code, 2) << arguments[1];
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr(told));
  }
}

TEST_F(HuntCli, what_is_found_is_saved_shrunk_and_replays) {
  Ended ended = run({"hunt", "--mutation", "KAFKA-769", "--seeds", "14..20", "--out", path("found"),
                     "--shrink-runs", "30"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.out, HasSubstr("FOUND"));
  EXPECT_EQ(ended.err, "");
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path("found"))) {
    ++files;
    Ended again = run({"run", entry.path().string()});
    EXPECT_NE(again.exit_code, 0) << entry.path();
    EXPECT_NE(again.exit_code, 2) << again.err;
  }
  EXPECT_GE(files, 2u);
}

TEST_F(HuntCli, what_holds_cannot_be_shrunk) {
  std::string file =
      write("holds.json", R"({"name": "holds", "duration": "1s", "topics": {"a": {}}})");
  Ended ended = run({"shrink", file});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("nothing fails"));
}

}  // namespace
