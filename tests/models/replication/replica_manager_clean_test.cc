// SPDX-License-Identifier: Apache-2.0
//
// The broker's cleaner threads: who takes which log, and how long each pauses.

#include <map>

#include "tests/models/replication/replication_fixture.h"

namespace models {
namespace {

TopicPartition log_of(int32_t partition) { return {"orders", partition}; }

TopicConfig compacted() {
  TopicConfig config;
  config.cleanup_policy = {.deletes = false, .compacts = true};
  config.internal_segment_bytes = 400;
  config.min_cleanable_dirty_ratio = {1};
  return config;
}

// Broker 1 alone with `partitions` compacted logs.
struct Cleaned : OneBroker {
  explicit Cleaned(const BrokerConfig& config, int partitions = 3) : OneBroker(config) {
    MetadataImage image = image_of(kOne, 1, {kOne}, 1, compacted());
    std::vector<PartitionRegistration>& all = image.topics["orders"].partitions;
    while (all.size() < static_cast<size_t>(partitions)) all.push_back(all.front());
    publish(image);
  }
  static BrokerConfig threads(int32_t count) {
    BrokerConfig config;
    config.log_cleaner_threads = count;
    return config;
  }
  // `batches` of one record each, all with the same key, so that segments roll.
  void put(int32_t partition, int batches) {
    for (int i = 0; i < batches; ++i) {
      ProduceRequest request{
          .acks = 1, .timeout_ms = 1000, .partitions = {{log_of(partition), batch_of(1)}}};
      manager.on_produce(RequestToken(1), request, at.step());
    }
  }
  // One event of a thread; how long it pauses after it.
  sim::Duration turn(int64_t thread) {
    at.clear();
    manager.on_timer({Timer::kLogCleaner, thread}, at.step());
    for (const Note& note : at.all<Note>()) {
      if (note.what == "log_cleaned") cleaned.emplace_back(thread, note.fields[0].second);
    }
    for (const ArmTimer& timer : at.all<ArmTimer>()) {
      if (timer.key == TimerKey{Timer::kLogCleaner, thread}) return timer.after;
    }
    return sim::Duration::nanos(-1);
  }
  // Each thread in turn until none has anything to do.
  void clean_all(int64_t threads) {
    for (int i = 0; i < 1000; ++i) {
      bool any = false;
      for (int64_t id = 0; id < threads; ++id) any |= turn(id) == 0_ms;
      if (!any) return;
    }
    ADD_FAILURE() << "the cleaner does not come to an end";
  }
  using Rounds = std::vector<std::pair<int64_t, std::string>>;
  Rounds cleaned;  // By which thread, in the order in which they ended.
};

TEST(ReplicaManagerClean, each_thread_has_a_timer) {
  Cleaned b(Cleaned::threads(3));
  std::vector<int64_t> armed;
  for (const ArmTimer& timer : b.at.all<ArmTimer>()) {
    if (timer.key.kind == Timer::kLogCleaner) armed.push_back(timer.key.id);
  }
  EXPECT_THAT(armed, testing::ElementsAre(0, 1, 2));
}

TEST(ReplicaManagerClean, no_two_threads_work_on_one_log) {
  Cleaned b(Cleaned::threads(2));
  for (int32_t p = 0; p < 3; ++p) b.put(p, 20);
  b.clean_all(2);
  ASSERT_EQ(b.cleaned.size(), 3u);
  EXPECT_EQ(b.cleaned[0], (std::pair<int64_t, std::string>(0, "orders-0")));
  EXPECT_EQ(b.cleaned[1], (std::pair<int64_t, std::string>(1, "orders-1")));
  EXPECT_EQ(b.cleaned[2].second, "orders-2");
}

TEST(ReplicaManagerClean, a_thread_takes_the_dirtiest_log_that_is_free) {
  Cleaned b(Cleaned::threads(2));
  for (int32_t p = 0; p < 3; ++p) b.put(p, 20);
  b.clean_all(2);
  b.cleaned.clear();
  b.put(0, 8);
  b.put(1, 16);
  b.put(2, 40);
  b.turn(0);
  b.turn(1);
  b.clean_all(2);
  std::map<std::string, int64_t> by;
  for (const auto& [thread, log] : b.cleaned) by.emplace(log, thread);
  EXPECT_EQ(by["orders-2"], 0);
  EXPECT_EQ(by["orders-1"], 1);
}

TEST(ReplicaManagerClean, a_thread_without_work_sleeps_for_the_backoff) {
  BrokerConfig config = Cleaned::threads(2);
  config.log_cleaner_backoff_ms = 700_ms;
  Cleaned b(config, 1);
  b.put(0, 20);
  EXPECT_EQ(b.turn(0), 0_ms);
  EXPECT_EQ(b.turn(1), 700_ms) << "the only log is being cleaned";
}

TEST(ReplicaManagerClean, what_is_read_and_written_is_throttled_for_all_threads_together) {
  BrokerConfig config = Cleaned::threads(2);
  config.log_cleaner_io_max_bytes_per_second = {500};
  Cleaned b(config, 2);
  b.put(0, 20);
  b.put(1, 20);
  EXPECT_EQ(b.turn(0), 0_ms);
  EXPECT_EQ(b.turn(1), 0_ms);
  b.at.advance(400_ms);
  sim::Duration first = b.turn(0);
  EXPECT_GT(first, 0_ms) << "has read a segment in 400 ms";
  EXPECT_EQ(b.turn(1), first) << "waits while the other sleeps";
  b.at.advance(first);
  EXPECT_EQ(b.turn(0), 0_ms);
  EXPECT_TRUE(b.cleaned.empty());
}

TEST(ReplicaManagerClean, a_log_that_goes_frees_its_thread) {
  Cleaned b(Cleaned::threads(2), 1);
  b.put(0, 20);
  EXPECT_EQ(b.turn(0), 0_ms);
  MetadataImage image = image_of(kTwo, 2, {kTwo}, 2, compacted());
  image.topics["orders"].partitions[0].replicas = {kTwo, kThree};
  b.publish(image);
  EXPECT_EQ(b.manager.find(kOrders0), nullptr);
  EXPECT_EQ(b.turn(0), 15_s);
  EXPECT_TRUE(b.cleaned.empty());
}

}  // namespace
}  // namespace models
