// SPDX-License-Identifier: Apache-2.0
//
// The program as a user has it: what it prints where, and with which exit code.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Ended {
  int exit_code = -1;  // 128 + n: killed by signal n.
  std::string out;
  std::string err;
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class CliTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("cli_") + info->name() + "_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  // Starts the program; its streams go to files, stdout to `out` if given.
  pid_t start(std::vector<std::string> arguments, const std::string& out = "") const {
    std::string out_file = out.empty() ? path("stdout") : out;
    std::string err_file = path("stderr");
    arguments.insert(arguments.begin(), FAULTLINE_PROGRAM);
    std::vector<char*> argv;
    for (std::string& each : arguments) argv.push_back(each.data());
    argv.push_back(nullptr);
    pid_t child = fork();
    if (child != 0) return child;
    dup2(open(out_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    dup2(open(err_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  Ended wait_for(pid_t child) const {
    int status = 0;
    waitpid(child, &status, 0);
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return {code, text_of(path("stdout")), text_of(path("stderr"))};
  }
  Ended run(const std::vector<std::string>& arguments, const std::string& out = "") const {
    return wait_for(start(arguments, out));
  }

  std::filesystem::path folder_;
};

// A cluster that loses what acks=1 allows it to lose, in three seconds.
const char* const kQuick = R"({
  "name": "quick", "duration": "3s", "cluster": {"brokers": 1, "controllers": 1},
  "topics": {"orders": {"partitions": 1, "replication.factor": 1}},
  "producers": {"checkout": {"topic": "orders", "rate": "50/s"}},
  "consumers": {"billing": {"topics": ["orders"], "assignment": "static",
                            "config": {"auto.offset.reset": "earliest"}}},
  "expect": ["lost == 0", "throughput <= )";

std::string quick(int most_per_second) {
  return kQuick + std::to_string(most_per_second) + "/s\"]}";
}

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
}

TEST_F(CliTest, a_bad_scenario_exits_2_and_names_file_line_and_pointer) {
  std::string file = write("bad.json", "{\n  \"name\": \"bad\", \"duration\": \"0s\",\n"
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
  for (int i = 0; i < 500 && std::distance(std::filesystem::directory_iterator(folder_), {}) < 4; ++i)
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
}

TEST_F(CliTest, every_command_has_help_with_examples) {
  for (const char* command : {"run", "explain", "validate", "list", "faults", "metrics", "config"}) {
    Ended ended = run({command, "--help"});
    EXPECT_EQ(ended.exit_code, 0) << command;
    EXPECT_THAT(ended.out, HasSubstr("Example")) << command;
    EXPECT_THAT(ended.out, HasSubstr(std::string("faultline ") + command)) << command;
  }
}

TEST_F(CliTest, what_list_names_can_be_validated) {
  Ended ended = run({"list"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, HasSubstr("leader_crash"));
  EXPECT_EQ(run({"validate", "leader_crash", "acks_1_loses"}).exit_code, 0);
}

}  // namespace
