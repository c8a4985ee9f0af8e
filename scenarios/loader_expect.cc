// SPDX-License-Identifier: Apache-2.0
//
// METRIC(ARGS) OP VALUE [at T | at end | during A..B | always]

#include <algorithm>

#include "fmt/format.h"
#include "scenarios/loader_parts.h"
#include "scenarios/metrics.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

constexpr std::string_view kHowExpect =
    "write METRIC(ARGUMENTS) OP VALUE, as \"lag(billing) == 0 at end\"";
constexpr std::string_view kGuarantees = "exactly-once at-least-once at-most-once none";
constexpr std::string_view kPercentiles = "p50 p90 p99 p999 max";

absl::Status wrong(std::string message) { return absl::InvalidArgumentError(message); }

std::string_view trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool has_word(std::string_view words, std::string_view word) {
  std::vector<std::string_view> all = split_words(words);
  return std::find(all.begin(), all.end(), word) != all.end();
}

// One that no other begins with stands before those that begin with it.
constexpr CompareOp kOps[] = {CompareOp::kEqual,        CompareOp::kNotEqual, CompareOp::kLessEqual,
                              CompareOp::kGreaterEqual, CompareOp::kLess,     CompareOp::kGreater};

class ExpectationReader {
 public:
  ExpectationReader(const Scenario& scenario, std::string_view text)
      : scenario_(scenario), text_(text), rest_(trimmed(text)) {}

  absl::StatusOr<Expectation> read() {
    expectation_.text = std::string(text_);
    for (auto step : {&ExpectationReader::read_metric, &ExpectationReader::read_arguments,
                      &ExpectationReader::read_op, &ExpectationReader::read_value,
                      &ExpectationReader::read_when, &ExpectationReader::check_when}) {
      absl::Status status = (this->*step)();
      if (!status.ok()) return status;
    }
    return expectation_;
  }

 private:
  absl::Status malformed() const {
    return wrong(fmt::format("{} is no expectation; {}", in_quotes(text_), kHowExpect));
  }

  std::string_view take_until(std::string_view ends) {
    size_t end = std::min(rest_.find_first_of(ends), rest_.size());
    std::string_view taken = rest_.substr(0, end);
    rest_ = trimmed(rest_.substr(end));
    return taken;
  }

  absl::Status read_metric() {
    std::string_view name = take_until(" (=!<>");
    if (name.empty()) return malformed();
    metric_ = find_metric(name);
    if (metric_ == nullptr) return unknown_metric(name);
    expectation_.metric = std::string(name);
    return absl::OkStatus();
  }

  static absl::Status unknown_metric(std::string_view name) {
    std::vector<std::string_view> names;
    for (const MetricDef& metric : all_metrics()) names.push_back(metric.name);
    return wrong(fmt::format("unknown metric {}{}  (faultline metrics lists all)", in_quotes(name),
                             did_you_mean(name, names)));
  }

  absl::Status read_arguments() {
    if (!rest_.empty() && rest_[0] == '(') {
      rest_.remove_prefix(1);
      std::string_view inside = take_until(")");
      if (rest_.empty()) return wrong("the \"(\" is never closed");
      rest_ = trimmed(rest_.substr(1));
      split_arguments(inside);
    }
    return check_arguments();
  }

  void split_arguments(std::string_view inside) {
    if (trimmed(inside).empty()) return;
    for (size_t comma = 0; comma != std::string_view::npos;) {
      comma = inside.find(',');
      expectation_.arguments.emplace_back(trimmed(inside.substr(0, comma)));
      if (comma != std::string_view::npos) inside.remove_prefix(comma + 1);
    }
  }

  absl::Status check_arguments() const {
    const std::vector<std::string>& given = expectation_.arguments;
    switch (metric_->argument) {
      case MetricArgument::kNone:
        return check_count(0, 0, "takes no argument");
      case MetricArgument::kTopicOrPartition:
        return given.size() == 1 ? check_topic_or_partition(given[0])
                                 : check_count(0, 1, "takes a topic or a partition");
      case MetricArgument::kPartition:
        return given.size() == 1 ? parse_partition(scenario_, given[0]).status()
                                 : check_count(1, 1, "needs a partition, as \"orders-0\"");
      case MetricArgument::kConsumer:
        return given.size() == 1 ? check_consumer(given[0]) : check_count(1, 1, "needs a consumer");
      case MetricArgument::kMaybeConsumer:
        return given.size() == 1 ? check_consumer(given[0]) : check_count(0, 1, "takes a consumer");
      case MetricArgument::kMaybeProducer:
        return given.size() == 1 ? check_producer(given[0]) : check_count(0, 1, "takes a producer");
      case MetricArgument::kPercentile:
        return check_percentile();
    }
    return absl::OkStatus();
  }

  absl::Status check_count(size_t least, size_t most, std::string_view takes) const {
    size_t given = expectation_.arguments.size();
    if (given >= least && given <= most) return absl::OkStatus();
    return wrong(fmt::format("{} {}", metric_->name, takes));
  }

  absl::Status check_topic_or_partition(std::string_view argument) const {
    absl::Status topic = check_topic(scenario_, argument);
    if (topic.ok()) return topic;
    absl::Status partition = parse_partition(scenario_, argument).status();
    // Of the two messages, the one for what was meant.
    size_t dash = argument.rfind('-');
    bool number = dash != std::string_view::npos && dash + 1 < argument.size() &&
                  argument.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
    return number ? partition : topic;
  }

  absl::Status check_consumer(std::string_view argument) const {
    if (find_consumer(scenario_, argument) != nullptr) return absl::OkStatus();
    std::vector<std::string_view> names;
    for (const ConsumerPlan& consumer : scenario_.consumers) names.push_back(consumer.name);
    return wrong(fmt::format("there is no consumer {}{}", in_quotes(argument),
                             did_you_mean(argument, names)));
  }

  absl::Status check_producer(std::string_view argument) const {
    if (find_producer(scenario_, argument) != nullptr) return absl::OkStatus();
    std::vector<std::string_view> names;
    for (const ProducerPlan& producer : scenario_.producers) names.push_back(producer.name);
    return wrong(fmt::format("there is no producer {}{}", in_quotes(argument),
                             did_you_mean(argument, names)));
  }

  absl::Status check_percentile() const {
    const std::vector<std::string>& given = expectation_.arguments;
    absl::Status counted =
        check_count(1, 2, "needs a percentile, and takes a producer: (p99, NAME)");
    if (!counted.ok()) return counted;
    if (!has_word(kPercentiles, given[0])) {
      return wrong(fmt::format("{} is no percentile; allowed: {}", in_quotes(given[0]),
                               fmt::join(split_words(kPercentiles), ", ")));
    }
    return given.size() == 2 ? check_producer(given[1]) : absl::OkStatus();
  }

  absl::Status read_op() {
    for (CompareOp op : kOps) {
      std::string_view name = name_of(op);
      if (rest_.substr(0, name.size()) != name) continue;
      rest_ = trimmed(rest_.substr(name.size()));
      expectation_.op = op;
      return absl::OkStatus();
    }
    if (rest_.empty()) return malformed();
    return wrong(fmt::format("{} does not begin with a comparison; use ==, !=, <, <=, > or >=",
                             in_quotes(rest_)));
  }

  absl::Status read_value() {
    std::string_view value = take_until(" ");
    if (value.empty()) return wrong("the value is missing");
    switch (metric_->unit) {
      case MetricUnit::kGuarantee:
        return read_guarantee(value);
      case MetricUnit::kDuration:
        return read_duration(value);
      case MetricUnit::kRate:
        return read_rate(value);
      case MetricUnit::kRecords:
      case MetricUnit::kCount:
      case MetricUnit::kNode:
        return read_count(value);
    }
    return absl::OkStatus();
  }

  absl::Status read_guarantee(std::string_view value) {
    if (expectation_.op != CompareOp::kEqual) return wrong("guarantee is compared with == only");
    expectation_.word = std::string(value);
    if (has_word(kGuarantees, value)) return absl::OkStatus();
    std::vector<std::string_view> words = split_words(kGuarantees);
    return wrong(fmt::format("unknown guarantee {}{}; allowed: {}", in_quotes(value),
                             did_you_mean(value, words), fmt::join(words, ", ")));
  }

  absl::Status read_duration(std::string_view value) {
    absl::StatusOr<sim::Duration> duration = parse_duration(value);
    if (!duration.ok()) return duration.status();
    expectation_.value = duration->nanos();
    return absl::OkStatus();
  }

  absl::Status read_rate(std::string_view value) {
    absl::StatusOr<Rate> rate = parse_rate(value);
    if (!rate.ok()) return rate.status();
    expectation_.value = thousandths_per_second(*rate);
    return absl::OkStatus();
  }

  absl::Status read_count(std::string_view value) {
    absl::StatusOr<int64_t> number = parse_integer(value);
    if (!number.ok()) {
      return wrong(fmt::format("{} counts {}: {}", metric_->name, name_of(metric_->unit),
                               std::string(number.status().message())));
    }
    // -1 is the leader that is not there; no other count goes below 0.
    int64_t least = metric_->unit == MetricUnit::kNode ? -1 : 0;
    if (*number < least) {
      return wrong(
          fmt::format("{} is too small; {} is never below {}", value, metric_->name, least));
    }
    expectation_.value = *number;
    return absl::OkStatus();
  }

  absl::Status read_when() {
    expectation_.has_time = !rest_.empty();
    if (rest_.empty() || rest_ == "at end") return absl::OkStatus();
    std::string_view all = rest_;
    std::string_view word = take_until(" ");
    if (word == "always" && rest_.empty()) {
      expectation_.when.kind = AskedWhen::Kind::kAlways;
      return absl::OkStatus();
    }
    if (word == "at") return read_at(rest_);
    if (word == "during") return read_during(rest_);
    return wrong(
        fmt::format("{} is no time; write at T, at end, during A..B or always", in_quotes(all)));
  }

  absl::Status read_at(std::string_view text) {
    absl::StatusOr<sim::Duration> time = parse_duration(text);
    if (!time.ok()) return time.status();
    expectation_.when = {AskedWhen::Kind::kAt, sim::SimTime() + *time, sim::SimTime() + *time};
    return absl::OkStatus();
  }

  absl::Status read_during(std::string_view text) {
    size_t dots = text.find("..");
    if (dots == std::string_view::npos) {
      return wrong(fmt::format("{} is no span; write during 10s..20s", in_quotes(text)));
    }
    absl::StatusOr<sim::Duration> from = parse_duration(trimmed(text.substr(0, dots)));
    absl::StatusOr<sim::Duration> to = parse_duration(trimmed(text.substr(dots + 2)));
    if (!from.ok()) return from.status();
    if (!to.ok()) return to.status();
    if (*from >= *to) return wrong(fmt::format("{} ends before it begins", in_quotes(text)));
    expectation_.when = {AskedWhen::Kind::kDuring, sim::SimTime() + *from, sim::SimTime() + *to};
    return absl::OkStatus();
  }

  absl::Status check_when() {
    const AskedWhen& when = expectation_.when;
    if (metric_->kind == MetricKind::kFinal && when.kind != AskedWhen::Kind::kAtEnd) {
      return wrong(fmt::format("{} is known when the run is over; it can only be asked at end",
                               metric_->name));
    }
    bool timed = when.kind == AskedWhen::Kind::kAt || when.kind == AskedWhen::Kind::kDuring;
    bool known = scenario_.duration > sim::Duration();
    if (!timed || !known || when.to - sim::SimTime() <= scenario_.duration) return absl::OkStatus();
    return wrong(fmt::format("{} is after the end of the run, which lasts {}",
                             duration_text(when.to - sim::SimTime()),
                             duration_text(scenario_.duration)));
  }

  const Scenario& scenario_;
  std::string_view text_;
  std::string_view rest_;
  const MetricDef* metric_ = nullptr;
  Expectation expectation_;
};

}  // namespace

absl::StatusOr<Expectation> parse_expectation(const Scenario& scenario, std::string_view text) {
  return ExpectationReader(scenario, text).read();
}

void load_expectations(const Fields& root, Scenario& scenario, ProblemList& problems) {
  for (const JsonValue* text : root.texts("expect")) {
    if (problems.full()) return;
    absl::StatusOr<Expectation> expectation = parse_expectation(scenario, text->text);
    if (!expectation.ok()) {
      problems.at_value(*text, std::string(expectation.status().message()));
      continue;
    }
    scenario.expect.push_back(*std::move(expectation));
  }
}

}  // namespace scenarios
