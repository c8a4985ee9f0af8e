// SPDX-License-Identifier: Apache-2.0
//
// Trace files of small worlds, and rows to compare them by.

#ifndef TESTS_SCENARIOS_TRACE_FIXTURE_H_
#define TESTS_SCENARIOS_TRACE_FIXTURE_H_

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "scenarios/trace_file.h"
#include "scenarios/trace_reader.h"
#include "tests/sim/toy.h"

namespace scenarios {

// A folder of the test's own, empty at first and removed at the end.
class TraceTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              fmt::format("{}_{}_{}", info->test_suite_name(), info->name(), ::getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    return names;
  }
  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static TraceFacts facts() {
    return {"toy",
            "{\"name\": \"toy\"}",
            7,
            "0.1.0",
            {{"host 0", "host 1"}, {"ponger", "pinger \"1\""}}};
  }
  std::unique_ptr<TraceFile> opened(const std::string& path, const TraceFacts& facts) {
    absl::StatusOr<std::unique_ptr<TraceFile>> file = open_trace(path, facts);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *std::move(file) : nullptr;
  }
  // A town whose ponger crashes while a ping is on its way to it, and is back 100 ms later; run to
  // 700 ms. Its digest.
  static uint64_t run_world(sim::toy::Town& town) {
    town.run_to(100);
    while (town.pinger().sent() == std::ssize(town.pinger().received())) town.world.step();
    sim::FaultId crash = town.world.begin_fault(sim::Crash{town.ponger_id});
    town.run_to(200);
    town.world.end_fault(crash);
    town.run_to(700);
    return town.world.finish();
  }
  static sim::toy::Town make_town() {
    return sim::toy::Town(
        3, 2, {.every = sim::Duration::millis(10), .timeout = sim::Duration::millis(40)});
  }
  void run_town(const std::string& path) {
    sim::toy::Town town = make_town();
    TraceFacts about = facts();
    about.names = names_of(town.world);
    std::unique_ptr<TraceFile> file = opened(path, about);
    town.world.set_sink(file.get());
    ASSERT_TRUE(file->close({run_world(town), "PASS"}).ok());
  }
  static Trace trace_at(const std::string& path) {
    absl::StatusOr<Trace> trace = open_trace_to_read(path);
    EXPECT_TRUE(trace.ok()) << trace.status();
    return *std::move(trace);
  }
  static std::string text_of_row(const TraceRow& row) {
    return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {}", row.id.value(),
                       row.cause.value(), row.cause2.value(), row.time.nanos(),
                       sim::name_of(row.kind), row.host.value(), row.process.value(),
                       row.peer.value(), std::string(row.at), std::string(row.what), row.is_message,
                       row.sent.nanos(), row.size, row.fields);
  }
  static std::vector<std::string> rows_of(const Trace& trace) {
    std::vector<std::string> rows;
    EXPECT_TRUE(trace.visit([&](const TraceRow& row) { rows.push_back(text_of_row(row)); }).ok());
    return rows;
  }

 private:
  std::filesystem::path folder_;
};

// While it lives, no file of this process can grow beyond `bytes`: what a full disk looks like.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : old_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    rlimit small{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;
  ~SmallFiles() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_signal_);
  }

 private:
  rlimit old_{};
  void (*old_signal_)(int);
};

// Fields for hand-made notes.
class TestFields final : public sim::FieldSource {
 public:
  explicit TestFields(std::string text) : text_(std::move(text)) {}
  void show(sim::FieldSink& sink) const override { sink.text("partition", text_); }

 private:
  std::string text_;
};

inline sim::TraceEvent event_of(uint64_t id, uint64_t cause, int64_t millis) {
  sim::TraceEvent event;
  event.id = sim::EventId(id);
  event.cause = sim::EventId(cause);
  event.time = event.sent = sim::SimTime::at_millis(millis);
  event.host = sim::HostId(1);
  event.process = sim::ProcessId(1);
  event.at = "pinger.on_ping";
  return event;
}

}  // namespace scenarios

#endif  // TESTS_SCENARIOS_TRACE_FIXTURE_H_
