// SPDX-License-Identifier: Apache-2.0
//
// The program as a user has it: what it prints where, and with which exit code.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/cli/cli_fixture.h"

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(CliTest, a_run_that_holds_exits_0_and_prints_its_result_on_stdout_alone) {
  Ended ended = run({"run", write("quick.json", quick(1000))});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, AllOf(StartsWith("quick  seed 1"), HasSubstr("verdict: PASS")));
  EXPECT_THAT(ended.out, Not(HasSubstr("\x1b")));  // No colours into a file.
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(CliTest, an_expectation_that_fails_exits_1) {
  Ended ended = run({"run", write("quick.json", quick(10))});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.out, HasSubstr("verdict: FAIL (1 of 2)"));
}

TEST_F(CliTest, bad_usage_exits_2_with_one_line_that_helps) {
  Ended ended = run({"rum", "x.json"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.err,
            "faultline: unknown command \"rum\"; did you mean \"run\"?  (faultline --help tells "
            "more)\n");
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(run({"run", "leader_crash", "--sed", "3"}).err,
              HasSubstr("unknown option \"--sed\"; did you mean \"--seed\"?"));
  EXPECT_THAT(run({"run", "leader_crahs"}).err, HasSubstr("did you mean \"leader_crash\"?"));
  EXPECT_THAT(run({"run", "leader_crash", "--seed", "-1"}).err,
              HasSubstr("\"-1\" is not a whole number from 0"));
  EXPECT_THAT(run({"faults", "crahs"}).err, HasSubstr("did you mean \"crash\"?"));
  EXPECT_THAT(run({"metrics", "lots"}).err, HasSubstr("did you mean \"lost\"?"));
  EXPECT_THAT(run({"config", "aks"}).err, HasSubstr("did you mean \"acks\"?"));
  EXPECT_THAT(run({"marks", "isr_shrank"}).err, HasSubstr("did you mean \"isr_shrunk\"?"));
  EXPECT_THAT(run({"invariants", "log-match"}).err, HasSubstr("unknown invariant \"log-match\""));
}

TEST_F(CliTest, a_bad_scenario_exits_2_and_names_file_line_and_pointer) {
  std::string file = write("bad.json",
                           "{\n  \"name\": \"bad\", \"duration\": \"0s\",\n"
                           "  \"cluster\": {\"brokers\": 3, \"controlers\": 1}\n}\n");
  Ended ended = run({"run", file});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr(file + ":2:"));
  EXPECT_THAT(ended.err, HasSubstr("/cluster/controlers: "));
  EXPECT_THAT(ended.err, HasSubstr("did you mean \"controllers\"?"));
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(run({"validate", file}).exit_code, 2);
}

TEST_F(CliTest, a_trace_that_cannot_be_written_is_refused_before_the_run) {
  Ended ended = run({"run", write("quick.json", quick(1000)), "--trace", path("no/such/run.db")});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("no/such/run.db"));
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST_F(CliTest, a_trace_that_fails_later_does_not_take_the_verdict_along) {
  std::string file = write("quick.json", quick(1000));
  write("old.jsonl", R"({"faultline":"trace","schema":1})"
                     "\n");
  std::string old = text_of(path("old.jsonl"));
  rlimit before{}, small{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 100'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  pid_t child = start({"run", file, "--trace", path("old.jsonl")});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  Ended ended = wait_for(child);
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.out, HasSubstr("verdict: PASS"));
  EXPECT_THAT(ended.err, HasSubstr("the trace was not written: "));
  EXPECT_EQ(text_of(path("old.jsonl")), old) << "a trace appears whole or not at all";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 4) << "no remains";
}

TEST_F(CliTest, an_incomplete_trace_says_so) {
  std::string file = write("quick.json", quick(10));
  ASSERT_EQ(run({"run", file, "--trace", path("run.jsonl")}).exit_code, 1);
  std::string whole = text_of(path("run.jsonl"));
  write("cut.jsonl", whole.substr(0, whole.size() / 2));
  Ended cut = run({"explain", path("cut.jsonl")});
  EXPECT_EQ(cut.exit_code, 0);
  EXPECT_THAT(cut.out, StartsWith("This trace is incomplete: "));
  EXPECT_THAT(run({"explain", path("run.jsonl")}).out, Not(HasSubstr("incomplete")));
  write("bad.jsonl", whole.substr(0, whole.find('\n') + 1) + "{\"id\":oops}\n");
  Ended bad = run({"explain", path("bad.jsonl")});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, HasSubstr("bad.jsonl:2: no line of a trace: \"{\"id\":oops}\""));
}

TEST_F(CliTest, many_seeds_can_be_junit) {
  Ended ended =
      run({"run", write("quick.json", quick(1000)), "--seeds", "3..5", "--format", "junit"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("tests=\"3\""), HasSubstr("quick seed 4"), HasSubstr("--seed 5")));
}

TEST_F(CliTest, a_result_that_nobody_gets_is_no_success) {
  Ended ended = run({"run", write("quick.json", quick(1000))}, "/dev/full");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("cannot write the output: No space left on device"));
}

TEST_F(CliTest, an_interrupt_prints_the_partial_report_and_exits_130) {
  std::string long_one = quick(1000);
  long_one.replace(long_one.find("\"3s\""), 4, "\"24h\"");
  pid_t child = start({"run", write("long.json", long_one), "--trace", path("run.db")});
  // Its journal or the trace itself is there once the run has begun.
  for (int i = 0; i < 500 && std::distance(std::filesystem::directory_iterator(folder_), {}) < 4;
       ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  kill(child, SIGINT);
  Ended ended = wait_for(child);
  EXPECT_EQ(ended.exit_code, 130);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("interrupted"), HasSubstr("produced ")));
}

TEST_F(CliTest, the_replay_line_of_a_report_gives_the_same_digest) {
  std::string file = write("quick.json", quick(1000));
  Ended first = run({"run", file, "--seed", "9", "--set", "/producers/checkout/rate=70/s"});
  auto digest = [](const std::string& report) { return report.substr(report.find("digest "), 26); };
  EXPECT_THAT(first.out, HasSubstr("--seed 9"));
  EXPECT_THAT(first.out, HasSubstr("--set /producers/checkout/rate=70/s"));
  EXPECT_EQ(digest(run({"run", file, "--seed", "9", "--set", "/producers/checkout/rate=70/s"}).out),
            digest(first.out));
  EXPECT_NE(digest(run({"run", file, "--seed", "8"}).out), digest(first.out));
  EXPECT_THAT(first.out, HasSubstr(std::string(FAULTLINE_PROGRAM) + " run "));
  setenv("FAULTLINE_CALLED_AS", "../faultline", 1);
  Ended wrapped = run({"run", file, "--no-invariants"});
  unsetenv("FAULTLINE_CALLED_AS");
  EXPECT_THAT(wrapped.out, HasSubstr("../faultline run " + file + " --seed 1 --no-invariants"));
}

TEST_F(CliTest, an_option_before_its_command_is_explained) {
  Ended ended = run({"--seed", "1", "run", "leader_crash"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("\"--seed\" stands before its command; write faultline run ... "
                                   "--seed"));
}

TEST_F(CliTest, many_problems_are_cut) {
  std::string text = quick(1000);
  std::string faults = "\"faults\": [";
  for (int i = 0; i < 30; ++i)
    faults += std::string(i == 0 ? "" : ",") + R"({"at":"1s","crahs":"broker 1"})";
  text.insert(1, faults + "],");
  Ended ended = run({"validate", write("many.json", text)});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 21);
  EXPECT_THAT(ended.err, EndsWith("... and 10 more\n"));
}

TEST_F(CliTest, a_scenario_may_come_through_a_pipe) {
  std::string file = write("quick.json", quick(1000));
  std::string command = std::string(FAULTLINE_PROGRAM) + " run - < " + file + " > " +
                        path("stdout") + " 2> " + path("stderr");
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(text_of(path("stdout")),
              AllOf(HasSubstr("verdict: PASS"), HasSubstr(" run - --seed 1")));
}

TEST_F(CliTest, references_fit_a_page) {
  for (const char* command : {"list", "faults", "metrics", "config", "marks", "invariants"}) {
    std::istringstream out(run({command}).out);
    for (std::string line; std::getline(out, line);) {
      bool is_example = line.starts_with("    {");  // To be copied as it is.
      EXPECT_TRUE(is_example || line.size() <= 100) << command << ": " << line;
    }
  }
}

TEST_F(CliTest, a_file_that_looks_like_an_option_replays) {
  std::string file = write("-dash.json", quick(1000));
  std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  Ended ended = run({"run", "--", "-dash.json"});
  std::filesystem::current_path(before);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, HasSubstr(" run --seed 1 -- -dash.json"));
}

TEST_F(CliTest, every_command_has_help_with_examples) {
  const std::vector<std::vector<std::string>> commands = {
      {"run"},          {"explain"},       {"validate"}, {"list"},
      {"faults"},       {"metrics"},       {"config"},   {"marks"},
      {"invariants"},   {"log"},           {"log", "dump"},
      {"log", "verify"}, {"log", "export"}, {"log", "import"}};
  for (std::vector<std::string> command : commands) {
    std::string name = "faultline";
    for (const std::string& word : command) name += " " + word;
    command.push_back("--help");
    Ended ended = run(command);
    EXPECT_EQ(ended.exit_code, 0) << name;
    EXPECT_THAT(ended.out, HasSubstr("Example")) << name;
    EXPECT_THAT(ended.out, HasSubstr(name)) << name;
  }
}

TEST_F(CliTest, what_list_names_can_be_validated) {
  Ended ended = run({"list"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, HasSubstr("leader_crash"));
  EXPECT_EQ(run({"validate", "leader_crash", "acks_1_loses"}).exit_code, 0);
}

}  // namespace
