// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/cluster_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/declarations.h"

namespace scenarios {

namespace {

constexpr char kRackAware[] = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

// What else is drawn depends on these.
struct Shape {
  int64_t brokers = 3;
  bool strong = true;  // acks=all, two replicas of three must have it, no unclean elections.
  bool flushed = false;
};

class ClusterDrawer {
 public:
  explicit ClusterDrawer(Draw& draw) : draw_(draw) {}

  Json all() {
    Json scenario = Json::object();
    scenario["duration"] = fmt::format("{}s", draw_.one_of({10, 15, 20, 30}));
    shape_.brokers = 1 + static_cast<int64_t>(draw_.weighted({2, 4, 60, 12, 12, 5, 5}));
    shape_.strong = draw_.percent(80);
    shape_.flushed = draw_.percent(20);
    scenario["cluster"] = cluster();
    scenario["topics"] = topics();
    fetch_less_than_a_segment(scenario["cluster"]);
    scenario["producers"] = producers();
    Json consumers = readers();
    if (!consumers.empty()) scenario["consumers"] = std::move(consumers);
    return scenario;
  }

 private:
  // A setting, now and then.
  void maybe(Json& config, std::string_view key, int64_t chance,
             std::initializer_list<int64_t> values) {
    if (draw_.percent(chance)) config[std::string(key)] = draw_.one_of(values);
  }
  void maybe_word(Json& config, std::string_view key, int64_t chance,
                  std::initializer_list<const char*> words) {
    if (draw_.percent(chance)) config[std::string(key)] = draw_.one_of(words);
  }
  void maybe_flag(Json& config, std::string_view key, int64_t chance, bool value) {
    if (draw_.percent(chance)) config[std::string(key)] = value;
  }
  static void add_config(Json& owner, Json config) {
    if (!config.empty()) owner["config"] = std::move(config);
  }

  Json cluster() {
    Json cluster = Json::object();
    cluster["brokers"] = shape_.brokers;
    cluster["controllers"] = controllers();
    if (shape_.brokers >= 2 && draw_.percent(30)) {
      cluster["racks"] = {"a", "b"};
      if (shape_.brokers >= 3) cluster["racks"].push_back("c");
      has_racks_ = true;
    }
    Json config = Json::object();
    if (has_racks_ && draw_.percent(60)) config["replica.selector.class"] = kRackAware;
    if (draw_.percent(20)) config["log.dirs"] = draw_.one_of({"/disk1,/disk2", "/a,/b,/c"});
    failover_settings(config);
    replication_settings(config);
    maybe(config, "log.cleaner.backoff.ms", 75, {200, 1000});
    maybe(config, "log.retention.check.interval.ms", 75, {300, 1500});
    maybe(config, "log.segment.delete.delay.ms", 30, {0, 1000});
    maybe(config, "num.io.threads", 15, {1, 2});
    add_config(cluster, std::move(config));
    return cluster;
  }

  // As many as the declaration of "controllers" allows, of 1, 3 and 5.
  int64_t controllers() {
    const ObjectDecl& cluster = *find_key(scenario_declaration(), "cluster")->of();
    int64_t most = find_key(cluster, "controllers")->max;
    int64_t drawn = draw_.one_of({1, 1, 3, 3, 3, 5});
    return drawn <= most ? drawn : 1;
  }

  // Short sessions, so that leaders change often in a short run.
  void failover_settings(Json& config) {
    int64_t session = draw_.one_of({1000, 2000, 2000, 4000, 9000});
    if (session < 9000) {
      config["broker.session.timeout.ms"] = session;
      config["broker.heartbeat.interval.ms"] = session / draw_.one_of({3, 4, 8});
    }
    maybe(config, "leader.imbalance.check.interval.seconds", 40, {1, 3});
    maybe_flag(config, "auto.leader.rebalance.enable", 10, false);
    maybe_flag(config, "controlled.shutdown.enable", 10, false);
    maybe(config, "controller.quorum.append.linger.ms", 15, {0, 100});
    maybe_flag(config, "unclean.leader.election.enable", shape_.strong ? 0 : 30, true);
  }

  void replication_settings(Json& config) {
    int64_t lag = draw_.one_of({1000, 3000, 10'000, 30'000});
    if (lag < 30'000) config["replica.lag.time.max.ms"] = lag;
    maybe(config, "replica.fetch.wait.max.ms", 50, {20, 100, 500});
    // One batch a fetch makes slow followers.
    maybe(config, "replica.fetch.max.bytes", 30, {1, 2000});
    maybe(config, "replica.fetch.response.max.bytes", 10, {1, 4000});
    maybe(config, "num.replica.fetchers", 25, {2, 3});
    // Too few for all who fetch: sessions are taken away and begun again.
    maybe(config, "max.incremental.fetch.session.cache.slots", 25, {0, 1, 2, 4});
    maybe(config, "replica.fetch.backoff.ms", 40, {20, 200});
    maybe(config, "replica.socket.timeout.ms", 40, {1000, 5000});
    maybe(config, "replica.high.watermark.checkpoint.interval.ms", 50, {100, 1000, 60'000});
    maybe(config, "log.flush.offset.checkpoint.interval.ms", 30, {500, 5000});
  }

  // A cleaner that notes delete horizons makes batches longer, and so a segment longer than it may be;
  // a follower gives up on a fetch that is longer than a segment. No real fetch is nearly as long.
  void fetch_less_than_a_segment(Json& cluster) const {
    for (size_t i = 0; i < is_compacted_.size(); ++i) {
      if (!is_compacted_[i]) continue;
      int64_t most = segment_bytes_[i] / 2;
      Json& config = cluster["config"];
      if (config.is_null()) config = Json::object();
      if (config.value("replica.fetch.max.bytes", int64_t{1'048'576}) > most)
        config["replica.fetch.max.bytes"] = most;
    }
  }

  Json topics() {
    static constexpr const char* kNames[] = {"orders", "audit", "stock"};
    Json topics = Json::object();
    size_t count = 1 + draw_.weighted({60, 30, 10});
    for (size_t i = 0; i < count; ++i) {
      topics[kNames[i]] = topic();
      names_.push_back(kNames[i]);
    }
    return topics;
  }

  Json topic() {
    Json topic = Json::object();
    topic["partitions"] = draw_.one_of({1, 1, 2, 3});
    int64_t most = std::min<int64_t>(shape_.brokers, 5);
    int64_t replicas = most >= 3 && draw_.percent(85) ? draw_.one_of<int64_t>({3, 3, 3, most})
                                                      : draw_.between(1, most);
    if (shape_.strong && most >= 3) replicas = std::max<int64_t>(replicas, 3);
    topic["replication.factor"] = replicas;
    Json config = Json::object();
    int64_t least = replicas >= 3 ? draw_.one_of<int64_t>({2, 2, 2, replicas - 1}) : 1;
    if (!shape_.strong) least = draw_.between(1, replicas);
    if (least > 1) config["min.insync.replicas"] = least;
    if (shape_.flushed) config["flush.messages"] = 1;
    storage_settings(config);
    add_config(topic, std::move(config));
    return topic;
  }

  void storage_settings(Json& config) {
    maybe(config, "segment.ms", 15, {500, 3000});
    maybe(config, "segment.jitter.ms", 5, {200});
    maybe(config, "index.interval.bytes", 20, {0, 500});
    maybe_word(config, "compression.type", 15, {"uncompressed", "gzip", "snappy", "lz4", "zstd"});
    maybe_word(config, "message.timestamp.type", 10, {"LogAppendTime"});
    size_t cleanup = draw_.weighted({65, 25, 10});
    bool retention = cleanup != 1 && draw_.percent(30);
    // Only what is rolled is deleted or cleaned.
    bool small = cleanup > 0 || retention || draw_.percent(50);
    int64_t segment = small ? draw_.one_of({1500, 1500, 6000, 40'000}) : 0;
    if (segment > 0) config["internal.segment.bytes"] = segment;
    segment_bytes_.push_back(segment);
    if (cleanup > 0) {
      config["cleanup.policy"] = cleanup == 1 ? "compact" : "compact,delete";
      maybe(config, "min.cleanable.dirty.ratio", 70, {0});
      maybe(config, "delete.retention.ms", 40, {0, 1000});
      maybe(config, "max.compaction.lag.ms", 20, {1000});
    }
    maybe(config, "retention.ms", retention ? 60 : 0, {1000, 4000});
    maybe(config, "retention.bytes", retention ? 60 : 0, {3000, 30'000});
    is_compacted_.push_back(cleanup > 0);
  }

  Json producers() {
    Json producers = Json::object();
    static constexpr const char* kNames[] = {"checkout", "sensors", "backfill"};
    size_t count = std::max(names_.size(), 1 + draw_.weighted({60, 40}));
    for (size_t i = 0; i < count; ++i) producers[kNames[i]] = producer(i % names_.size());
    return producers;
  }

  Json producer(size_t topic) {
    Json producer = Json::object();
    int64_t members = draw_.one_of({1, 1, 1, 2});
    if (members > 1) producer["count"] = members;
    producer["topic"] = names_[topic];
    producer["rate"] = fmt::format("{}/s", draw_.one_of({5, 20, 60, 150}));
    bool keys = is_compacted_[topic] || draw_.percent(30);
    if (keys) {
      producer["keys"] = Json{{"distinct", draw_.one_of({1, 5, 50, 1000})}};
      if (draw_.percent(40)) producer["keys"]["skew"] = "zipf";
    }
    // A disk flushes only so many segments a second.
    bool tiny = segment_bytes_[topic] > 0 && segment_bytes_[topic] <= 6000;
    producer["value"] =
        Json{{"size", draw_.one_of({"20B", "200B", "200B", tiny ? "400B" : "2000B"})}};
    if (keys && draw_.percent(30)) producer["value"]["tombstones"] = draw_.one_of({"5%", "30%"});
    add_config(producer, producer_config(segment_bytes_[topic]));
    return producer;
  }

  // `segment`: brokers refuse a batch that is larger; 0: they take any.
  Json producer_config(int64_t segment) {
    Json config = Json::object();
    if (shape_.strong) {
      maybe_flag(config, "enable.idempotence", 15, false);
    } else {
      maybe_word(config, "acks", 60, {"0", "1", "all"});
    }
    maybe(config, "linger.ms", 50, {0, 20, 100});
    maybe(config, "batch.size", segment == 0 || segment > 17'000 ? 30 : 100, {0, 300, 900});
    maybe(config, "max.in.flight.requests.per.connection", 25, {1, 2});
    maybe(config, "retry.backoff.ms", 30, {10, 300});
    if (draw_.percent(45)) {
      int64_t request = draw_.one_of({300, 1000, 3000});
      config["request.timeout.ms"] = request;
      config["delivery.timeout.ms"] = request + draw_.one_of({200, 3000, 30'000});
    } else {
      // A batch that is out of order for good is tried again so long; then all can converge.
      config["delivery.timeout.ms"] = 35'000;
    }
    return config;
  }

  Json readers() {
    Json consumers = Json::object();
    static constexpr const char* kNames[] = {"billing", "search"};
    size_t count = draw_.weighted({20, 60, 20});
    for (size_t i = 0; i < count; ++i) consumers[kNames[i]] = reader();
    return consumers;
  }

  Json reader() {
    Json reader = Json::object();
    if (draw_.percent(25)) reader["count"] = draw_.one_of({2, 3});
    reader["topics"] = Json::array();
    for (const std::string& name : names_) {
      if (reader["topics"].empty() || draw_.percent(60)) reader["topics"].push_back(name);
    }
    reader["assignment"] = "static";
    if (draw_.percent(30)) reader["processing"] = draw_.one_of({"100us", "2ms"});
    Json config = Json::object();
    config["auto.offset.reset"] = draw_.percent(80) ? "earliest" : "latest";
    maybe(config, "max.partition.fetch.bytes", 15, {1, 1000});
    maybe(config, "max.poll.records", 15, {1, 10});
    maybe(config, "request.timeout.ms", 25, {1000, 3000});
    maybe(config, "fetch.max.wait.ms", 25, {20, 100});
    if (has_racks_ && draw_.percent(70)) config["client.rack"] = draw_.one_of({"a", "b"});
    maybe(config, "metadata.max.age.ms", 20, {1000, 4000});
    add_config(reader, std::move(config));
    return reader;
  }

  Draw& draw_;
  Shape shape_;
  bool has_racks_ = false;
  std::vector<std::string> names_;  // Of topics.
  std::vector<bool> is_compacted_;
  std::vector<int64_t> segment_bytes_;
};

}  // namespace

Json draw_cluster_and_load(Draw& draw) { return ClusterDrawer(draw).all(); }

}  // namespace scenarios
