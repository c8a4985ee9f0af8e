// SPDX-License-Identifier: Apache-2.0

#include "scenarios/real_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace scenarios {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Mode = RealDirectory::Mode;

// A folder `root` to work in, beside a folder `outside` that nothing may reach.
class RealDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    top_ = fs::path(testing::TempDir()) /
           (std::string("real_") + info->name() + "_" + std::to_string(getpid()));
    fs::remove_all(top_);
    fs::create_directories(root());
    fs::create_directories(top_ / "outside");
    std::ofstream(top_ / "outside" / "secret") << "secret";
  }
  void TearDown() override { fs::remove_all(top_); }

  fs::path root() const { return top_ / "root"; }
  RealDirectory open(Mode mode = Mode::kReadWrite) const {
    auto opened = RealDirectory::open(root().string(), mode);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root() / name, std::ios::binary) << text;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream in(root() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool secret_is_untouched() const {
    std::ifstream in(top_ / "outside" / "secret");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    auto entries = fs::directory_iterator(top_ / "outside");
    return text == "secret" && std::distance(begin(entries), end(entries)) == 1;
  }

  fs::path top_;
};

template <class Result>
absl::StatusCode code_of(const Result& result) {
  if constexpr (std::is_same_v<Result, absl::Status>) {
    return result.code();
  } else {
    return result.status().code();
  }
}

TEST_F(RealDirectoryTest, what_is_written_is_read_and_is_a_real_file) {
  RealDirectory disk = open();
  ASSERT_TRUE(disk.create_directory("orders-0").ok());
  auto file = disk.open("orders-0/a.log", true);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(disk.append(*file, absl::Cord("hello ")).ok());
  EXPECT_TRUE(disk.append(*file, absl::Cord("world")).ok());
  EXPECT_TRUE(disk.write_at(*file, 0, absl::Cord("J")).ok());
  EXPECT_EQ(*disk.size(*file), 11);
  EXPECT_EQ(*disk.read(*file, 6, 100), "world");
  EXPECT_EQ(*disk.read(*file, 11, 1), "");
  EXPECT_EQ(*disk.read(*file, 1000, INT64_MAX), "");
  EXPECT_TRUE(disk.truncate(*file, 5).ok());
  EXPECT_TRUE(disk.sync(*file).ok());
  EXPECT_TRUE(disk.sync_directory("orders-0").ok());
  EXPECT_TRUE(disk.sync_directory("").ok());
  EXPECT_EQ(text_of("orders-0/a.log"), "Jello");
  EXPECT_TRUE(disk.close(*file).ok());
  EXPECT_EQ(code_of(disk.size(*file)), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(disk.spent(), sim::Duration());
}

TEST_F(RealDirectoryTest, a_gap_reads_as_zeros_and_a_read_does_not_change_with_the_file) {
  RealDirectory disk = open();
  auto file = disk.open("a", true);
  ASSERT_TRUE(disk.write_at(*file, 3, absl::Cord("x")).ok());
  absl::Cord before = *disk.read(*file, 0, 10);
  ASSERT_TRUE(disk.write_at(*file, 0, absl::Cord("abc")).ok());
  EXPECT_EQ(before, absl::Cord(std::string("\0\0\0x", 4)));
}

TEST_F(RealDirectoryTest, files_larger_than_two_gibibytes_work) {
  RealDirectory disk = open();
  auto file = disk.open("big", true);
  constexpr int64_t kFar = (int64_t{5} << 30) + 7;
  ASSERT_TRUE(disk.write_at(*file, kFar, absl::Cord("end")).ok());  // A hole before it.
  EXPECT_EQ(*disk.size(*file), kFar + 3);
  EXPECT_EQ(*disk.read(*file, kFar, 10), "end");
  ASSERT_TRUE(disk.append(*file, absl::Cord("!")).ok());
  EXPECT_EQ(*disk.read(*file, kFar + 3, 10), "!");
}

TEST_F(RealDirectoryTest, an_open_file_survives_its_renaming_and_removal) {
  RealDirectory disk = open();
  auto file = disk.open("a", true);
  ASSERT_TRUE(disk.append(*file, absl::Cord("one")).ok());
  ASSERT_TRUE(disk.rename("a", "b").ok());
  ASSERT_TRUE(disk.append(*file, absl::Cord(" two")).ok());
  EXPECT_EQ(text_of("b"), "one two");
  ASSERT_TRUE(disk.remove("b").ok());
  EXPECT_EQ(*disk.read(*file, 0, 100), "one two");
  EXPECT_FALSE(disk.exists("b"));
}

TEST_F(RealDirectoryTest, names_are_sorted_and_directories_end_in_a_slash) {
  RealDirectory disk = open();
  write("b", "");
  write("a", "");
  ASSERT_TRUE(disk.create_directory("c").ok());
  EXPECT_THAT(*disk.list(""), ElementsAre("a", "b", "c/"));
  EXPECT_THAT(*disk.list("c"), IsEmpty());
  EXPECT_EQ(code_of(disk.list("d")), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(disk.list("a")), absl::StatusCode::kNotFound);
}

TEST_F(RealDirectoryTest, renaming_replaces_a_file_but_no_directory) {
  RealDirectory disk = open();
  write("a", "new");
  write("b", "old");
  ASSERT_TRUE(disk.create_directory("c").ok());
  ASSERT_TRUE(disk.create_directory("d").ok());
  EXPECT_TRUE(disk.rename("a", "b").ok());
  EXPECT_EQ(text_of("b"), "new");
  EXPECT_EQ(code_of(disk.rename("c", "d")), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code_of(disk.rename("c", "b")), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code_of(disk.rename("b", "d")), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code_of(disk.rename("c", "c/e")), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(disk.rename("c", "e").ok());
  EXPECT_EQ(code_of(disk.rename("nothing", "x")), absl::StatusCode::kNotFound);
}

TEST_F(RealDirectoryTest, errors_are_those_of_the_interface) {
  RealDirectory disk = open();
  ASSERT_TRUE(disk.create_directory("c").ok());
  write("c/x", "");
  EXPECT_EQ(code_of(disk.open("missing", false)), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(disk.open("no/parent", true)), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(disk.open("c", false)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of(disk.create_directory("c")), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code_of(disk.create_directory("")), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code_of(disk.remove("c")), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code_of(disk.remove("missing")), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(disk.close(sim::FileId(99))), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(code_of(RealDirectory::open((top_ / "none").string(), Mode::kReadOnly)),
            absl::StatusCode::kNotFound);
}

TEST_F(RealDirectoryTest, read_only_means_that_nothing_changes) {
  write("a", "text");
  RealDirectory disk = open(Mode::kReadOnly);
  auto file = disk.open("a", false);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*disk.read(*file, 0, 10), "text");
  constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;
  EXPECT_EQ(code_of(disk.open("new", true)), kDenied);
  EXPECT_EQ(code_of(disk.append(*file, absl::Cord("x"))), kDenied);
  EXPECT_EQ(code_of(disk.write_at(*file, 0, absl::Cord("x"))), kDenied);
  EXPECT_EQ(code_of(disk.truncate(*file, 0)), kDenied);
  EXPECT_EQ(code_of(disk.create_directory("d")), kDenied);
  EXPECT_EQ(code_of(disk.rename("a", "b")), kDenied);
  EXPECT_EQ(code_of(disk.remove("a")), kDenied);
  EXPECT_EQ(text_of("a"), "text");
  EXPECT_THAT(*disk.list(""), ElementsAre("a"));
}

TEST_F(RealDirectoryTest, no_path_leads_out) {
  RealDirectory disk = open();
  write("file", "");
  for (const char* path : {"", ".", "..", "../outside/secret", "/etc/passwd", "a/../../outside",
                           "./file", "file/", "//file", "a//b"}) {
    EXPECT_EQ(code_of(disk.open(path, true)), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_FALSE(disk.rename("file", path).ok()) << path;
    if (*path == '\0') continue;  // The folder itself.
    EXPECT_FALSE(disk.list(path).ok()) << path;
    EXPECT_FALSE(disk.exists(path)) << path;
  }
  EXPECT_FALSE(disk.open(std::string_view("fi\0le", 5), true).ok());
  EXPECT_TRUE(secret_is_untouched());
}

TEST_F(RealDirectoryTest, no_link_is_followed) {
  fs::create_directory_symlink(top_ / "outside", root() / "folder");
  fs::create_symlink(top_ / "outside" / "secret", root() / "link");
  fs::create_symlink(top_ / "outside" / "new", root() / "dangling");
  fs::create_directory(root() / "real");
  fs::create_symlink("../folder", root() / "real" / "inner");
  RealDirectory disk = open();
  for (const char* path : {"link", "dangling", "folder", "folder/secret", "folder/new",
                           "real/inner/secret", "real/inner"}) {
    auto opened = disk.open(path, true);
    EXPECT_EQ(code_of(opened), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(std::string(opened.status().message()), HasSubstr("symbolic link")) << path;
  }
  EXPECT_FALSE(disk.list("folder").ok());
  EXPECT_FALSE(disk.create_directory("folder/new").ok());
  EXPECT_FALSE(disk.remove("folder/secret").ok());
  EXPECT_FALSE(disk.rename("folder/secret", "stolen").ok());
  write("mine", "");
  EXPECT_FALSE(disk.rename("mine", "folder/mine").ok());
  EXPECT_FALSE(disk.rename("mine", "link").ok());
  EXPECT_FALSE(disk.sync_directory("folder").ok());
  // They are listed as files, and the link itself can go.
  EXPECT_THAT(*disk.list(""), ElementsAre("dangling", "folder", "link", "mine", "real/"));
  EXPECT_TRUE(disk.remove("link").ok());
  EXPECT_TRUE(disk.remove("folder").ok());
  EXPECT_TRUE(secret_is_untouched());
}

TEST_F(RealDirectoryTest, a_pipe_is_refused_and_not_waited_for) {
  ASSERT_EQ(mkfifo((root() / "pipe").c_str(), 0600), 0);
  for (Mode mode : {Mode::kReadOnly, Mode::kReadWrite}) {
    RealDirectory disk = open(mode);
    EXPECT_EQ(code_of(disk.open("pipe", false)), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(RealDirectoryTest, a_name_with_control_characters_does_not_reach_the_terminal) {
  RealDirectory disk = open();
  EXPECT_THAT(std::string(disk.open("a\x1b[2J", false).status().message()), HasSubstr("a\\x1b[2J"));
}

}  // namespace
}  // namespace scenarios
