// SPDX-License-Identifier: Apache-2.0
//
// What an event costs in the kernel around an empty handler: queue, slot, dispatch, effect, digest.

#include <benchmark/benchmark.h>

#include <memory>

#include "sim/world.h"
#include "tests/bench/increments.h"

namespace bench {
namespace {

Increments& increments() {
  static Increments shared;
  return shared;
}

// Each event schedules another one an exponential time later; nothing else.
class Idle final : public sim::Process {
 public:
  Idle(int64_t pending, bool timers) : pending_(pending), timers_(timers) {}
  std::unique_ptr<Process> clone() const override { return std::make_unique<Idle>(*this); }
  void on_boot(sim::Context& context) override {
    for (int64_t i = 0; i < pending_; ++i) next(i, context);
  }
  void on_timer(sim::TimerName name, sim::Context& context) override { next(name.number, context); }
  void on_service(int64_t work, sim::Context& context) override { next(work, context); }
  void on_stop(sim::Context&) override {}
  void on_message(sim::ConnectionId, sim::ProcessId, const sim::MessageHandle&, sim::SimTime,
                  sim::Context&) override {}
  void on_connected(sim::ConnectionId, sim::Context&) override {}
  void on_closed(sim::ConnectionId, sim::CloseReason, sim::Context&) override {}
  void on_flushed(int64_t, sim::Context&) override {}
  void show_state(sim::FieldSink&) const override {}

 private:
  void next(int64_t number, sim::Context& context) {
    sim::Duration after = sim::Duration::nanos(increments().next());
    context.handled_at("idle.on_event");
    if (timers_) {
      context.arm({{1, number}, after, "Idle"});
    } else {
      context.serve_at(context.now() + after, number);
    }
  }
  int64_t pending_;
  bool timers_;
};

class IdleFactory final : public sim::ProcessFactory {
 public:
  IdleFactory(int64_t pending, bool timers) : pending_(pending), timers_(timers) {}
  std::unique_ptr<sim::Process> build() const override { return std::make_unique<Idle>(pending_, timers_); }

 private:
  int64_t pending_;
  bool timers_;
};

sim::World idle_world(int64_t pending, bool timers, size_t ring) {
  constexpr int64_t kProcesses = 10;
  sim::World world({.seed = 1, .start = sim::SimTime(), .ring = ring});
  sim::ZoneId zone = world.topology().add_zone("zone", world.topology().add_region("region"));
  auto factory = std::make_shared<IdleFactory>(pending / kProcesses, timers);
  for (int64_t i = 0; i < kProcesses; ++i) {
    sim::HostId host = world.add_host({.name = "host", .zone = zone});
    world.boot(world.add_process(host, "idle", factory));
  }
  for (int64_t i = 0; i < 2 * pending; ++i) world.step();
  return world;
}

void kernel_empty_handler(benchmark::State& state) {
  sim::World world = idle_world(state.range(0), false, 0);
  for (auto _ : state) world.step();
}

void kernel_empty_handler_with_ring(benchmark::State& state) {
  sim::World world = idle_world(state.range(0), false, 4096);
  for (auto _ : state) world.step();
}

void kernel_named_timers(benchmark::State& state) {
  sim::World world = idle_world(state.range(0), true, 0);
  for (auto _ : state) world.step();
}

void kernel_fork(benchmark::State& state) {
  sim::World world = idle_world(state.range(0), false, 0);
  for (auto _ : state) {
    sim::World fork(world);
    benchmark::DoNotOptimize(fork.events_pending());
  }
}

BENCHMARK(kernel_empty_handler)->Arg(10'000);
BENCHMARK(kernel_empty_handler_with_ring)->Arg(10'000);
BENCHMARK(kernel_named_timers)->Arg(10'000);
BENCHMARK(kernel_fork)->Arg(10'000);

}  // namespace
}  // namespace bench
