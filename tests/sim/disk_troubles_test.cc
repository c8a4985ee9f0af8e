// SPDX-License-Identifier: Apache-2.0

#include "sim/disk_troubles.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "sim/disk.h"

namespace sim {
namespace {

using Kind = DiskTrouble::Kind;

struct Bench {
  Bench() {
    DiskSpec spec;
    spec.mounts = {"other"};
    disk = SimDisk(spec);
    EXPECT_TRUE(view().create_directory("logs").ok());
    EXPECT_TRUE(view().create_directory("other").ok());
  }
  DiskView view() { return DiskView(disk, now, rng); }
  FileId open(const std::string& path) { return *view().open(path, true); }
  absl::Status append(FileId file, size_t bytes) {
    return view().append(file, absl::Cord(std::string(bytes, 'x')));
  }
  int64_t size(FileId file) { return *view().size(file); }

  SimDisk disk;
  SimTime now;
  Rng rng{1};
};

TEST(DiskTroubles, a_failing_device_fails_what_it_is_told_and_only_there) {
  Bench b;
  FileId here = b.open("logs/a");
  FileId there = b.open("other/a");
  b.disk.begin_trouble(
      1, {.kind = Kind::kFailing, .device = b.disk.device_of("logs/a"), .reads = false});
  EXPECT_TRUE(absl::IsUnavailable(b.append(here, 10)));
  EXPECT_TRUE(absl::IsUnavailable(b.view().sync(here)));
  EXPECT_TRUE(absl::IsUnavailable(b.view().remove("logs/a")));
  EXPECT_TRUE(absl::IsUnavailable(b.view().rename("logs/a", "logs/b")));
  EXPECT_TRUE(absl::IsUnavailable(b.view().open("logs/new", true).status()));
  EXPECT_TRUE(b.view().read(here, 0, 1).ok());
  EXPECT_TRUE(b.append(there, 10).ok());
  EXPECT_EQ(b.disk.end_trouble(1), 5);
  EXPECT_TRUE(b.append(here, 10).ok());
  EXPECT_EQ(b.size(here), 10);
}

TEST(DiskTroubles, failing_reads_leave_writes_alone) {
  Bench b;
  FileId file = b.open("logs/a");
  b.disk.begin_trouble(1, {.kind = Kind::kFailing, .writes = false});
  EXPECT_TRUE(b.append(file, 10).ok());
  EXPECT_TRUE(absl::IsUnavailable(b.view().read(file, 0, 10).status()));
  EXPECT_TRUE(absl::IsUnavailable(b.view().list("logs").status()));
  EXPECT_EQ(b.disk.end_trouble(1), 2);
}

TEST(DiskTroubles, a_full_device_stores_what_fits_and_takes_what_is_freed) {
  Bench b;
  FileId file = b.open("logs/a");
  ASSERT_TRUE(b.append(file, 100).ok());
  b.disk.begin_trouble(1, {.kind = Kind::kFull, .free_bytes = 30});
  EXPECT_TRUE(b.append(file, 20).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(b.append(file, 20)));
  EXPECT_EQ(b.size(file), 130) << "a part of it is there";
  EXPECT_TRUE(b.view().write_at(file, 0, absl::Cord("over")).ok()) << "needs no room";
  ASSERT_TRUE(b.view().truncate(file, 90).ok());
  EXPECT_TRUE(b.append(file, 40).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(b.append(file, 1)));
  ASSERT_TRUE(b.view().close(file).ok());
  ASSERT_TRUE(b.view().remove("logs/a").ok());
  ASSERT_TRUE(b.view().sync_directory("logs").ok());
  EXPECT_TRUE(b.append(b.open("logs/b"), 130).ok());
  EXPECT_EQ(b.disk.end_trouble(1), 2);
}

TEST(DiskTroubles, a_lying_device_forgets_what_it_said_was_flushed) {
  Bench b;
  FileId file = b.open("logs/a");
  ASSERT_TRUE(b.view().sync_directory("logs").ok());
  b.disk.begin_trouble(1, {.kind = Kind::kLying});
  ASSERT_TRUE(b.append(file, 100).ok());
  ASSERT_TRUE(b.view().sync(file).ok());
  EXPECT_EQ(b.disk.unsynced_bytes(), 100);
  EXPECT_EQ(b.disk.lose_all_unsynced(b.now).bytes_lost, 100);
  EXPECT_EQ(b.disk.end_trouble(1), 1);
}

TEST(DiskTroubles, overlapping_ones_end_each_by_itself) {
  Bench b;
  FileId file = b.open("logs/a");
  b.disk.begin_trouble(1, {.kind = Kind::kFull, .free_bytes = 5});
  b.disk.begin_trouble(2, {.kind = Kind::kFull, .free_bytes = 10});
  EXPECT_FALSE(b.append(file, 8).ok());
  EXPECT_EQ(b.size(file), 5);
  EXPECT_EQ(b.disk.end_trouble(1), 1);
  EXPECT_TRUE(b.append(file, 5).ok());
  EXPECT_FALSE(b.append(file, 1).ok());
  EXPECT_EQ(b.disk.end_trouble(2), 1);
}

TEST(DiskRot, flips_one_bit_that_no_power_loss_brings_back) {
  Bench b;
  FileId log = b.open("logs/a.log");
  FileId index = b.open("logs/a.index");
  ASSERT_TRUE(b.append(log, 10'000).ok());
  ASSERT_TRUE(b.append(index, 10'000).ok());
  ASSERT_TRUE(b.view().sync(log).ok());
  ASSERT_TRUE(b.view().sync_directory("logs").ok());
  auto place = b.disk.rot(DiskRot::Kind::kFlippedBit, {"logs/"}, ".log", b.rng);
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->path, "logs/a.log");
  EXPECT_EQ(b.disk.unsynced_bytes(), 10'000) << "of the index: nobody wrote the log";
  b.disk.lose_all_unsynced(b.now);
  FileId again = b.open("logs/a.log");
  std::string bytes(*b.view().read(again, 0, 10'000));
  ASSERT_EQ(bytes.size(), 10'000u);
  int different = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == 'x') continue;
    ++different;
    EXPECT_EQ(static_cast<int64_t>(i), place->position);
  }
  EXPECT_EQ(different, 1);
}

TEST(DiskRot, zeroes_the_page_of_a_place_and_says_when_there_is_none) {
  Bench b;
  EXPECT_FALSE(b.disk.rot(DiskRot::Kind::kZeroedPage, {"logs/"}, ".log", b.rng).has_value());
  FileId log = b.open("logs/a.log");
  ASSERT_TRUE(b.append(log, 5'000).ok());
  auto place = b.disk.rot(DiskRot::Kind::kZeroedPage, {"logs/"}, ".log", b.rng);
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->position % 4096, 0);
  std::string bytes(*b.view().read(log, 0, 5'000));
  int64_t zeros = std::count(bytes.begin(), bytes.end(), '\0');
  EXPECT_EQ(zeros, place->position == 0 ? 4096 : 5'000 - 4096);
}

}  // namespace
}  // namespace sim
