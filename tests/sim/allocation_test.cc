// SPDX-License-Identifier: Apache-2.0
//
// In its steady state the kernel allocates nothing for an event. Counted by replacing operator new in
// this test program.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "sim/world.h"

namespace {
int64_t g_allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++g_allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace sim {
namespace {

// Keeps `pending` works and as many timers going.
class Clockwork final : public Process {
 public:
  std::unique_ptr<Process> clone() const override { return std::make_unique<Clockwork>(*this); }
  void on_boot(Context& context) override {
    for (int64_t i = 0; i < 100; ++i) {
      context.serve_at(context.now() + Duration::micros(10 + i), i);
      context.arm({{1, i}, Duration::micros(20 + i), "Clockwork"});
    }
  }
  void on_timer(TimerName name, Context& context) override {
    context.handled_at("clockwork.on_timer");
    context.arm({name, Duration::micros(30 + name.number % 7), "Clockwork"});
  }
  void on_service(int64_t work, Context& context) override {
    context.handled_at("clockwork.on_service");
    context.serve_at(context.now() + Duration::micros(15 + work % 11), work);
  }
  void on_stop(Context&) override {}
  void on_message(ConnectionId, ProcessId, const MessageHandle&, SimTime, Context&) override {}
  void on_connected(ConnectionId, Context&) override {}
  void on_closed(ConnectionId, CloseReason, Context&) override {}
  void on_flushed(int64_t, Context&) override {}
  void show_state(FieldSink&) const override {}
};
class ClockworkFactory final : public ProcessFactory {
 public:
  std::unique_ptr<Process> build() const override { return std::make_unique<Clockwork>(); }
};

TEST(Allocation, an_event_in_the_steady_state_allocates_nothing) {
  World world({.seed = 1, .start = SimTime(), .ring = 256});
  ZoneId zone = world.topology().add_zone("zone", world.topology().add_region("region"));
  world.boot(world.add_process(world.add_host({.name = "host", .zone = zone}), "clockwork",
                               std::make_shared<ClockworkFactory>()));
  for (int i = 0; i < 50'000; ++i) world.step();
  int64_t before = g_allocations;
  auto probe = std::make_unique<int>(1);
  ASSERT_EQ(g_allocations, before + 1);  // The count counts.
  before = g_allocations;
  for (int i = 0; i < 50'000; ++i) world.step();
  EXPECT_EQ(g_allocations - before, 0);
}

}  // namespace
}  // namespace sim
