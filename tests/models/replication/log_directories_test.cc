// SPDX-License-Identifier: Apache-2.0
//
// Several log directories on one broker: placement, the loss of one, and what a start finds.

#include <algorithm>

#include "models/log/meta_properties.h"
#include "models/log/text_file.h"
#include "sim/disk.h"
#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

// Broker 1 on a simulated disk whose directories are devices of their own.
struct TwoDisks {
  TwoDisks() : disk(spec()), view(disk, sim::SimTime(), rng) { boot(); }

  static sim::DiskSpec spec() {
    sim::DiskSpec spec;
    spec.mounts = {"disk1", "disk2"};
    return spec;
  }
  void boot() {
    BrokerConfig config;
    config.log_dirs = {"disk1", "disk2"};
    manager.emplace(ReplicaManagerOptions{.node_id = kOne, .config = config, .cluster_id = "c"});
    Step one = step();
    started = manager->on_start(one);
    manager->set_broker_epoch(BrokerEpoch(101));
  }
  Step step() { return {now, wall, rng, view, effects, mutations, marks}; }
  void publish(const MetadataImage& image) {
    Step one = step();
    manager->on_metadata(image, everything(image), one);
  }
  void publish(const MetadataImage& image, const MetadataDelta& delta) {
    Step one = step();
    manager->on_metadata(image, delta, one);
  }
  void fail(const std::string& mount) {
    sim::DiskTrouble trouble{.kind = sim::DiskTrouble::Kind::kFailing};
    trouble.device = disk.device_of(mount);
    disk.begin_trouble(1, trouble);
  }
  void timer(Timer kind) {
    Step one = step();
    manager->on_timer({kind, 0}, one);
  }
  ErrorCode produce(int32_t partition) {
    ProduceRequest request = produce_request(1);
    request.partitions[0].partition.partition = partition;
    effects.clear();
    Step one = step();
    manager->on_produce(RequestToken(1), request, one);
    for (const Effect& effect : effects.list()) {
      if (const SendReply* reply = std::get_if<SendReply>(&effect))
        return std::get<ProduceResponse>(reply->message).partitions[0].error;
    }
    return ErrorCode::kUnknownServerError;
  }
  bool exited() const {
    return std::any_of(effects.list().begin(), effects.list().end(),
                       [](const Effect& effect) { return std::holds_alternative<Exit>(effect); });
  }
  bool holds(const std::string& path) { return view.exists(path); }

  sim::SimDisk disk;
  sim::Rng rng;
  sim::DiskView view;
  sim::MonoTime now;
  sim::WallTime wall = sim::WallTime::at_millis(1'700'000'000'000);
  Effects effects;
  MutationSet mutations;
  Marks marks;
  std::optional<ReplicaManager> manager;
  absl::Status started;
};

// Broker 1 leads all of `partitions`, each in the directory that `place` gives.
template <class Place>
MetadataImage led(int partitions, Place place) {
  MetadataImage image = image_of(kOne, 1, {kOne}, 1);
  PartitionRegistration first = image.topics["orders"].partitions[0];
  image.topics["orders"].partitions.clear();
  for (int i = 0; i < partitions; ++i) {
    first.directories = {place(i), kUnassignedDirectory, kUnassignedDirectory};
    image.topics["orders"].partitions.push_back(first);
  }
  return image;
}
Uuid unassigned(int) { return kUnassignedDirectory; }

TEST(LogDirectories, EachIsFormattedAndHasAnId) {
  TwoDisks broker;
  ASSERT_TRUE(broker.started.ok()) << broker.started;
  EXPECT_TRUE(broker.holds("disk1/meta.properties"));
  EXPECT_TRUE(broker.holds("disk2/meta.properties"));
  std::vector<Uuid> ids = broker.manager->online_directory_ids();
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_LT(ids[0], ids[1]);
  broker.boot();
  EXPECT_EQ(broker.manager->online_directory_ids(), ids);
}

TEST(LogDirectories, NewReplicasGoWhereTheFewestAreAndTheControllerIsTold) {
  TwoDisks broker;
  MetadataImage image = led(5, unassigned);
  broker.publish(image);
  for (int i : {0, 2, 4}) EXPECT_TRUE(broker.holds("disk1/orders-" + std::to_string(i))) << i;
  for (int i : {1, 3}) EXPECT_TRUE(broker.holds("disk2/orders-" + std::to_string(i))) << i;
  Step step = broker.step();
  auto id = read_partition_metadata("disk2/orders-1", step);
  ASSERT_TRUE(id.ok() && *id);
  EXPECT_EQ(**id, image.topics["orders"].id);
  ReplicaManager::DirectoryEvents told = broker.manager->take_directory_events();
  ASSERT_EQ(told.assignments.size(), 5u);
  EXPECT_EQ(told.assignments[1].first, (AssignedReplica{image.topics["orders"].id, 1}));
  EXPECT_EQ(told.assignments[1].second, broker.manager->directories()[1].id);
  EXPECT_TRUE(broker.manager->take_directory_events().assignments.empty());
}

TEST(LogDirectories, AnAssignedReplicaGoesToItsDirectoryAndNothingIsTold) {
  TwoDisks broker;
  Uuid second = broker.manager->directories()[1].id;
  broker.publish(led(3, [&](int) { return second; }));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(broker.holds("disk2/orders-" + std::to_string(i)));
  EXPECT_TRUE(broker.manager->take_directory_events().assignments.empty());
}

TEST(LogDirectories, TheLossOfOneTakesItsReplicasOfflineAndNoOthers) {
  TwoDisks broker;
  broker.publish(led(2, unassigned));
  ASSERT_EQ(broker.produce(0), ErrorCode::kNone);
  ASSERT_EQ(broker.produce(1), ErrorCode::kNone);
  broker.manager->take_directory_events();
  broker.fail("disk2");
  EXPECT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);  // Offline, without the disk.
  EXPECT_EQ(broker.produce(0), ErrorCode::kNone);
  EXPECT_FALSE(broker.exited());
  EXPECT_TRUE(broker.manager->find({"orders", 1})->is_offline());
  EXPECT_TRUE(broker.manager->find({"orders", 0})->is_leader());
  EXPECT_EQ(broker.manager->take_directory_events().failures,
            (std::vector<Uuid>{broker.manager->directories()[1].id}));
  EXPECT_EQ(broker.manager->online_directory_ids(),
            (std::vector<Uuid>{broker.manager->directories()[0].id}));
  EXPECT_EQ(broker.marks.of(Mark::kLogDirectoryFailed), 1);
  FetchRequest fetch = fetch_request(kNoNode, 0, 1);
  fetch.partitions[0].partition.partition = 1;
  broker.effects.clear();
  Step step = broker.step();
  broker.manager->on_fetch(RequestToken(2), fetch, step);
  const SendReply& reply = std::get<SendReply>(broker.effects.list().at(0));
  EXPECT_EQ(std::get<FetchResponse>(reply.message).partitions[0].error,
            ErrorCode::kKafkaStorageError);
}

TEST(LogDirectories, MetadataDoesNotWakeAReplicaThatIsOffline) {
  TwoDisks broker;
  MetadataImage image = led(2, unassigned);
  broker.publish(image);
  broker.fail("disk2");
  EXPECT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);
  for (PartitionRegistration& partition : image.topics["orders"].partitions) {
    partition.leader = kTwo;
    ++partition.leader_epoch;
    ++partition.partition_epoch;
  }
  broker.publish(image);
  EXPECT_TRUE(broker.manager->find({"orders", 1})->is_offline());
  EXPECT_EQ(broker.manager->find({"orders", 0})->role, ReplicaRole::kFollower);
  EXPECT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(broker.produce(0), ErrorCode::kNotLeaderOrFollower);
}

TEST(LogDirectories, ADeletionOfRecordsThatWaitsIsToldOfTheLoss) {
  TwoDisks broker;
  MetadataImage image = led(2, unassigned);
  broker.publish(image);
  DeleteRecordsRequest request;
  for (int32_t p : {0, 1}) request.partitions.push_back({{"orders", p}, kToHighWatermark});
  Step step = broker.step();
  broker.manager->on_delete_records(RequestToken(4), request, step);
  broker.fail("disk2");
  EXPECT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);
  PartitionRegistration& first = image.topics["orders"].partitions[0];
  first.leader = kTwo;
  ++first.leader_epoch;
  ++first.partition_epoch;
  broker.effects.clear();
  broker.publish(image);
  std::vector<ErrorCode> told;
  for (const Effect& effect : broker.effects.list()) {
    const SendReply* reply = std::get_if<SendReply>(&effect);
    if (reply == nullptr) continue;
    for (const auto& part : std::get<DeleteRecordsResponse>(reply->message).partitions)
      told.push_back(part.error);
  }
  EXPECT_EQ(told, (std::vector<ErrorCode>{ErrorCode::kNotLeaderOrFollower,
                                          ErrorCode::kKafkaStorageError}));
}

TEST(LogDirectories, ABackgroundCheckpointFindsTheFailureToo) {
  TwoDisks broker;
  broker.publish(led(2, unassigned));
  broker.fail("disk2");
  broker.timer(Timer::kHighWatermarkCheckpoint);
  EXPECT_FALSE(broker.exited());
  EXPECT_TRUE(broker.manager->find({"orders", 1})->is_offline());
  EXPECT_TRUE(broker.holds("disk1/replication-offset-checkpoint"));
  EXPECT_FALSE(broker.holds("disk2/replication-offset-checkpoint"));
}

TEST(LogDirectories, ThatOfTheMetadataLogEndsTheBroker) {
  TwoDisks broker;
  broker.publish(led(2, unassigned));
  broker.fail("disk1");
  broker.timer(Timer::kHighWatermarkCheckpoint);
  EXPECT_TRUE(broker.exited());
}

TEST(LogDirectories, ANewTopicGoesToTheDirectoryThatIsLeftAnOldReplicaDoesNot) {
  TwoDisks broker;
  MetadataImage image = led(1, unassigned);
  broker.publish(image);  // In disk1.
  broker.fail("disk2");
  broker.timer(Timer::kHighWatermarkCheckpoint);
  TopicImage fresh{.name = "fresh", .id = Uuid{{8, 80}}};
  fresh.partitions = {image.topics["orders"].partitions[0]};
  image.topics["fresh"] = fresh;
  TopicImage lost{.name = "lost", .id = Uuid{{9, 90}}};  // Once put into the disk that failed.
  lost.partitions = {image.topics["orders"].partitions[0]};
  lost.partitions[0].directories[0] = broker.manager->directories()[1].id;
  image.topics["lost"] = lost;
  MetadataDelta delta;
  delta.topics = {"fresh", "lost"};
  delta.partitions = {{"fresh", 0}, {"lost", 0}};
  broker.publish(image, delta);
  EXPECT_TRUE(broker.holds("disk1/fresh-0"));
  EXPECT_FALSE(broker.holds("disk1/lost-0"));
  EXPECT_EQ(broker.manager->find({"lost", 0}), nullptr);
}

TEST(LogDirectories, ACleanStopLeavesItsMarkersAndCheckpointsInEachDirectoryThatWorks) {
  TwoDisks broker;
  broker.publish(led(2, unassigned));
  broker.produce(1);
  Step step = broker.step();
  broker.manager->on_shutdown(step);
  EXPECT_EQ(read_checkpoint("disk1", kRecoveryPointFile, broker.view),
            (OffsetMap{{{"orders", 0}, Offset(0)}}));
  EXPECT_EQ(read_checkpoint("disk2", kRecoveryPointFile, broker.view),
            (OffsetMap{{{"orders", 1}, Offset(1)}}));
  broker.boot();
  EXPECT_EQ(broker.manager->previous_broker_epoch(), BrokerEpoch(101));
  broker.publish(led(2, unassigned));
  EXPECT_TRUE(broker.manager->directories()[0].was_clean);
  EXPECT_EQ(broker.manager->find({"orders", 1})->log.log_end_offset(), Offset(1));
}

TEST(LogDirectories, AStopWithADirectoryOfflineIsNotCleanAsAWhole) {
  TwoDisks broker;
  broker.publish(led(2, unassigned));
  broker.fail("disk2");
  Step step = broker.step();
  broker.manager->on_shutdown(step);
  EXPECT_TRUE(broker.holds("disk1/.kafka_cleanshutdown"));
  EXPECT_FALSE(broker.holds("disk2/.kafka_cleanshutdown"));
  broker.boot();  // The disk still fails.
  ASSERT_TRUE(broker.started.ok()) << broker.started;
  EXPECT_EQ(broker.manager->previous_broker_epoch(), kNoBrokerEpoch);
  EXPECT_EQ(broker.manager->online_directory_ids().size(), 1u);
}

TEST(LogDirectories, AStartPutsStraysAsideAndResumesDeletions) {
  TwoDisks broker;
  MetadataImage image = led(2, unassigned);
  broker.publish(image);
  std::string doomed = "disk1/gone-0.0123456789abcdef0123456789abcdef-delete";
  ASSERT_TRUE(broker.view.create_directory(doomed).ok());
  ASSERT_TRUE(write_text_file(doomed + "/00000000000000000000.log", "x", broker.view).ok());
  broker.boot();
  image.topics["orders"].id = Uuid{{7, 71}};  // Another topic of the same name.
  broker.publish(image);
  auto names = broker.view.list("disk2");
  ASSERT_TRUE(names.ok());
  auto is_stray_name = [](const std::string& name) {
    return name.starts_with("orders-1.") && name.ends_with("-stray/");
  };
  EXPECT_EQ(std::count_if(names->begin(), names->end(), is_stray_name), 1);
  EXPECT_TRUE(broker.manager->find({"orders", 1}) != nullptr);  // A new, empty one.
  EXPECT_EQ(broker.marks.of(Mark::kStrayReplicaFound), 2);
  broker.wall += 59_s;
  broker.timer(Timer::kLogFileRemoval);
  EXPECT_TRUE(broker.holds(doomed));
  broker.wall += 1_s;
  broker.timer(Timer::kLogFileRemoval);
  EXPECT_FALSE(broker.holds(doomed));
  EXPECT_FALSE(broker.exited());
}

TEST(LogDirectories, ADeletedTopicGoesFromEachDirectory) {
  TwoDisks broker;
  MetadataImage image = led(2, unassigned);
  broker.publish(image);
  Uuid former = image.topics["orders"].id;
  image.topics["orders"].id = Uuid{{7, 71}};
  MetadataDelta delta = everything(image);
  delta.deleted_topics.emplace(former, "orders");
  broker.publish(image, delta);
  auto count = [&](const std::string& root, std::string_view end) {
    std::vector<std::string> names = *broker.view.list(root);
    return std::count_if(names.begin(), names.end(),
                         [&](const std::string& name) { return name.ends_with(end); });
  };
  for (const char* root : {"disk1", "disk2"}) EXPECT_EQ(count(root, "-delete/"), 1) << root;
  broker.wall += 60_s;
  broker.timer(Timer::kLogFileRemoval);
  for (const char* root : {"disk1", "disk2"}) EXPECT_EQ(count(root, "-delete/"), 0) << root;
  EXPECT_TRUE(broker.holds("disk1/orders-0"));
  EXPECT_TRUE(broker.holds("disk2/orders-1"));
  EXPECT_FALSE(broker.exited());
}

TEST(LogDirectories, AnOfflineReplicaOfADeletedTopicDoesNotKeepItsSuccessorOut) {
  TwoDisks broker;
  MetadataImage image = led(2, unassigned);
  broker.publish(image);
  broker.fail("disk2");
  broker.timer(Timer::kHighWatermarkCheckpoint);
  ASSERT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);
  Uuid former = image.topics["orders"].id;
  image.topics["orders"].id = Uuid{{7, 71}};
  MetadataDelta delta = everything(image);
  delta.deleted_topics.emplace(former, "orders");
  broker.publish(image, delta);
  EXPECT_TRUE(broker.holds("disk1/orders-1"));
  EXPECT_EQ(broker.produce(1), ErrorCode::kNone);
  EXPECT_FALSE(broker.exited());
}

// It would begin anew while its records lie in a directory that may come back.
TEST(LogDirectories, AnOfflineReplicaThatWasTakenAwayAndGivenBackStaysOffline) {
  TwoDisks broker;
  MetadataImage image = led(2, unassigned);
  broker.publish(image);
  broker.fail("disk2");
  broker.timer(Timer::kHighWatermarkCheckpoint);
  std::vector<PartitionRegistration>& orders = image.topics["orders"].partitions;
  MetadataImage given = image;
  orders[1].replicas = orders[1].isr = {kTwo, kThree};
  orders[1].leader = kTwo;
  orders[1].partition_epoch = PartitionEpoch(2);
  broker.publish(image);
  EXPECT_EQ(broker.manager->find({"orders", 1}), nullptr);
  given.topics["orders"].partitions[1].partition_epoch = PartitionEpoch(3);
  broker.publish(given);
  EXPECT_EQ(broker.manager->find({"orders", 1}), nullptr);
  EXPECT_EQ(broker.produce(1), ErrorCode::kKafkaStorageError);
  EXPECT_FALSE(broker.holds("disk1/orders-1"));
}

TEST(LogDirectories, AReplicaInTwoDirectoriesKeepsTheBrokerFromStarting) {
  TwoDisks broker;
  MetadataImage image = led(1, unassigned);
  broker.publish(image);
  Step step = broker.step();
  ASSERT_TRUE(broker.view.create_directory("disk2/orders-0").ok());
  ASSERT_TRUE(write_partition_metadata("disk2/orders-0", image.topics["orders"].id, step).ok());
  broker.boot();
  broker.publish(image);
  EXPECT_TRUE(broker.exited());
}

}  // namespace
}  // namespace models
