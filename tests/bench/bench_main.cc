// SPDX-License-Identifier: Apache-2.0
//
// Runs all benchmarks in turn, several rounds, and prints the medians as ratios: machines are
// noisy, ratios taken in one run are not. The yardstick (a) is the bare 4-ary heap's push + pop at
// 10,000 pending.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bench {
namespace {

struct Row {
  const char* name;
  const char* against;  // The benchmark it is divided by.
  const char* goal;     // Of the ratio; empty: none.
  double items = 1;     // One iteration of the benchmark does so many.
};

constexpr const char* kYardstick = "hold_bare_heap/10000";

constexpr Row kRows[] = {
    {"hold_event_queue/100", "hold_bare_heap/100", "<= 1.2"},
    {"hold_event_queue/10000", "hold_bare_heap/10000", "<= 1.2"},
    {"hold_event_queue/1000000", "hold_bare_heap/1000000", "<= 1.2"},
    {"hold_priority_queue/100", "hold_bare_heap/100", ""},
    {"hold_priority_queue/10000", "hold_bare_heap/10000", ""},
    {"hold_priority_queue/1000000", "hold_bare_heap/1000000", ""},
    {"request_timeouts_cancelled", "request_timeouts_skipped", "<= 0.5"},
    {"kernel_empty_handler/10000", kYardstick, "<= 3"},
    {"kernel_empty_handler_with_ring/10000", "kernel_empty_handler/10000", ""},
    {"kernel_named_timers/10000", kYardstick, ""},
    {"leader_crash_event", kYardstick, "<= 15"},
    {"leader_crash_event_with_invariants", "leader_crash_event", "<= 1.15"},
    {"large_cluster_event_with_invariants", "large_cluster_event", "<= 1.15"},
    {"leader_crash_event_with_ring", "leader_crash_event", "<= 1.1"},
    {"leader_crash_event_to_jsonl", "leader_crash_event", ""},
    {"leader_crash_event_to_sqlite", "leader_crash_event", "<= 5"},
    {"trace_100k_to_jsonl", kYardstick, "", 100'000},
    {"trace_100k_to_sqlite", kYardstick, "", 100'000},
    {"log_append_64_kib", "copy_and_checksum_64_kib", "<= 2.5"},
    {"log_scan_64_kib", "copy_and_checksum_64_kib", "<= 2.5"},
    {"log_find_offset", "vector_find_offset", ""},
    {"log_recover_1_gib", "copy_10_mib", "<= 1.5 s"},
    {"world_fork_1_gib_log", "copy_10_mib", "<= 50 ms"},
    {"kernel_fork/10000", "copy_10_mib", ""},
    {"world_fork", "copy_10_mib", "<= 3"},
};

class Collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.aggregate_name != "median") continue;
      std::string name = run.run_name.function_name;
      if (!run.run_name.args.empty()) name += "/" + run.run_name.args;
      nanos_[name] = run.GetAdjustedRealTime();
      for (const auto& [counter, value] : run.counters) counters_[name][counter] = value.value;
    }
  }
  // The table's rows first, then what serves only to divide by.
  void print() const {
    fmt::print("{:<40} {:>12} {:>9}  {:<32} {:>7}\n", "benchmark (median)", "ns", "ratio", "to",
               "goal");
    std::set<std::string> done;
    for (const Row& row : kRows) {
      if (done.insert(row.name).second && nanos_.contains(row.name)) print_row(row);
    }
    for (const auto& [name, nanos] : nanos_) {
      if (!done.contains(name)) print_row({name.c_str(), "", ""});
    }
  }

 private:
  void print_row(const Row& row) const {
    double nanos = nanos_.at(row.name) / row.items;
    auto base = nanos_.find(row.against);
    bool divided = base != nanos_.end();
    fmt::print("{:<40} {:>12.1f} {:>9}  {:<32} {:>7}", row.name, nanos,
               divided ? fmt::format("{:.2f}", nanos / base->second) : "",
               divided ? row.against : "", row.goal);
    auto counters = counters_.find(row.name);
    if (counters != counters_.end()) {
      for (const auto& [counter, value] : counters->second)
        fmt::print("  {} {:.0f}", counter, value);
    }
    fmt::print("\n");
  }

  std::map<std::string, double> nanos_;
  std::map<std::string, std::map<std::string, double>> counters_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  // Defaults first; what the caller says wins.
  std::vector<std::string> arguments{argv[0], "--benchmark_repetitions=5",
                                     "--benchmark_enable_random_interleaving=true",
                                     "--benchmark_min_time=0.1"};
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;
  bench::Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  collector.print();
  return 0;
}
