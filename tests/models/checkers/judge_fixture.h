// SPDX-License-Identifier: Apache-2.0
//
// A judge with a history told in short calls. Times are milliseconds; each call is an event of its
// own, numbered from 1. Topic "orders" (three partitions), producers 1 and 2 ("checkout"), 3
// ("import"), consumers 1 and 2 ("billing"), 3 ("audit-trail"), and the auditor, 9.

#ifndef TESTS_MODELS_CHECKERS_JUDGE_FIXTURE_H_
#define TESTS_MODELS_CHECKERS_JUDGE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/checkers/history/judge.h"

namespace models::tests {

inline RecordSeen seen(int64_t offset, int64_t count, int32_t producer = 1) {
  return {Offset(offset), make_record_id(producer, count)};
}
inline sim::SimTime at_ms(int64_t ms) { return sim::SimTime::at_millis(ms); }

inline ClientEvent client_event(ClientEventKind kind, int32_t partition,
                                const std::vector<RecordSeen>& records,
                                std::string topic = "orders") {
  ClientEvent event{kind, {std::move(topic), partition}, {}, ErrorCode::kNone, 0};
  event.records.assign(records.begin(), records.end());
  return event;
}

class History {
 public:
  static constexpr int32_t kAuditor = 9;
  // Settings that permit nothing.
  static JudgeOptions strict_options() {
    JudgeOptions options;
    options.producers = {{3, "import-1", "import", {}},
                         {1, "checkout-1", "checkout", {}},
                         {2, "checkout-2", "checkout", {}}};
    options.consumers = {{1, "billing-1", "billing", false, {"orders"}},
                         {2, "billing-2", "billing", false, {"orders"}},
                         {3, "audit-trail-1", "audit-trail", false, {"orders"}},
                         {kAuditor, "auditor", "auditor", true, {}}};
    JudgedTopic orders{"orders", 3, 3, {}};
    orders.config.min_insync_replicas = 2;
    JudgedTopic returns = orders;
    returns.name = "returns";
    options.topics = {returns, orders};
    return options;
  }

  explicit History(const JudgeOptions& options = strict_options()) : judge(options) {}

  void send(int64_t count, int32_t partition, int64_t ms = 0, int32_t producer = 1) {
    tell_producer(ClientEventKind::kSend, {seen(-1, count, producer)}, partition, ms);
  }
  void send_keyed(int64_t count, int32_t partition, uint64_t key, int64_t ms = 0) {
    ClientEvent told = client_event(ClientEventKind::kSend, partition, {seen(-1, count)});
    told.key = key;
    judge.on_producer(1, told, at_ms(ms), sim::EventId(++event));
  }
  void acknowledge(const std::vector<RecordSeen>& records, int32_t partition, int64_t ms = 0) {
    tell_producer(ClientEventKind::kAcknowledged, records, partition, ms);
  }
  void fail(const std::vector<RecordSeen>& records, int32_t partition, int64_t ms = 0) {
    tell_producer(ClientEventKind::kFailed, records, partition, ms);
  }
  // Sends records 0..count-1 of producer 1 to partition 0 and has them acknowledged at these
  // offsets.
  void produce(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      send(i, 0, i);
      acknowledge({seen(i, i)}, 0, i + 1);
    }
  }
  void assign(int32_t consumer, int64_t offset, int32_t partition = 0, int64_t ms = 0) {
    judge.on_consumer(
        consumer,
        client_event(ClientEventKind::kAssigned, partition, {{Offset(offset), RecordId()}}),
        at_ms(ms), sim::EventId(++event));
  }
  void poll(int32_t consumer, const std::vector<RecordSeen>& records, int32_t partition = 0,
            int64_t ms = 0) {
    judge.on_consumer(consumer, client_event(ClientEventKind::kPolled, partition, records),
                      at_ms(ms), sim::EventId(++event));
  }
  // The auditor reads a partition's beginning.
  void audit(const std::vector<RecordSeen>& records, int32_t partition = 0) {
    assign(kAuditor, 0, partition);
    poll(kAuditor, records, partition);
  }
  void finish(bool audited = true, int64_t ms = 1000) { judge.finish(at_ms(ms), audited, facts); }
  // The power fails on a replica of orders-0, and takes unflushed data.
  void lose_tail(int32_t node, int64_t ms, int32_t partition = 0) {
    facts.lost_tails.push_back(
        {{"orders", partition}, NodeId(node), at_ms(ms), sim::EventId(++event)});
  }

  void elect(int64_t ms, bool unclean = false, int32_t partition = 0) {
    facts.elections.push_back({{"orders", partition}, at_ms(ms), sim::EventId(++event), unclean});
  }
  // A replica removes these from its log.
  void cut(int64_t to, int64_t records, int64_t ms, int32_t partition = 0) {
    facts.cuts.push_back(
        {{"orders", partition}, Offset(to), records, at_ms(ms), sim::EventId(++event)});
  }
  // Retention, or an administrator, deletes what comes before `start`.
  void delete_before(int64_t start, int64_t ms, int32_t partition = 0, bool was_asked = false) {
    facts.log_starts.push_back(
        {{"orders", partition}, Offset(start), at_ms(ms), sim::EventId(++event), was_asked});
  }

  // "lost orders-0@3(-1) #3 acks=1" a line, in order.
  std::string told() const {
    std::string text;
    for (const Anomaly& anomaly : judge.anomalies()) {
      text += std::string(name_of(anomaly.kind)) +
              (anomaly.reader.empty() ? "" : "(" + anomaly.reader + ")");
      text += " " + to_string(anomaly.partition) + "@" + std::to_string(anomaly.offset.value());
      if (anomaly.other_offset != kNoOffset)
        text += "/" + std::to_string(anomaly.other_offset.value());
      text += " #" + std::to_string(count_of(anomaly.record));
      if (!anomaly.permitted_by.empty()) text += " " + anomaly.permitted_by;
      text += "\n";
    }
    return text;
  }

  Judge judge;
  uint64_t event = 0;
  RunFacts facts;

 private:
  void tell_producer(ClientEventKind kind, const std::vector<RecordSeen>& records,
                     int32_t partition, int64_t ms) {
    judge.on_producer(producer_of(records.front().id), client_event(kind, partition, records),
                      at_ms(ms), sim::EventId(++event));
  }
};

}  // namespace models::tests

#endif  // TESTS_MODELS_CHECKERS_JUDGE_FIXTURE_H_
