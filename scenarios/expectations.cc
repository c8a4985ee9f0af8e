// SPDX-License-Identifier: Apache-2.0

#include "scenarios/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "scenarios/format.h"
#include "scenarios/metrics.h"
#include "sim/check.h"

namespace scenarios {

namespace {

using models::AnomalyKind;
using State = CheckedExpectation::State;

bool compare(int64_t a, CompareOp op, int64_t b) {
  switch (op) {
    case CompareOp::kEqual: return a == b;
    case CompareOp::kNotEqual: return a != b;
    case CompareOp::kLess: return a < b;
    case CompareOp::kLessEqual: return a <= b;
    case CompareOp::kGreater: return a > b;
    case CompareOp::kGreaterEqual: return a >= b;
  }
  return false;
}

// A final metric's value, with the place where it was found and where an explanation starts.
struct Found {
  int64_t value = 0;
  std::string where;
  std::string why;
  sim::EventId event;
};

class Checker {
 public:
  Checker(const Scenario& scenario, const Recorder& recorder, const models::Judge& judge, bool over,
          sim::SimTime end)
      : scenario_(scenario), recorder_(recorder), judge_(judge), over_(over), end_(end) {}

  std::vector<Figure> measure() const {
    std::vector<Figure> figures;
    auto final = [&](const std::string& metric, std::vector<std::string> arguments) {
      Expectation asked;
      asked.metric = metric;
      asked.arguments = std::move(arguments);
      std::string name = metric;
      if (!asked.arguments.empty()) name += "(" + asked.arguments.front() + ")";
      figures.push_back({name, find_metric(metric)->unit, final_value(asked).value});
    };
    final("unavailable", {});
    for (const char* percentile : {"p50", "p99", "max"}) final("produce_latency", {percentile});
    for (const char* name : {"throughput", "lost", "duplicated", "reordered"}) final(name, {});
    for (const ConsumerPlan& plan : scenario_.consumers) {
      for (const char* name : {"duplicated", "skipped", "max_lag"}) final(name, {plan.name});
    }
    for (const char* name : {"leader_changes", "isr_shrinks", "truncated"}) {
      const Series* series = recorder_.find(name, "");
      figures.push_back({name, find_metric(name)->unit, series == nullptr ? 0 : series->last()});
    }
    return figures;
  }

  CheckedExpectation check(const Expectation& expectation) const {
    CheckedExpectation checked{expectation, State::kUnknown, {}, {}, {}};
    const MetricDef* metric = find_metric(expectation.metric);
    SIM_CHECK(metric != nullptr, expectation.metric);
    if (metric->unit == MetricUnit::kGuarantee) {
      check_guarantee(expectation, checked);
    } else if (metric->kind == MetricKind::kFinal) {
      check_final(*metric, expectation, checked);
    } else {
      check_series(*metric, expectation, checked);
    }
    return checked;
  }

 private:
  static std::string argument(const Expectation& e, size_t index = 0) {
    return index < e.arguments.size() ? e.arguments[index] : std::string();
  }
  bool unread(const MetricDef& metric, CheckedExpectation& checked) const {
    bool needs_audit = metric.name == "lost" || metric.name == "duplicated" ||
                       metric.name == "reordered" || metric.name == "phantom" ||
                       metric.name == "inconsistent_offsets" || metric.name == "skipped" ||
                       metric.name == "guarantee";
    if (over_ && (judge_.audited() || !needs_audit)) return false;
    checked.actual = "unknown";
    checked.why = over_ ? "the auditor could not read every partition" : "the run did not come to its end";
    return true;
  }

  void check_guarantee(const Expectation& e, CheckedExpectation& checked) const {
    if (unread(*find_metric(e.metric), checked)) return;
    std::string actual(models::name_of(judge_.guarantee(argument(e))));
    checked.actual = actual;
    bool equal = actual == e.word;
    checked.state = equal == (e.op == CompareOp::kEqual) ? State::kHolds : State::kBroken;
  }

  void check_final(const MetricDef& metric, const Expectation& e, CheckedExpectation& checked) const {
    if (unread(metric, checked)) return;
    Found found = final_value(e);
    checked.state = compare(found.value, e.op, e.value) ? State::kHolds : State::kBroken;
    checked.actual = value_text(metric.unit, found.value);
    if (!found.where.empty()) checked.actual += "  (" + found.where + ")";
    checked.why = found.why;
    checked.event = found.event;
  }

  Found final_value(const Expectation& e) const {
    const std::string& name = e.metric;
    if (name == "unavailable") return unavailable(argument(e));
    if (name == "produce_latency") return {latency(argument(e), argument(e, 1)), {}, {}, {}};
    if (name == "throughput") {
      sim::Duration span = std::min(scenario_.duration, end_ - sim::SimTime());
      int64_t millis = std::max<int64_t>(1, span.millis());
      return {judge_.acknowledged(argument(e)) * 1'000'000 / millis, {}, {}, {}};
    }
    if (name == "max_lag") {
      const Series* lag = recorder_.find("lag", argument(e));
      return {lag == nullptr ? 0 : lag->max(), {}, {}, {}};
    }
    if (name == "lost") return anomalies(AnomalyKind::kLost, {}, argument(e));
    if (name == "duplicated") return anomalies(AnomalyKind::kDuplicated, argument(e), {});
    if (name == "reordered") return anomalies(AnomalyKind::kReordered, argument(e), {});
    if (name == "phantom") return anomalies(AnomalyKind::kPhantom, argument(e), {});
    if (name == "skipped") return anomalies(AnomalyKind::kSkipped, argument(e), {});
    SIM_CHECK(name == "inconsistent_offsets", name);
    return anomalies(AnomalyKind::kInconsistentOffset, {}, {});
  }

  // A topic's name, or a partition's.
  std::pair<std::string, int32_t> place(const std::string& text) const {
    for (const TopicPlan& topic : scenario_.topics) {
      if (topic.name == text) return {text, -1};
    }
    if (text.empty()) return {text, -1};
    models::TopicPartition partition = partition_named(text);
    return {partition.topic, partition.partition};
  }

  Found anomalies(AnomalyKind kind, const std::string& reader, const std::string& where) const {
    auto [topic, partition] = place(where);
    Found found;
    found.value = judge_.count(kind, reader, topic, partition);
    for (const models::Anomaly& anomaly : judge_.anomalies()) {
      bool here = anomaly.kind == kind && anomaly.reader == reader &&
                  (topic.empty() || anomaly.partition.topic == topic) &&
                  (partition < 0 || anomaly.partition.partition == partition);
      if (!here) continue;
      found.event = anomaly.event;
      found.why = anomaly.permitted_by.empty() ? "no setting permits it" : "permitted by " + anomaly.permitted_by;
      break;
    }
    return found;
  }

  Found unavailable(const std::string& where) const {
    auto [topic, partition] = place(where);
    auto window = judge_.unavailable(topic, partition);
    if (!window) return {};
    return {window->length().nanos(),
            fmt::format("{} - {}, {}", clock_of(window->from), clock_of(window->to),
                        to_string(window->partition)),
            {}, {}};
  }

  int64_t latency(const std::string& percentile, const std::string& producer) const {
    models::Latencies all = judge_.latencies(producer);
    if (percentile == "p50") return all.p50.nanos();
    if (percentile == "p90") return all.p90.nanos();
    if (percentile == "p99") return all.p99.nanos();
    if (percentile == "p999") return all.p999.nanos();
    return all.max.nanos();
  }

  void check_series(const MetricDef& metric, const Expectation& e, CheckedExpectation& checked) const {
    static const Series kNothing;
    const Series* recorded = recorder_.find(metric.name, argument(e));
    const Series& series = recorded == nullptr ? kNothing : *recorded;
    using When = AskedWhen::Kind;
    if (e.when.kind == When::kAtEnd || e.when.kind == When::kAt) {
      bool known = e.when.kind == When::kAtEnd ? over_ : e.when.from <= end_;
      check_value(metric, e, known, e.when.kind == When::kAtEnd ? series.last() : series.at(e.when.from), checked);
    } else if (metric.kind == MetricKind::kCounter && e.when.kind == When::kDuring) {
      check_value(metric, e, e.when.to <= end_, series.at(e.when.to) - series.at(e.when.from), checked);
    } else {
      sim::SimTime from = e.when.kind == When::kDuring ? e.when.from : sim::SimTime();
      sim::SimTime to = e.when.kind == When::kDuring ? std::min(e.when.to, end_) : end_;
      check_span(metric, e, series, from, to, checked);
    }
  }

  static void check_value(const MetricDef& metric, const Expectation& e, bool known, int64_t value,
                          CheckedExpectation& checked) {
    if (!known) {
      checked.actual = "unknown";
      checked.why = "the run ended before";
      return;
    }
    checked.state = compare(value, e.op, e.value) ? State::kHolds : State::kBroken;
    checked.actual = value_text(metric.unit, value);
  }

  // Holds if it does at each time of [from, to].
  static void check_span(const MetricDef& metric, const Expectation& e, const Series& series,
                         sim::SimTime from, sim::SimTime to, CheckedExpectation& checked) {
    int64_t value = series.at(from);
    sim::SimTime when = from;
    checked.state = State::kHolds;
    auto look = [&](int64_t now, sim::SimTime at) {
      if (checked.state == State::kBroken) return;
      value = now;
      when = at;
      if (!compare(now, e.op, e.value)) checked.state = State::kBroken;
    };
    look(value, from);
    for (const Series::Point& point : series.points()) {
      if (point.at > from && point.at <= to) look(point.value, point.at);
    }
    checked.actual = checked.state == State::kHolds
                         ? "all the time"
                         : fmt::format("{} at {}", value_text(metric.unit, value), clock_of(when));
  }

  const Scenario& scenario_;
  const Recorder& recorder_;
  const models::Judge& judge_;
  bool over_;
  sim::SimTime end_;
};

}  // namespace

std::string value_text(MetricUnit unit, int64_t value) {
  switch (unit) {
    case MetricUnit::kDuration: return text_of(sim::Duration::nanos(value));
    case MetricUnit::kRate: return rate_of(value);
    default: return with_commas(value);
  }
}

std::vector<Figure> measure(const Scenario& scenario, const Recorder& recorder, const models::Judge& judge,
                            sim::SimTime end) {
  return Checker(scenario, recorder, judge, true, end).measure();
}

std::vector<CheckedExpectation> check_expectations(const Scenario& scenario, const Recorder& recorder,
                                                   const models::Judge& judge, bool over,
                                                   sim::SimTime end) {
  Checker checker(scenario, recorder, judge, over, end);
  std::vector<CheckedExpectation> all;
  for (const Expectation& expectation : scenario.expect) all.push_back(checker.check(expectation));
  return all;
}

}  // namespace scenarios
