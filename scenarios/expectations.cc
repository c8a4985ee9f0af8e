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
using models::Guarantee;
using State = CheckedExpectation::State;

bool compare(int64_t a, CompareOp op, int64_t b) {
  switch (op) {
    case CompareOp::kEqual:
      return a == b;
    case CompareOp::kNotEqual:
      return a != b;
    case CompareOp::kLess:
      return a < b;
    case CompareOp::kLessEqual:
      return a <= b;
    case CompareOp::kGreater:
      return a > b;
    case CompareOp::kGreaterEqual:
      return a >= b;
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
  Checker(const Scenario& scenario, const Recorder& recorder, const models::Judge& judge,
          RunEnd end)
      : scenario_(scenario),
        recorder_(recorder),
        judge_(judge),
        over_(end.cut.empty()),
        end_(end.at),
        cut_(std::move(end.cut)) {}

  std::vector<Figure> measure() const {
    std::vector<Figure> figures;
    auto final = [&](const std::string& metric, std::vector<std::string> arguments) {
      if (needs_audit(metric) && !judge_.audited()) return;
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
  static bool needs_audit(std::string_view metric) {
    for (std::string_view name : {"lost", "deleted", "duplicated", "reordered", "phantom",
                                  "inconsistent_offsets", "skipped", "guarantee"}) {
      if (name == metric) return true;
    }
    return false;
  }
  // Its value never falls while a run goes on.
  static bool only_rises(const MetricDef& metric, const Expectation& e) {
    return metric.kind == MetricKind::kCounter || metric.name == "unavailable" ||
           metric.name == "max_lag" || (metric.name == "produce_latency" && argument(e) == "max");
  }
  // `value` will never be lower: what does that tell already?
  static State decided_by(int64_t value, const Expectation& e) {
    bool passed = value > e.value;
    switch (e.op) {
      case CompareOp::kLess:
        return value >= e.value ? State::kBroken : State::kUnknown;
      case CompareOp::kLessEqual:
      case CompareOp::kEqual:
        return passed ? State::kBroken : State::kUnknown;
      case CompareOp::kGreater:
      case CompareOp::kNotEqual:
        return passed ? State::kHolds : State::kUnknown;
      case CompareOp::kGreaterEqual:
        return value >= e.value ? State::kHolds : State::kUnknown;
    }
    return State::kUnknown;
  }

  static void not_judged(CheckedExpectation& checked, std::string why) {
    checked.state = State::kUnknown;
    checked.actual = "not judged";
    checked.why = std::move(why);
  }
  bool unaudited(const MetricDef& metric, CheckedExpectation& checked) const {
    if (!needs_audit(metric.name) || (over_ && judge_.audited())) return false;
    not_judged(checked, over_ ? "the auditor could not read every partition to its end"
                              : cut_ + ", before the auditor read what is stored");
    return true;
  }

  void check_guarantee(const Expectation& e, CheckedExpectation& checked) const {
    if (unaudited(*find_metric(e.metric), checked)) return;
    models::PlanJudgement judged = judge_.judgement(argument(e));
    bool once = e.word == models::name_of(Guarantee::kExactlyOnce) ||
                e.word == models::name_of(Guarantee::kAtMostOnce);
    if (judged.guarantee == Guarantee::kUnknown && judged.repeated && once) {
      checked.actual = "not " + e.word;
      checked.state = e.op == CompareOp::kEqual ? State::kBroken : State::kHolds;
      checked.why = why_of(Guarantee::kAtLeastOnce);
    } else if (judged.guarantee == Guarantee::kUnknown) {
      not_judged(
          checked,
          judged.unread == 0
              ? argument(e) + " was given nothing"
              : fmt::format("{} had not come to {} acknowledged {} when the run ended", argument(e),
                            with_commas(judged.unread), judged.unread == 1 ? "record" : "records"));
    } else {
      checked.actual = models::name_of(judged.guarantee);
      checked.why = why_of(judged.guarantee);
      bool equal = checked.actual == e.word;
      checked.state = equal == (e.op == CompareOp::kEqual) ? State::kHolds : State::kBroken;
    }
  }

  static std::string why_of(Guarantee guarantee) {
    std::string again = "it was given records more than once, or some that were never sent";
    std::string missed = "it was never given records that were acknowledged";
    switch (guarantee) {
      case Guarantee::kNone:
        return missed + ", and " + again;
      case Guarantee::kAtMostOnce:
        return missed;
      case Guarantee::kAtLeastOnce:
        return again;
      case Guarantee::kUnknown:
      case Guarantee::kExactlyOnce:
        break;
    }
    return {};
  }

  void check_final(const MetricDef& metric, const Expectation& e,
                   CheckedExpectation& checked) const {
    if (unaudited(metric, checked)) return;
    Found found = final_value(e);
    std::string actual = value_text(metric.unit, found.value);
    if (!over_ && !judge_rising(metric, e, found.value, checked)) return;
    if (over_) checked.state = compare(found.value, e.op, e.value) ? State::kHolds : State::kBroken;
    checked.actual = std::move(actual);
    if (!found.where.empty()) checked.actual += "  (" + found.where + ")";
    checked.why = found.why;
    checked.event = found.event;
  }

  // Of a run that was cut short: false if `value`, what there is so far, decides nothing.
  bool judge_rising(const MetricDef& metric, const Expectation& e, int64_t value,
                    CheckedExpectation& checked) const {
    checked.state = only_rises(metric, e) ? decided_by(value, e) : State::kUnknown;
    if (checked.state != State::kUnknown) return true;
    not_judged(checked, cut_);
    checked.actual += fmt::format(" ({} so far)", value_text(metric.unit, value));
    return false;
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
    if (name == "deleted") return {removed(argument(e)), {}, {}, {}};
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
      bool broken = anomaly.permitted_by.empty();
      if (!here || (!found.why.empty() && !broken)) continue;
      found.event = anomaly.event;
      found.why = broken ? "no setting permits it" : "permitted by " + anomaly.permitted_by;
      if (broken) break;
    }
    return found;
  }

  int64_t removed(const std::string& where) const {
    auto [topic, partition] = place(where);
    return judge_.removed(topic, partition);
  }

  Found unavailable(const std::string& where) const {
    auto [topic, partition] = place(where);
    auto window = judge_.unavailable(topic, partition);
    if (!window) return {};
    return {window->length().nanos(),
            fmt::format("{} - {}, {}", clock_of(window->from), clock_of(window->to),
                        to_string(window->partition)),
            {},
            {}};
  }

  int64_t latency(const std::string& percentile, const std::string& producer) const {
    models::Latencies all = judge_.latencies(producer);
    if (percentile == "p50") return all.p50.nanos();
    if (percentile == "p90") return all.p90.nanos();
    if (percentile == "p99") return all.p99.nanos();
    if (percentile == "p999") return all.p999.nanos();
    return all.max.nanos();
  }

  void check_series(const MetricDef& metric, const Expectation& e,
                    CheckedExpectation& checked) const {
    static const Series kNothing;
    const Series* recorded = recorder_.find(metric.name, argument(e));
    const Series& series = recorded == nullptr ? kNothing : *recorded;
    using When = AskedWhen::Kind;
    if (e.when.kind == When::kAtEnd) {
      check_value(metric, e, over_, series.last(), checked);
    } else if (e.when.kind == When::kAt) {
      check_value(metric, e, e.when.from <= end_, series.at(e.when.from), checked);
    } else if (metric.kind == MetricKind::kCounter && e.when.kind == When::kDuring) {
      int64_t grown = series.at(std::min(e.when.to, end_)) - series.at(std::min(e.when.from, end_));
      check_value(metric, e, e.when.to <= end_, grown, checked);
    } else {
      check_span(metric, e, series, checked);
    }
  }

  // `known`: the run came as far as the time that is asked for.
  void check_value(const MetricDef& metric, const Expectation& e, bool known, int64_t value,
                   CheckedExpectation& checked) const {
    if (known) {
      checked.state = compare(value, e.op, e.value) ? State::kHolds : State::kBroken;
    } else if (!judge_rising(metric, e, value, checked)) {
      return;
    }
    checked.actual = value_text(metric.unit, value);
  }

  // Holds if it does at each time of the span.
  void check_span(const MetricDef& metric, const Expectation& e, const Series& series,
                  CheckedExpectation& checked) const {
    bool during = e.when.kind == AskedWhen::Kind::kDuring;
    sim::SimTime from = during ? e.when.from : sim::SimTime();
    sim::SimTime to = during ? std::min(e.when.to, end_) : end_;
    bool whole = during ? e.when.to <= end_ : over_;
    if (from > end_) return not_judged(checked, cut_);
    checked.state = State::kHolds;
    auto look = [&](int64_t value, sim::SimTime at) {
      if (checked.state == State::kBroken || compare(value, e.op, e.value)) return;
      checked.state = State::kBroken;
      checked.actual = fmt::format("{} at {}", value_text(metric.unit, value), clock_of(at));
    };
    look(series.at(from), from);
    for (const Series::Point& point : series.points()) {
      if (point.at > from && point.at <= to) look(point.value, point.at);
    }
    if (checked.state == State::kBroken) return;
    if (!whole) {
      not_judged(checked, cut_);
      checked.actual += " (held so far)";
    } else {
      checked.actual = "all the time";
    }
  }

  const Scenario& scenario_;
  const Recorder& recorder_;
  const models::Judge& judge_;
  bool over_;
  sim::SimTime end_;
  std::string cut_;
};

}  // namespace

std::string value_text(MetricUnit unit, int64_t value) {
  switch (unit) {
    case MetricUnit::kDuration:
      return text_of(sim::Duration::nanos(value));
    case MetricUnit::kRate:
      return rate_of(value);
    default:
      return with_commas(value);
  }
}

std::vector<Figure> measure(const Scenario& scenario, const Recorder& recorder,
                            const models::Judge& judge, sim::SimTime end) {
  return Checker(scenario, recorder, judge, {end, {}}).measure();
}

std::vector<CheckedExpectation> check_expectations(const Scenario& scenario,
                                                   const Recorder& recorder,
                                                   const models::Judge& judge, const RunEnd& end) {
  Checker checker(scenario, recorder, judge, end);
  std::vector<CheckedExpectation> all;
  for (const Expectation& expectation : scenario.expect) all.push_back(checker.check(expectation));
  return all;
}

}  // namespace scenarios
