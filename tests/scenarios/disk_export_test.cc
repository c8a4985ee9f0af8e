// SPDX-License-Identifier: Apache-2.0

#include "scenarios/disk_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/memory_file_system.h"

namespace scenarios {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DiskExportTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    top_ = fs::path(testing::TempDir()) /
           (std::string("export_") + info->name() + "_" + std::to_string(getpid()));
    fs::remove_all(top_);
    fs::create_directories(top_);
    (void)disk_.create_directory("kafka-logs");
    (void)disk_.create_directory("kafka-logs/orders-0");
    (void)disk_.create_directory("empty");
    disk_.overwrite("kafka-logs/orders-0/a.log", std::string(3'000'000, 'x') + "end");
    disk_.overwrite("kafka-logs/checkpoint", "0\n");
  }
  void TearDown() override { fs::remove_all(top_); }

  std::string path(const std::string& name) const { return (top_ / name).string(); }
  std::string text_of(const std::string& name) const {
    std::ifstream in(top_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  size_t entries() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(top_), {}));
  }

  fs::path top_;
  models::MemoryFileSystem disk_;
};

TEST_F(DiskExportTest, a_disk_becomes_a_folder) {
  for (const char* name : {"out", "empty_one", "slash/"}) {
    if (std::string(name) == "empty_one") fs::create_directory(top_ / name);
    auto written = export_disk(disk_, path(name), nullptr);
    ASSERT_TRUE(written.ok()) << written.status();
    EXPECT_EQ(text_of(std::string(name) + "/kafka-logs/orders-0/a.log"),
              std::string(3'000'000, 'x') + "end");
    EXPECT_EQ(text_of(std::string(name) + "/kafka-logs/checkpoint"), "0\n");
    EXPECT_TRUE(fs::is_directory(top_ / name / "empty"));
    ASSERT_EQ(written->size(), 4u);
    EXPECT_EQ((*written)[3].path, "kafka-logs/orders-0");
    EXPECT_EQ((*written)[3].bytes, 3'000'003);
  }
  EXPECT_EQ(entries(), 3u);
}

TEST_F(DiskExportTest, nothing_that_is_there_is_touched) {
  fs::create_directory(top_ / "full");
  std::ofstream(top_ / "full" / "mine") << "mine";
  std::ofstream(top_ / "file") << "mine";
  fs::create_directory(top_ / "elsewhere");
  fs::create_directory_symlink(top_ / "elsewhere", top_ / "link");
  fs::create_directory_symlink(top_ / "nowhere", top_ / "dangling");
  for (const char* name : {"full", "file", "link", "link/", "dangling", "no/such/parent"}) {
    EXPECT_FALSE(export_disk(disk_, path(name), nullptr).ok()) << name;
  }
  for (const char* name : {"", "/", "."}) EXPECT_FALSE(export_disk(disk_, name, nullptr).ok());
  fs::create_directory(top_ / "empty");
  for (const char* name : {"empty/.", "empty/..", "empty/no/.."})
    EXPECT_FALSE(export_disk(disk_, path(name), nullptr).ok()) << name;
  EXPECT_EQ(text_of("full/mine"), "mine");
  EXPECT_EQ(text_of("file"), "mine");
  EXPECT_TRUE(fs::is_empty(top_ / "elsewhere"));
  EXPECT_TRUE(fs::is_empty(top_ / "empty"));
  EXPECT_FALSE(fs::exists(top_ / "nowhere"));
  EXPECT_EQ(entries(), 6u);
}

// A disk whose files cannot be read from some place on.
class FailingDisk final : public sim::FileSystem {
 public:
  explicit FailingDisk(sim::FileSystem& disk) : disk_(disk) {}
  absl::StatusOr<sim::FileId> open(std::string_view path, bool create) override {
    return disk_.open(path, create);
  }
  absl::Status close(sim::FileId file) override { return disk_.close(file); }
  absl::StatusOr<int64_t> size(sim::FileId file) override { return disk_.size(file); }
  absl::StatusOr<absl::Cord> read(sim::FileId file, int64_t position, int64_t length) override {
    if (position > 1'000'000) return absl::DataLossError("input/output error");
    return disk_.read(file, position, length);
  }
  absl::Status append(sim::FileId, absl::Cord) override { return absl::OkStatus(); }
  absl::Status write_at(sim::FileId, int64_t, absl::Cord) override { return absl::OkStatus(); }
  absl::Status truncate(sim::FileId, int64_t) override { return absl::OkStatus(); }
  absl::Status sync(sim::FileId) override { return absl::OkStatus(); }
  bool exists(std::string_view path) override { return disk_.exists(path); }
  absl::Status create_directory(std::string_view) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<std::string>> list(std::string_view directory) override {
    return disk_.list(directory);
  }
  absl::Status rename(std::string_view, std::string_view) override { return absl::OkStatus(); }
  absl::Status remove(std::string_view) override { return absl::OkStatus(); }
  absl::Status sync_directory(std::string_view) override { return absl::OkStatus(); }
  sim::Duration spent() const override { return {}; }
  void reset_spent() override {}

 private:
  sim::FileSystem& disk_;
};

TEST_F(DiskExportTest, a_failure_or_an_interrupt_leaves_nothing_behind) {
  FailingDisk failing(disk_);
  EXPECT_THAT(std::string(export_disk(failing, path("out"), nullptr).status().message()),
              HasSubstr("kafka-logs/orders-0/a.log: input/output error"));
  std::atomic<bool> stop{true};
  EXPECT_TRUE(absl::IsCancelled(export_disk(disk_, path("out"), &stop).status()));
  EXPECT_EQ(entries(), 0u);
}

}  // namespace
}  // namespace scenarios
