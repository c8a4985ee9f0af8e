// SPDX-License-Identifier: Apache-2.0

#include "scenarios/metrics.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"

namespace scenarios::cli {

namespace {

std::string form_of(const MetricDef& metric) {
  std::string name(metric.name);
  switch (metric.argument) {
    case MetricArgument::kNone:
      return name;
    case MetricArgument::kTopicOrPartition:
      return name + "[(TOPIC | TOPIC-PARTITION)]";
    case MetricArgument::kPartition:
      return name + "(TOPIC-PARTITION)";
    case MetricArgument::kConsumer:
      return name + "(CONSUMER)";
    case MetricArgument::kMaybeConsumer:
      return name + "[(CONSUMER)]";
    case MetricArgument::kMaybeProducer:
      return name + "[(PRODUCER)]";
    case MetricArgument::kPercentile:
      return name + "(p50|p90|p99|p999|max[, PRODUCER])";
  }
  return name;
}

std::string_view when_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::kFinal:
      return "at end";
    case MetricKind::kGauge:
      return "at T, at end, during A..B, always";
    case MetricKind::kCounter:
      return "at T, at end, during A..B (its growth), always";
  }
  return "";
}

int metrics(const std::string& wanted) {
  std::vector<std::string_view> known;
  bool found = false;
  for (const MetricDef& metric : all_metrics()) {
    known.push_back(metric.name);
    if (!wanted.empty() && metric.name != wanted) continue;
    print_wrapped(fmt::format("{:<52} {:<10} {}", form_of(metric), name_of(metric.unit),
                              when_of(metric.kind)),
                  53);
    print_wrapped("    " + std::string(metric.about), 4);
    found = true;
  }
  return found ? 0 : unknown_name("metric", wanted, known, "faultline metrics");
}

}  // namespace

void add_metrics(CLI::App& app, int& exit_code) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("metrics", "The metrics that \"expect\" can name");
  command->footer(
      "Example, in a scenario:\n  \"expect\": [ \"lost == 0\", \"isr(orders-0) >= 2 during "
      "20s..60s\" ]");
  command->add_option("NAME", *name, "One metric; without it: all")->type_name("");
  command->callback([name, &exit_code] { exit_code = metrics(*name); });
}

}  // namespace scenarios::cli
