// SPDX-License-Identifier: Apache-2.0
//
// Starts the program as a user does, in a folder of its own, and keeps what it prints.

#ifndef TESTS_SCENARIOS_CLI_CLI_FIXTURE_H_
#define TESTS_SCENARIOS_CLI_CLI_FIXTURE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

struct Ended {
  int exit_code = -1;  // 128 + n: killed by signal n.
  std::string out;
  std::string err;
};

inline std::string text_of(const std::filesystem::path& file) {
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
inline const char* const kQuick = R"({
  "name": "quick", "duration": "3s", "cluster": {"brokers": 1, "controllers": 1},
  "topics": {"orders": {"partitions": 1, "replication.factor": 1}},
  "producers": {"checkout": {"topic": "orders", "rate": "50/s"}},
  "consumers": {"billing": {"topics": ["orders"], "assignment": "static",
                            "config": {"auto.offset.reset": "earliest"}}},
  "expect": ["lost == 0", "throughput <= )";

inline std::string quick(int most_per_second) {
  return kQuick + std::to_string(most_per_second) + "/s\"]}";
}

#endif  // TESTS_SCENARIOS_CLI_CLI_FIXTURE_H_
