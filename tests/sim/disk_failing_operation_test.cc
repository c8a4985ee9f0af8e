// SPDX-License-Identifier: Apache-2.0
//
// One operation of a disk that fails, and a write that is torn as the process dies.

#include <gtest/gtest.h>

#include <vector>

#include "sim/disk.h"

namespace sim {
namespace {

struct OneFile {
  OneFile() : view(disk, SimTime(), rng), file(*view.open("f", true)) {}
  std::string content(std::string_view path = "f") {
    auto opened = view.open(path, false);
    return opened.ok() ? std::string(*view.read(*opened, 0, 1000)) : "(no file)";
  }

  SimDisk disk;
  Rng rng{1};
  DiskView view;
  FileId file;
};

TEST(FailingOperation, the_write_at_the_crash_point_may_be_torn) {
  OneFile b;
  b.disk.crash_at_operation(2, 3);
  for (const char* text : {"abcdef", "ghijkl", "mnopqr"})
    EXPECT_TRUE(b.view.append(b.file, absl::Cord(text)).ok());
  EXPECT_EQ(b.content(), "abcdefghi");
  b.disk.clear_crash_point();
  b.disk.crash_at_operation(1, 3);  // Not a write.
  EXPECT_TRUE(b.view.create_directory("d").ok());
  EXPECT_TRUE(b.view.append(b.file, absl::Cord("xyz")).ok());
  EXPECT_EQ(b.content(), "abcdefghi");
}

TEST(FailingOperation, one_fails_and_changes_nothing) {
  for (int64_t k = 1; k <= 4; ++k) {
    OneFile b;
    b.disk.fail_at_operation(k);
    std::vector<bool> worked{b.view.append(b.file, absl::Cord("abc")).ok(),
                             b.view.read(b.file, 0, 3).ok(), b.view.sync(b.file).ok(),
                             b.view.rename("f", "g").ok()};
    EXPECT_TRUE(b.disk.has_failed_operation());
    for (int64_t i = 1; i <= 4; ++i) EXPECT_EQ(worked[static_cast<size_t>(i - 1)], i != k) << k;
    EXPECT_EQ(b.content(k == 4 ? "f" : "g"), k == 1 ? "" : "abc");
  }
}

TEST(FailingOperation, an_observer_is_spared) {
  OneFile b;
  b.disk.fail_at_operation(1);
  DiskView observer = DiskView::observer(b.disk, SimTime(), b.rng);
  EXPECT_TRUE(observer.read(b.file, 0, 3).ok());
  EXPECT_FALSE(b.view.read(b.file, 0, 3).ok());
}

}  // namespace
}  // namespace sim
