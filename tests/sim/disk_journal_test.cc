// SPDX-License-Identifier: Apache-2.0
//
// What makes a file shorter is in the journal of its file system, in one order with what changes
// the tree.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sim/disk.h"

namespace sim {
namespace {

using namespace sim::literals;

// A synced file "f" of 10,000 bytes, and whatever else is done, a millisecond apart.
struct Bench {
  explicit Bench(uint64_t seed) : rng(seed) {
    DiskView view(disk, now, rng);
    FileId file = *view.open("f", true);
    EXPECT_TRUE(view.append(file, absl::Cord(std::string(10'000, 'x'))).ok());
    EXPECT_TRUE(view.sync(file).ok());
    EXPECT_TRUE(view.create_directory("d").ok());
    EXPECT_TRUE(view.sync_directory("").ok());
  }
  DiskView next() {
    now += 1_ms;
    return DiskView(disk, now, rng);
  }
  void cut_to(int64_t size) {
    DiskView view = next();
    EXPECT_TRUE(view.truncate(*view.open("f", false), size).ok());
  }
  void create(const std::string& path) { EXPECT_TRUE(next().open(path, true).ok()); }
  int64_t size() {
    DiskView view = next();
    return *view.size(*view.open("f", false));
  }

  SimDisk disk;
  Rng rng;
  SimTime now;
};

TEST(DiskJournal, a_shorter_file_is_durable_after_the_sync_of_any_directory) {
  std::set<int64_t> seen;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Bench b(seed);
    b.cut_to(200);
    EXPECT_TRUE(b.next().sync_directory("d").ok());
    b.cut_to(100);
    b.disk.power_loss(b.now, b.rng);
    seen.insert(b.size());
  }
  EXPECT_EQ(seen, (std::set<int64_t>{100, 200}));
}

TEST(DiskJournal, the_worst_power_loss_leaves_what_a_synced_directory_made_durable) {
  Bench b(1);
  b.cut_to(200);
  EXPECT_TRUE(b.next().sync_directory("").ok());
  b.cut_to(100);
  b.disk.lose_all_unsynced(b.now);
  EXPECT_EQ(b.size(), 200);
}

TEST(DiskJournal, a_file_created_later_does_not_survive_without_the_cut_before_it) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Bench b(seed);
    b.create("before");
    b.cut_to(100);
    b.create("after");
    b.disk.power_loss(b.now, b.rng);
    std::string survivors = b.next().exists("before") ? "before" : "";
    if (b.size() == 100) survivors += " cut";
    if (b.next().exists("after")) survivors += " after";
    seen.insert(survivors);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"", "before", "before cut", "before cut after"}));
}

}  // namespace
}  // namespace sim
