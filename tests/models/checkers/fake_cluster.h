// SPDX-License-Identifier: Apache-2.0
//
// Replicas of one partition with real logs and no protocol: a test says who leads, who copies what,
// and where the watermarks are, and each change is reported to the invariants as the shell does.
//
//   FakeCluster cluster;
//   cluster.elect(1, {1, 2, 3});
//   cluster.produce(1, 3);        // Three batches of two records.
//   cluster.copy(1, 2);           // Broker 2 fetches all it lacks.
//   cluster.watermark(1, 6);
//   EXPECT_EQ(cluster.found(), "");

#ifndef TESTS_MODELS_CHECKERS_FAKE_CLUSTER_H_
#define TESTS_MODELS_CHECKERS_FAKE_CLUSTER_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/checkers/invariant_set.h"
#include "tests/support/step_fixture.h"

namespace models::tests {

inline const TopicPartition kOrders{"orders", 0};
inline constexpr int kRecordsPerBatch = 2;

inline NodeId node(int id) { return NodeId(id); }
inline Offset at(int64_t offset) { return Offset(offset); }

class FakeBroker {
 public:
  FakeBroker() {
    (void)fixture_.disk().create_directory("kafka-logs");
    open(at(0));
  }

  PartitionLog& log() { return *log_; }
  Step& step() { return fixture_.step(); }
  MemoryFileSystem& disk() { return fixture_.disk(); }
  void open(Offset watermark) {
    LogOpenOptions options;
    options.directory = "kafka-logs/orders-0";
    options.partition = kOrders;
    options.high_watermark = watermark;
    auto opened = PartitionLog::open(options, fixture_.step());
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    log_.emplace(std::move(*opened));
    is_leader = false;
    epoch = -1;
  }

  bool is_leader = false;
  int32_t epoch = -1;
  PartitionEpoch partition_epoch{-1};
  Uuid topic_id;

 private:
  StepFixture fixture_;
  std::optional<PartitionLog> log_;
};

class FakeCluster {
 public:
  explicit FakeCluster(bool unclean_allowed = false) {
    TopicImage& topic = image_.topics["orders"];
    topic.name = "orders";
    topic.config.unclean_leader_election_enable = unclean_allowed;
    PartitionRegistration registration;
    for (int id : {1, 2, 3}) {
      brokers_[id] = std::make_unique<FakeBroker>();
      registration.replicas.push_back(node(id));
    }
    registration.isr = registration.replicas;
    topic.partitions.push_back(registration);
  }

  // Name and kind of the first violation; empty if there was none.
  std::string found() const { return violation_ ? violation_->signature : ""; }
  std::string text() const { return violation_ ? violation_->text : ""; }
  InvariantSet& invariants() { return invariants_; }
  const PartitionMemory& memory() { return *invariants_.find(kOrders); }
  FakeBroker& broker(int id) { return *brokers_.at(id); }
  PartitionRegistration& registration() { return image_.topics.at("orders").partitions[0]; }

  // Violations of this invariant are not noted: what the test does breaks it as well.
  void ignore(std::string_view invariant) { ignored_.insert(invariant); }

  // --- The controller ---
  // Commits the registration as the test has left it.
  void commit_metadata() {
    registration().partition_epoch += 1;
    image_.next_offset += 1;
    note(invariants_.on_metadata(image_, everything()));
  }
  // Of the topic, and of what all brokers believe.
  void set_config(const TopicConfig& config) {
    image_.topics.at("orders").config = config;
    for (auto& [id, broker] : brokers_) broker->log().set_config(config);
    commit_metadata();
  }
  // The topic is deleted; no broker has heard.
  void delete_topic() {
    MetadataDelta delta;
    delta.deleted_topics[image_.topics.at("orders").id] = "orders";
    image_.topics.clear();
    image_.next_offset += 1;
    note(invariants_.on_metadata(image_, delta));
  }
  // A topic of the same name and another id, led by broker 1.
  void create_topic(const Uuid& id) {
    TopicImage& topic = image_.topics["orders"];
    topic.name = "orders";
    topic.id = id;
    PartitionRegistration fresh;
    fresh.replicas = fresh.isr = {node(1), node(2), node(3)};
    fresh.leader = node(1);
    topic.partitions = {fresh};
    commit_metadata();
  }
  void set_isr(const std::vector<int>& isr) {
    registration().isr.clear();
    for (int id : isr) registration().isr.push_back(node(id));
    commit_metadata();
  }
  // Names a leader without anybody hearing of it.
  void decide(int leader, const std::vector<int>& isr) {
    registration().leader = node(leader);
    registration().leader_epoch += 1;
    set_isr(isr);
  }
  // The controller decides, and the leader hears of it.
  void elect(int leader, const std::vector<int>& isr) {
    decide(leader, isr);
    lead(leader);
  }

  // --- The brokers ---
  void lead(int id) {
    FakeBroker& leader = broker(id);
    leader.is_leader = true;
    learn(leader);
    leader.log().assign_epoch_start(LeaderEpoch(leader.epoch), leader.step());
    report(id);
  }
  void follow(int id) {
    broker(id).is_leader = false;
    learn(broker(id));
    report(id);
  }
  // The broker hears of the latest registration, and nothing else changes.
  void learn(FakeBroker& broker) {
    broker.epoch = registration().leader_epoch.value();
    broker.partition_epoch = registration().partition_epoch;
    broker.topic_id = image_.topics.at("orders").id;
  }
  void produce(int id, int batches, const std::string& value = "v") {
    for (int i = 0; i < batches; ++i) {
      BatchBuilder builder({});
      for (int j = 0; j < kRecordsPerBatch; ++j) builder.add(1000, std::nullopt, value);
      FakeBroker& leader = broker(id);
      auto result =
          leader.log().append_as_leader(builder.build(), LeaderEpoch(leader.epoch), leader.step());
      ASSERT_EQ(result.error, ErrorCode::kNone);
      report(id);
    }
  }
  // `to` appends what it lacks of the log of `from`, in one event.
  void copy(int from, int to) {
    PartitionLog& source = broker(from).log();
    PartitionLog& target = broker(to).log();
    auto read = source.read(target.log_end_offset(), 1 << 20, source.log_end_offset(), true,
                            broker(from).step());
    target.append_as_follower(read.records, LeaderEpoch(broker(from).epoch), broker(to).step());
    broker(to).is_leader = false;
    broker(to).epoch = broker(from).epoch;
    report(to);
  }
  void watermark(int id, int64_t offset) {
    broker(id).log().set_high_watermark(at(offset));
    report(id);
  }
  void truncate(int id, int64_t end) {
    broker(id).log().truncate_to(at(end), broker(id).step());
    report(id);
  }
  // --- What clients are told ---
  void acknowledge(int id, int64_t first, int records) {
    BatchBuilder builder({});
    for (int i = 0; i < records; ++i) builder.add(1000, std::nullopt, "v");
    ProduceRequest request;
    request.partitions.push_back({kOrders, builder.build()});
    ProduceResponse reply;
    reply.partitions.push_back({.partition = kOrders, .base_offset = at(first)});
    note(invariants_.on_answer(node(id), request, reply));
  }
  // A consumer is given what is in the log from `from` up to `limit`.
  void serve(int id, int64_t from, int64_t limit) {
    auto read = broker(id).log().read(at(from), 1 << 20, at(limit), true, broker(id).step());
    FetchResponse reply;
    reply.partitions.push_back({.partition = kOrders, .records = read.records});
    note(invariants_.on_answer(node(id), FetchRequest(), reply));
  }
  void tell_end(int id, int64_t end) {
    ListOffsetsRequest request;
    request.partitions.push_back({.partition = kOrders, .timestamp = kLatestTimestamp});
    ListOffsetsResponse reply;
    reply.partitions.push_back({.partition = kOrders, .offset = at(end)});
    note(invariants_.on_answer(node(id), request, reply));
  }

  void stop_cleanly(int id) {
    broker(id).log().close(broker(id).step());
    invariants_.on_broker_down(node(id), false, true);
  }
  void crash(int id) { invariants_.on_broker_down(node(id), false); }
  void lose_power(int id) {
    broker(id).disk().lose_power();
    invariants_.on_broker_down(node(id), true);
  }
  // The checkpoint said `watermark`.
  void boot(int id, int64_t watermark) {
    broker(id).open(at(watermark));
    report(id);
  }

  ReplicaView view(int id) {
    FakeBroker& broker = *brokers_.at(id);
    ReplicaView view;
    view.broker = node(id);
    view.log = &broker.log();
    view.is_leader = broker.is_leader;
    view.leader_epoch = LeaderEpoch(broker.epoch);
    view.partition_epoch = broker.partition_epoch;
    view.topic_id = broker.topic_id;
    view.observer = &broker.step();
    return view;
  }
  void report(int id) { note(invariants_.on_replica(view(id))); }
  std::string recheck() {
    std::vector<ReplicaView> views = {view(1), view(2), view(3)};
    std::optional<Violation> found = invariants_.recheck(views);
    return found ? found->signature : "";
  }
  // Broker 1 leads, everyone has `batches`, all below every watermark.
  void settle(int batches) {
    elect(1, {1, 2, 3});
    produce(1, batches);
    for (int id : {2, 3}) copy(1, id);
    for (int id : {1, 2, 3}) watermark(id, batches * kRecordsPerBatch);
  }

 private:
  void note(const std::optional<Violation>& found) {
    if (found && !violation_ && !ignored_.contains(found->invariant)) violation_ = found;
  }
  MetadataDelta everything() const {
    MetadataDelta delta;
    for (const auto& [name, topic] : image_.topics) {
      delta.topics.insert(name);
      delta.partitions.insert({name, 0});
    }
    return delta;
  }

  std::map<int, std::unique_ptr<FakeBroker>> brokers_;
  MetadataImage image_;
  InvariantSet invariants_ = InvariantSet::all();
  std::optional<Violation> violation_;
  std::set<std::string_view> ignored_;
};

}  // namespace models::tests

#endif  // TESTS_MODELS_CHECKERS_FAKE_CLUSTER_H_
