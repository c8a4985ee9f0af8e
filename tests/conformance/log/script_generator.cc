// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/script_generator.h"

#include <algorithm>
#include <iterator>

namespace conformance {

using nlohmann::json;

int64_t ScriptGenerator::pick(std::initializer_list<int64_t> values) {
  return *(values.begin() + static_cast<ptrdiff_t>(rng_.below(values.size())));
}

json ScriptGenerator::script(int steps) {
  compacts_ = one_in(2);
  manual_high_watermark_ = one_in(3);
  producers_.assign(4, {});
  for (Producer& producer : producers_) producer.id = 1000 + rng_.between(0, 5000);
  json script{{"topic", "random"}, {"time", now_}};
  if (manual_high_watermark_) script["high_watermark"] = "manual";
  if (one_in(3)) script["producer_id_expiration_ms"] = pick({1'000, 60'000, 1'000'000});
  script["config"] = config();
  json& all = script["steps"] = json::array();
  for (int i = 0; i < steps; ++i) {
    json next = step();
    if (next["do"] != "reopen" && next["do"] != "close") next["may_fail"] = true;
    all.push_back(std::move(next));
  }
  if (closed_) all.push_back({{"do", "reopen"}});
  if (leads_only_ || !one_in(4)) all.push_back({{"do", "close"}});
  return script;
}

json ScriptGenerator::config() {
  auto text = [&](std::initializer_list<int64_t> values) { return std::to_string(pick(values)); };
  json config{{"internal.segment.bytes", text({700, 2'000, 5'000, 20'000})},
              {"index.interval.bytes", text({0, 100, 400, 4'096})}};
  // A follower's append of several batches, the cleaner's, and the recovery of a segment may want
  // more entries than a small index has; then Kafka fails.
  leads_only_ = one_in(3);
  config["segment.index.bytes"] = "4096";  // So that Kafka does not keep 10 MiB free for each.
  if (leads_only_) config["segment.index.bytes"] = compacts_ ? "1000" : text({24, 60, 120, 1'000});
  if (one_in(3)) config["segment.ms"] = text({2'000, 20'000, 400'000});
  if (one_in(2)) config["retention.ms"] = text({-1, 10'000, 300'000});
  if (one_in(3)) config["retention.bytes"] = text({0, 3'000, 9'000});
  if (one_in(3)) config["file.delete.delay.ms"] = text({0, 1'000, 1'000'000});
  if (one_in(4)) config["message.timestamp.type"] = "LogAppendTime";
  if (one_in(6)) config["max.message.bytes"] = text({200, 600});
  if (one_in(6)) config["message.timestamp.before.max.ms"] = text({3'000, 100'000});
  if (one_in(4)) config["flush.messages"] = "1";
  repacks_ = one_in(4);
  if (repacks_) {
    static constexpr const char* kCodecs[] = {"gzip", "lz4", "uncompressed"};
    config["compression.type"] = kCodecs[rng_.below(std::size(kCodecs))];
  }
  if (!compacts_) return config;
  config["min.cleanable.dirty.ratio"] = one_in(2) ? "0.01" : "0.5";
  config["cleanup.policy"] = one_in(3) ? "compact,delete" : "compact";
  config["delete.retention.ms"] = text({0, 5'000, 100'000});
  if (one_in(3)) config["min.compaction.lag.ms"] = text({1'000, 30'000});
  if (one_in(4)) config["max.compaction.lag.ms"] = text({5'000, 50'000});
  return config;
}

json ScriptGenerator::step() {
  if (closed_) {
    closed_ = false;
    return {{"do", "reopen"}};
  }
  if (compacts_ && one_in(8)) return cleaning();
  int64_t draw = rng_.between(0, 99);
  if (manual_high_watermark_ && one_in(4))
    return {{"do", "high_watermark"}, {"offset", std::max<int64_t>(0, end_ - rng_.between(0, 9))}};
  if (draw < 52) return leader_append();
  if (draw < 58) return leads_only_ ? leader_append() : follower_append();
  if (draw < 64) return passing_time();
  if (draw < 69) return {{"do", "roll"}};
  if (draw < 72) return leads_only_ ? leader_append() : truncation();
  if (draw < 76) return {{"do", "retention"}};
  if (draw < 78)
    return {{"do", "delete_records"}, {"offset", std::max<int64_t>(0, end_ - rng_.between(0, 60))}};
  if (draw < 80) return {{"do", "flush"}};
  if (draw < 82) return {{"do", "checkpoint"}};
  if (draw < 84) return {{"do", "expire_producers"}};
  if (draw < 86) return {{"do", "epoch"}, {"epoch", ++leader_epoch_}};
  if (draw < 90) {
    if (leads_only_) return leader_append();
    return {{"do", "reopen"}, {"clean", false}};
  }
  if (draw < 93) {
    closed_ = true;
    return {{"do", "close"}};
  }
  return compacts_ ? cleaning() : leader_append();
}

json ScriptGenerator::passing_time() {
  int64_t by = pick({10, 1'000, 10'000, 100'000, 700'000});
  now_ += by;
  return {{"do", "time"}, {"advance", by}};
}

json ScriptGenerator::truncation() {
  int64_t to = std::max<int64_t>(0, end_ - pick({-3, 0, 1, 5, 20, 80}));
  bool fully = one_in(6);
  if (fully || to < end_) end_ = to;
  return {{"do", fully ? "truncate_fully" : "truncate"}, {"offset", to}};
}

json ScriptGenerator::cleaning() {
  // A round that is not due may have nothing to read, which Kafka's Cleaner does not expect.
  json step{{"do", "clean"}, {"only_if_due", true}};
  if (one_in(3)) step["buffer_bytes"] = pick({300, 1'000, 5'000});
  if (one_in(3)) step["io_buffer_bytes"] = pick({500, 2'000});
  return step;
}

// ---- Appends ----

json ScriptGenerator::leader_append() {
  if (one_in(12)) ++leader_epoch_;
  json batches = json::array();
  int64_t count = rng_.between(1, 4);
  for (int64_t i = 0; i < count; ++i) {
    Producer& producer = producers_[rng_.below(producers_.size())];
    bool ends = producer.in_transaction && one_in(3);
    batches.push_back(ends ? marker(producer) : batch());
    end_ += 8;
  }
  return {{"do", "append"}, {"leader_epoch", leader_epoch_}, {"batches", batches}};
}

// As a leader sends it: offsets and epochs are in the batches.
json ScriptGenerator::follower_append() {
  json batches = json::array();
  int64_t count = rng_.between(1, 3);
  for (int64_t i = 0; i < count; ++i) {
    if (one_in(8)) ++leader_epoch_;
    json next = batch();
    end_ += pick({0, 0, 0, 1, 7});
    next["base_offset"] = end_;
    next["leader_epoch"] = leader_epoch_;
    // A leader has no plain batch inside a transaction. When Kafka refuses one, its roll before may
    // have left a log that can't be rolled again.
    if (next.contains("producer_id")) next["transactional"] = true;
    for (const json& record : next["records"]) end_ += record.value("repeat", 1);
    if (one_in(5)) next["last_offset"] = ++end_;
    ++end_;
    batches.push_back(std::move(next));
  }
  return {{"do", "append"},
          {"as", "follower"},
          {"leader_epoch", one_in(10) ? std::max(0, leader_epoch_ - 1) : leader_epoch_},
          {"batches", batches}};
}

json ScriptGenerator::marker(Producer& producer) {
  producer.in_transaction = false;
  if (one_in(6)) ++coordinator_epoch_;
  int coordinator = one_in(15) ? coordinator_epoch_ - 1 : coordinator_epoch_;
  // KIP-890: the coordinator raises the epoch with each marker.
  if (one_in(3)) {
    ++producer.epoch;
    producer.sequence = 0;
  }
  return {{"marker", one_in(2) ? "abort" : "commit"},
          {"producer_id", producer.id},
          {"producer_epoch", producer.epoch},
          {"coordinator_epoch", coordinator},
          {"timestamp", now_}};
}

json ScriptGenerator::batch() {
  json batch{{"records", records()}};
  set_codec(batch);
  if (!one_in(3)) add_producer(batch);
  return batch;
}

void ScriptGenerator::set_codec(json& batch) {
  if (!one_in(3)) return;
  // What is packed anew must be so by a library that gives the same bytes.
  bool any = !compacts_ && !repacks_;
  static constexpr const char* kCodecs[] = {"gzip", "lz4", "snappy", "zstd"};
  batch["codec"] = kCodecs[rng_.below(any ? 4 : 2)];
}

void ScriptGenerator::add_producer(json& batch) {
  Producer& producer = producers_[rng_.below(producers_.size())];
  if (one_in(15) && !producer.last.is_null()) {
    batch = producer.last;
    return;
  }
  // Also how a producer goes on after a refusal, of which nothing is known here.
  if (one_in(4)) {
    ++producer.epoch;
    producer.sequence = one_in(9) ? 3 : 0;
    producer.in_transaction = false;
  }
  if (one_in(25)) producer.sequence += 2;
  if (!producer.in_transaction && one_in(3)) producer.in_transaction = true;
  batch["producer_id"] = producer.id;
  batch["producer_epoch"] = producer.epoch;
  batch["base_sequence"] = producer.sequence;
  if (producer.in_transaction) batch["transactional"] = true;
  for (const json& record : batch["records"]) producer.sequence += record.value("repeat", 1);
  producer.last = batch;
}

json ScriptGenerator::records() {
  json records = json::array();
  int64_t count = rng_.between(1, 3);
  for (int64_t i = 0; i < count; ++i) records.push_back(record());
  return records;
}

json ScriptGenerator::bytes(int64_t most) {
  if (one_in(10)) return "";
  if (one_in(2)) return {{"text", "one % two % three %"}};
  return {{"bytes", rng_.between(0, most)}, {"seed", rng_.between(0, 1'000'000)}};
}

json ScriptGenerator::record() {
  json record{{"value", bytes(120)}};
  bool has_time = !one_in(20);
  if (has_time) record["timestamp"] = now_ + rng_.between(-3'000, 3'000);
  if (one_in(40)) record["timestamp"] = now_ + pick({-1'000'000, 3'000'000, 4'000'000});
  bool has_key = compacts_ ? !one_in(60) : one_in(2);
  if (has_key) record["key"] = {{"text", "k" + std::to_string(rng_.below(12)) + " %"}};
  if (compacts_ && one_in(5)) record["value"] = nullptr;
  if (one_in(4)) {
    record["repeat"] = 2;
    if (has_time) record["timestamp_step"] = rng_.between(-1, 2);
  }
  if (one_in(5))
    record["headers"] =
        json::parse(R"([["name", "AAEC"], ["", null], ["\u00e9\u4e2d", ""], ["name", "/w=="]])");
  return record;
}

}  // namespace conformance
