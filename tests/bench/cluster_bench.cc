// SPDX-License-Identifier: Apache-2.0
//
// leader_crash, a whole cluster of three brokers under load: what an event costs, bare and with
// everything that watches it. One iteration is one run; time is given for one event of the world.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "scenarios/loader.h"
#include "scenarios/run.h"
#include "scenarios/traced_run.h"

namespace bench {
namespace {

std::shared_ptr<const scenarios::Scenario> leader_crash() {
  static const auto kScenario = std::make_shared<const scenarios::Scenario>(
      *scenarios::load_scenario(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/library/leader_crash.json", {}).scenario);
  return kScenario;
}

// Counts a run's wall time divided by its events as the iteration's time.
template <class RunOnce>
void per_event(benchmark::State& state, const RunOnce& run_once) {
  double speed = 0;
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    scenarios::RunResult result = run_once();
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.SetIterationTime(seconds / static_cast<double>(result.events));
    speed = static_cast<double>(result.simulated.nanos()) / 1e9 / seconds;
  }
  state.counters["x_real_time"] = speed;
}

void leader_crash_event(benchmark::State& state) {
  per_event(state, [] { return scenarios::run_scenario(leader_crash(), {.invariants = false}); });
}
void leader_crash_event_with_invariants(benchmark::State& state) {
  per_event(state, [] { return scenarios::run_scenario(leader_crash(), {}); });
}
// Many brokers with many partitions: what invariants cost must not grow with the cluster.
std::shared_ptr<const scenarios::Scenario> many_by_hundred() {
  static const auto kScenario = std::make_shared<const scenarios::Scenario>(
      *scenarios::load_scenario_text(R"({"name": "large", "duration": "5s",
        "cluster": {"brokers": 64},
        "topics": {"orders": {"partitions": 100, "replication.factor": 3}},
        "producers": {"checkout": {"topic": "orders", "rate": "1000/s"}}})",
                                     "large.json", {})
           .scenario);
  return kScenario;
}
void large_cluster_event(benchmark::State& state) {
  per_event(state, [] {
    return scenarios::run_scenario(many_by_hundred(), {.invariants = false});
  });
}
void large_cluster_event_with_invariants(benchmark::State& state) {
  per_event(state, [] { return scenarios::run_scenario(many_by_hundred(), {}); });
}

void leader_crash_event_with_ring(benchmark::State& state) {
  per_event(state, [] { return scenarios::run_scenario(leader_crash(), {.ring = 4096, .invariants = false}); });
}

void traced(benchmark::State& state, const std::string& ending) {
  std::string path = "/tmp/faultline_bench_" + std::to_string(getpid()) + ending;
  per_event(state, [&] {
    return *scenarios::run_traced(leader_crash(), {.invariants = false}, path, nullptr, {});
  });
  std::remove(path.c_str());
}
void leader_crash_event_to_jsonl(benchmark::State& state) { traced(state, ".jsonl"); }
void leader_crash_event_to_sqlite(benchmark::State& state) { traced(state, ".db"); }

void world_fork(benchmark::State& state) {
  scenarios::Run run(leader_crash(), {.invariants = false});
  while (run.world().now() < sim::SimTime::at_millis(60'000) && run.step()) {}
  for (auto _ : state) {
    sim::World fork(run.world());
    benchmark::DoNotOptimize(fork.events_pending());
  }
}

void copy_10_mib(benchmark::State& state) {
  std::string bytes(10 << 20, 'x');
  for (auto _ : state) {
    std::string copy(bytes);
    benchmark::DoNotOptimize(copy.data());
  }
}

BENCHMARK(leader_crash_event)->UseManualTime()->Iterations(1);
BENCHMARK(leader_crash_event_with_invariants)->UseManualTime()->Iterations(1);
BENCHMARK(large_cluster_event)->UseManualTime()->Iterations(1);
BENCHMARK(large_cluster_event_with_invariants)->UseManualTime()->Iterations(1);
BENCHMARK(leader_crash_event_with_ring)->UseManualTime()->Iterations(1);
BENCHMARK(leader_crash_event_to_jsonl)->UseManualTime()->Iterations(1);
BENCHMARK(leader_crash_event_to_sqlite)->UseManualTime()->Iterations(1);
BENCHMARK(world_fork);
BENCHMARK(copy_10_mib);

}  // namespace
}  // namespace bench
