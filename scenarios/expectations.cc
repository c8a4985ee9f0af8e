// SPDX-License-Identifier: Apache-2.0

#include "scenarios/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "scenarios/evidence.h"
#include "scenarios/format.h"
#include "scenarios/metrics.h"
#include "sim/check.h"

namespace scenarios {

namespace {

using models::AnomalyKind;
using models::Guarantee;
using State = CheckedExpectation::State;

constexpr const char* kNoPermission = "no setting permits it";

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
        cut_(std::move(end.cut)),
        convergence_(end.convergence),
        evidence_(recorder, end.faults) {}

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
    if (scenario_.cluster.controllers > 1) final("no_controller", {});
    for (const char* percentile : {"p50", "p99", "max"}) final("produce_latency", {percentile});
    for (const char* name : {"throughput", "lost", "duplicated", "reordered"}) final(name, {});
    if (may_delete()) final("deleted", {});
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
    if (checked.state == State::kHolds) look_for_population(expectation, checked);
    if (checked.state == State::kBroken && checked.event.value() == 0)
      checked.event = evidence_of(*metric, expectation);
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
  // Is anything deleted in a run of this length?
  bool may_delete() const {
    bool asked = std::any_of(
        scenario_.actions.begin(), scenario_.actions.end(),
        [](const ActionPlan& action) { return action.verb == ActionVerb::kDeleteRecords; });
    return asked ||
           std::any_of(
               scenario_.topics.begin(), scenario_.topics.end(), [&](const TopicPlan& topic) {
                 const models::TopicConfig& config = topic.config;
                 bool by_age =
                     config.retention_ms >= 0 && config.retention_ms < scenario_.duration.millis();
                 return config.cleanup_policy.compacts || config.retention_bytes >= 0 || by_age;
               });
  }
  // Its value never falls while a run goes on.
  static bool only_rises(const MetricDef& metric, const Expectation& e) {
    return metric.kind == MetricKind::kCounter || metric.name == "unavailable" ||
           metric.name == "no_controller" || metric.name == "max_lag" || (metric.name == "produce_latency" && argument(e) == "max");
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

  // What holds only because there was nothing of which it could not hold, was not judged.
  void look_for_population(const Expectation& e, CheckedExpectation& checked) const {
    std::string nothing = nothing_of(e);
    if (nothing.empty()) return;
    not_judged(checked, std::move(nothing));
    checked.event = {};
  }

  // Why there is nothing that the metric could tell of; empty: there is.
  std::string nothing_of(const Expectation& e) const {
    const std::string& name = e.metric;
    std::string first = argument(e);
    auto unless = [](int64_t population, std::string text) {
      return population > 0 ? std::string() : std::move(text);
    };
    if (name == "lost") {
      auto [topic, partition] = place(first);
      return unless(judge_.acknowledged_in(topic, partition),
                    "nothing was acknowledged" + of(first));
    }
    if (name == "unavailable") {
      auto [topic, partition] = place(first);
      return unless(judge_.sent_in(topic, partition), "nothing was sent" + of(first, " to "));
    }
    if (name == "produce_latency")
      return unless(judge_.acknowledged(argument(e, 1)),
                    "nothing was acknowledged" + of(argument(e, 1)));
    if (name == "throughput" || name == "failed")
      return unless(judge_.produced(first), "nothing was sent" + of(first, " by "));
    if (name == "duplicated" || name == "reordered" || name == "phantom" || name == "skipped") {
      if (first.empty()) return unless(judge_.audited_records(), "nothing was stored");
      return unless(judge_.consumed(first), first + " was given nothing");
    }
    if (name == "inconsistent_offsets")
      return unless(judge_.audited_records() + judge_.consumed(), "nothing was read");
    if (name == "convergence") {
      if (convergence_.after) return {};
      return fmt::format("it was waited for {} and no longer: {}", text_of(convergence_.waited),
                         convergence_.missing);
    }
    if (name == "lag" || name == "max_lag") {
      const Series* lag = recorder_.find("lag", first);
      int64_t highest = lag == nullptr ? 0 : lag->max();
      return unless(judge_.consumed(first) + highest, "there was nothing to read for " + first);
    }
    return {};
  }
  static std::string of(const std::string& argument, const char* word = " of ") {
    return argument.empty() ? "" : word + argument;
  }

  // Where the explanation of an expectation that does not hold starts.
  sim::EventId evidence_of(const MetricDef& metric, const Expectation& e) const {
    std::string_view name = metric.name;
    bool too_much =
        e.op == CompareOp::kEqual || e.op == CompareOp::kLess || e.op == CompareOp::kLessEqual;
    if (name == "guarantee") return evidence_of_reader(argument(e));
    if (name == "produce_latency") return evidence_of_record(judge_.slowest(argument(e, 1)));
    if (name == "unavailable" || name == "throughput") return evidence_of_window(e);
    if (name == "failed" && !too_much) return {};
    if (name == "failed") return evidence_of_record(judge_.first_failure(argument(e)));
    if (name == "max_lag") {
      const Series* lag = recorder_.find("lag", argument(e));
      return lag == nullptr ? sim::EventId()
                            : evidence_.of_gauge(name, argument(e), lag->time_of_max());
    }
    if (metric.kind == MetricKind::kCounter && too_much) {
      bool during = e.when.kind == AskedWhen::Kind::kDuring;
      return evidence_.of_counter(name, argument(e), during ? e.when.from : sim::SimTime(), end_);
    }
    if (metric.kind == MetricKind::kGauge)
      return evidence_.of_gauge(name, argument(e), broken_at(e));
    return {};
  }

  sim::EventId evidence_of_window(const Expectation& e) const {
    std::string where = e.metric == "unavailable" ? argument(e) : "";
    auto [topic, partition] = place(where);
    auto window = judge_.unavailable(topic, partition);
    if (!window) return {};
    return evidence_.of_waiting(window->partition, window->from, window->to);
  }

  // What held up a record; else its callback.
  sim::EventId evidence_of_record(const models::SentRecord* record) const {
    if (record == nullptr) return {};
    sim::EventId event =
        evidence_.of_waiting(judge_.partition_of(*record), record->sent, record->decided);
    return event.value() != 0 ? event : record->event;
  }

  // Of a consumer's guarantee: the first record that it was denied, that was lost, or that it was
  // given again.
  sim::EventId evidence_of_reader(const std::string& reader) const {
    const std::pair<AnomalyKind, std::string> kinds[] = {{AnomalyKind::kSkipped, reader},
                                                         {AnomalyKind::kLost, ""},
                                                         {AnomalyKind::kDuplicated, reader},
                                                         {AnomalyKind::kDuplicated, ""},
                                                         {AnomalyKind::kPhantom, reader}};
    for (const auto& [kind, by] : kinds) {
      for (const models::Anomaly& anomaly : judge_.anomalies()) {
        if (anomaly.kind == kind && anomaly.reader == by) return anomaly.event;
      }
    }
    return {};
  }

  // The first time at which a gauge is not as expected.
  sim::SimTime broken_at(const Expectation& e) const {
    using When = AskedWhen::Kind;
    if (e.when.kind == When::kAt) return e.when.from;
    const Series* series = recorder_.find(e.metric, argument(e));
    if (e.when.kind == When::kAtEnd || series == nullptr) return end_;
    sim::SimTime from = e.when.kind == When::kDuring ? e.when.from : sim::SimTime();
    if (!compare(series->at(from), e.op, e.value)) return from;
    for (const Series::Point& point : series->points()) {
      if (point.at > from && !compare(point.value, e.op, e.value)) return point.at;
    }
    return end_;
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
    if (name == "no_controller") return without_controller();
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
    if (name == "convergence") return convergence();
    SIM_CHECK(name == "inconsistent_offsets", name);
    return inconsistent_offsets();
  }

  // What never came is longer than all that was waited for it.
  Found convergence() const {
    if (convergence_.after) return {convergence_.after->nanos(), {}, {}, {}};
    return {convergence_.waited.nanos() + 1,
            "and not yet: " + convergence_.missing,
            {},
            evidence_.of_fault(sim::SimTime(), end_)};
  }

  // Of all readers: each of them may be the one that disagrees.
  Found inconsistent_offsets() const {
    Found all = anomalies(AnomalyKind::kInconsistentOffset, {}, {});
    for (const ConsumerPlan& plan : scenario_.consumers) {
      Found found = anomalies(AnomalyKind::kInconsistentOffset, plan.name, {});
      bool graver = found.why == kNoPermission && all.why != kNoPermission;
      if (found.value > 0 && (all.value == 0 || graver)) {
        all.why = found.why;
        all.event = found.event;
      }
      all.value += found.value;
    }
    return all;
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
      found.why = broken ? kNoPermission : "permitted by " + anomaly.permitted_by;
      if (broken) break;
    }
    return found;
  }

  int64_t removed(const std::string& where) const {
    auto [topic, partition] = place(where);
    return judge_.removed(topic, partition);
  }

  // The longest stretch at 0 of `active_controllers`, from its first point on.
  Found without_controller() const {
    const Series* active = recorder_.find("active_controllers", "");
    Found longest{};
    if (active == nullptr) return longest;
    const std::vector<Series::Point>& points = active->points();
    for (size_t i = 0; i < points.size(); ++i) {
      if (points[i].value > 0) continue;
      sim::SimTime until = i + 1 < points.size() ? points[i + 1].at : end_;
      int64_t nanos = (until - points[i].at).nanos();
      if (nanos <= longest.value) continue;
      longest.value = nanos;
      longest.where = clock_of(points[i].at) + " - " + clock_of(until);
    }
    return longest;
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
  const Convergence& convergence_;
  Evidence evidence_;
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
                            const models::Judge& judge, const RunEnd& end) {
  return Checker(scenario, recorder, judge, end).measure();
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
