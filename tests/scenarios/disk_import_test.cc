// SPDX-License-Identifier: Apache-2.0

#include "scenarios/disk_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/host_clock.h"
#include "tests/scenarios/log_fixture.h"

namespace scenarios {
namespace {

using models::Offset;
using testing::HasSubstr;

void write(sim::FileSystem& files, const std::string& path, const std::string& text) {
  auto file = files.open(path, true);
  ASSERT_TRUE(file.ok()) << path << ": " << file.status();
  ASSERT_TRUE(files.append(*file, absl::Cord(text)).ok());
  ASSERT_TRUE(files.close(*file).ok());
}

constexpr const char* kProperties =
    "#\n#Fri May 30 10:00:00 UTC 2025\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n"
    "directory.id=RIvYdcWGRsGhEXOCO7wHSQ\nnode.id=7\nversion=1\n";

// A log.dir of node 7 with orders-0 of three segments.
struct BrokerFiles {
  BrokerFiles() {
    FakeLog log("orders-0");
    for (int segment = 0; segment < 3; ++segment) {
      for (int i = 0; i < 10; ++i) log.data({.producer = 3, .records = 2, .time_ms = sim::HostClock::kWallAtZero / 1'000'000});
      if (segment < 2) log.roll();
    }
    log.write(files);
    write(files, "meta.properties", kProperties);
  }
  absl::StatusOr<ImportedDisk> import(ImportOptions options = {}) {
    auto places = find_log_places(files, "");
    EXPECT_TRUE(places.ok() && places->size() == 1);
    return import_disk(files, places->front(), options, disk);
  }
  absl::StatusOr<std::vector<StartedLog>> start(int32_t node = 7) {
    absl::Status given = give_to(models::NodeId(node), "another-cluster", disk);
    if (!given.ok()) return given;
    auto started = start_on(disk, models::NodeId(node), "another-cluster");
    if (!started.ok()) return started.status();
    set_aside = std::move(started->set_aside);
    return std::move(started->logs);
  }
  models::MemoryFileSystem files;
  sim::SimDisk disk;
  std::vector<SetAside> set_aside;
};

TEST(DiskImport, a_broker_starts_on_what_another_has_written) {
  BrokerFiles b;
  auto imported = b.import();
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->node_id, 7);
  EXPECT_EQ(imported->cluster_id, "MkU3OEVBNTcwNTJENDM2Qg");
  EXPECT_FALSE(imported->was_clean);
  EXPECT_TRUE(imported->left_out.empty());
  auto logs = b.start();
  ASSERT_TRUE(logs.ok()) << logs.status();
  ASSERT_EQ(logs->size(), 1u);
  const StartedLog& log = logs->front();
  EXPECT_EQ(to_string(log.partition), "orders-0");
  EXPECT_EQ(log.log_start, Offset(0));
  EXPECT_EQ(log.log_end, Offset(60));
  EXPECT_EQ(log.segments, 3);
  EXPECT_EQ(log.producers, 1);
  EXPECT_EQ(log.bytes_cut, 0);
}

TEST(DiskImport, recovery_cuts_a_torn_tail) {
  BrokerFiles b;
  auto names = b.files.list("orders-0");
  std::string last;
  for (const std::string& name : *names) {
    if (name.ends_with(".log")) last = "orders-0/" + name;
  }
  write(b.files, last, "torn");
  ASSERT_TRUE(b.import().ok());
  auto logs = b.start();
  ASSERT_TRUE(logs.ok()) << logs.status();
  EXPECT_EQ(logs->front().log_end, Offset(60));
  EXPECT_EQ(logs->front().bytes_cut, 4);
}

TEST(DiskImport, a_log_without_a_topic_id_is_set_aside) {
  BrokerFiles b;
  ASSERT_TRUE(b.files.remove("orders-0/partition.metadata").ok());
  ASSERT_TRUE(b.import().ok());
  auto logs = b.start();
  ASSERT_TRUE(logs.ok()) << logs.status();
  EXPECT_TRUE(logs->empty());
  ASSERT_EQ(b.set_aside.size(), 1u);
  EXPECT_EQ(to_string(b.set_aside[0].partition), "orders-0");
  EXPECT_EQ(b.set_aside[0].why, "no topic id: partition.metadata is missing");
}

TEST(DiskImport, a_broker_does_not_start_on_the_disk_of_another) {
  BrokerFiles b;
  ASSERT_TRUE(b.import().ok());
  auto started = start_on(b.disk, models::NodeId(7), "another-cluster");
  EXPECT_THAT(std::string(started.status().message()),
              HasSubstr("is of cluster MkU3OEVBNTcwNTJENDM2Qg, not of another-cluster"));
}

TEST(DiskImport, what_is_imported_survives_a_power_loss) {
  BrokerFiles b;
  ASSERT_TRUE(b.import().ok());
  EXPECT_EQ(b.disk.unsynced_bytes(), 0);
  (void)b.disk.lose_all_unsynced(sim::SimTime());
  auto logs = b.start();
  ASSERT_TRUE(logs.ok()) << logs.status();
  ASSERT_EQ(logs->size(), 1u);
  EXPECT_EQ(logs->front().log_end, Offset(60));
}

TEST(DiskImport, leaves_out_what_is_not_the_brokers) {
  BrokerFiles b;
  ASSERT_TRUE(b.files.create_directory("lost+found").ok());
  ASSERT_TRUE(b.files.create_directory("__cluster_metadata-0").ok());
  write(b.files, "notes.txt", "mine");
  write(b.files, ".lock", "");
  write(b.files, ".kafka_cleanshutdown", R"({"version":0,"brokerEpoch":12})");
  auto imported = b.import();
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_TRUE(imported->was_clean);
  std::vector<std::string> paths;
  for (const LeftOut& left : imported->left_out) paths.push_back(left.path);
  EXPECT_THAT(paths,
              testing::UnorderedElementsAre("lost+found", "__cluster_metadata-0", "notes.txt"));
}

TEST(DiskImport, a_directory_of_a_zookeeper_cluster_is_refused) {
  BrokerFiles b;
  ASSERT_TRUE(b.files.remove("meta.properties").ok());
  write(b.files, "meta.properties", "version=0\nbroker.id=1\n");
  auto imported = b.import();
  EXPECT_TRUE(absl::IsInvalidArgument(imported.status()));
  EXPECT_EQ(
      imported.status().message(),
      "meta.properties: version=0, must be 1: 0 is of a cluster with ZooKeeper, which Kafka 4 "
      "is not");
}

TEST(DiskImport, a_node_id_that_is_none_is_refused) {
  BrokerFiles b;
  ASSERT_TRUE(b.files.remove("meta.properties").ok());
  write(b.files, "meta.properties", "version=1\nnode.id=one\n");
  EXPECT_EQ(b.import().status().message(),
            "meta.properties: node.id=one, must be a whole number >= 0");
}

TEST(DiskImport, more_than_the_limit_is_refused) {
  BrokerFiles b;
  auto imported = b.import({.most_bytes = 500});
  EXPECT_TRUE(absl::IsResourceExhausted(imported.status()));
  EXPECT_THAT(std::string(imported.status().message()), HasSubstr("holds more than 500 B"));
}

TEST(DiskImport, one_partitions_directory_needs_its_name) {
  BrokerFiles b;
  ImportOptions options{.partition_name = "orders-0"};
  ASSERT_TRUE(import_disk(b.files, {true, "orders-0"}, options, b.disk).ok());
  auto logs = b.start(1);
  ASSERT_TRUE(logs.ok()) << logs.status();
  EXPECT_EQ(logs->front().log_end, Offset(60));
  sim::SimDisk other;
  options.partition_name = "copy";
  auto nameless = import_disk(b.files, {true, "orders-0"}, options, other);
  EXPECT_EQ(nameless.status().message(),
            "copy: the name of a partition's directory tells which it is: TOPIC-N, as orders-0");
}

}  // namespace
}  // namespace scenarios
