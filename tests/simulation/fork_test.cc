// SPDX-License-Identifier: Apache-2.0
//
// A fork shares what is large: it copies no bytes of records, in memory or on its disks.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/run.h"
#include "sim/disk.h"
#include "tests/support/library.h"

namespace tests {
namespace {

// Where the bytes of a broker's .log files lie in memory.
std::vector<absl::string_view> chunks_of(sim::World& world, sim::HostId host) {
  sim::Rng rng;
  sim::DiskView disk = sim::DiskView::observer(world.disk(host), world.now(), rng);
  std::vector<absl::string_view> chunks;
  std::string root(models::kLogDirectory);
  std::vector<std::string> folders = *disk.list(root);
  for (const std::string& folder : folders) {
    if (folder.back() != '/') continue;
    std::string path = root + "/" + folder.substr(0, folder.size() - 1);
    std::vector<std::string> files = *disk.list(path);
    for (const std::string& file : files) {
      if (!file.ends_with(".log")) continue;
      auto id = disk.open(path + "/" + file, false);
      absl::Cord bytes = *disk.read(*id, 0, *disk.size(*id));
      for (absl::string_view chunk : bytes.Chunks()) chunks.push_back(chunk);
      EXPECT_TRUE(disk.close(*id).ok());
    }
  }
  return chunks;
}

TEST(Fork, copies_no_record_bytes) {
  scenarios::Run run(load("leader_crash"), {.invariants = false});
  while (run.step() && run.world().now() < sim::SimTime::at_millis(15'000)) {}
  scenarios::Run fork(run);
  size_t total = 0, copied = 0;
  for (const auto& broker : run.cluster().brokers()) {
    sim::HostId host = run.world().host_of(broker.process);
    std::vector<absl::string_view> ours = chunks_of(run.world(), host), theirs = chunks_of(fork.world(), host);
    ASSERT_EQ(ours.size(), theirs.size());
    for (size_t i = 0; i < ours.size(); ++i) {
      ASSERT_EQ(ours[i].size(), theirs[i].size());
      total += ours[i].size();
      if (ours[i].data() != theirs[i].data()) copied += ours[i].size();
    }
  }
  EXPECT_GT(total, 8'000'000u);  // 15,000 records of 200 bytes and more, three times.
  EXPECT_LT(copied, total / 100);  // Headers of the newest batches may be.
  RecordProperty("bytes_shared", static_cast<int>(total - copied));
}

}  // namespace
}  // namespace tests
