// SPDX-License-Identifier: Apache-2.0
//
// The hold model: N events pending; each step takes the earliest and schedules another an exponential
// time later. And the request model: each reply cancels a timeout far in the future.

#include <benchmark/benchmark.h>

#include <queue>

#include "sim/event_queue.h"
#include "sim/scheduler.h"
#include "tests/bench/bare_heap.h"
#include "tests/bench/increments.h"

namespace bench {
namespace {

void hold_bare_heap(benchmark::State& state) {
  Increments increments;
  BareHeap heap;
  uint64_t sequence = 0;
  for (int64_t i = 0; i < state.range(0); ++i) heap.push({increments.next(), ++sequence, 0});
  for (auto _ : state) {
    BareEntry entry = heap.pop();
    heap.push({entry.time + increments.next(), ++sequence, entry.payload});
  }
}

struct Later {
  bool operator()(const BareEntry& a, const BareEntry& b) const { return b.before(a); }
};

void hold_priority_queue(benchmark::State& state) {
  Increments increments;
  std::priority_queue<BareEntry, std::vector<BareEntry>, Later> queue;
  uint64_t sequence = 0;
  for (int64_t i = 0; i < state.range(0); ++i) queue.push({increments.next(), ++sequence, 0});
  for (auto _ : state) {
    BareEntry entry = queue.top();
    queue.pop();
    queue.push({entry.time + increments.next(), ++sequence, entry.payload});
  }
}

void hold_event_queue(benchmark::State& state) {
  Increments increments;
  sim::EventQueue queue;
  uint64_t sequence = 0;
  for (int64_t i = 0; i < state.range(0); ++i)
    queue.push(sim::SimTime::at_nanos(increments.next()), ++sequence);
  for (auto _ : state) {
    sim::EventQueue::Entry entry = queue.pop();
    queue.push(entry.time + sim::Duration::nanos(increments.next()), ++sequence);
  }
}

// 100 requests in flight; each reply comes after 10 ms and cancels its 3 s timeout.
void request_timeouts_cancelled(benchmark::State& state) {
  sim::EventQueue queue;
  std::vector<sim::QueueHandle> timeouts(1 << 20);
  uint64_t sequence = 0;
  for (int i = 0; i < 100; ++i) {
    sim::QueueHandle reply = queue.push(sim::SimTime::at_nanos(i * 100'000), ++sequence);
    timeouts[reply.slot] = queue.push(sim::SimTime::at_millis(3000), ++sequence);
  }
  for (auto _ : state) {
    sim::EventQueue::Entry reply = queue.pop();
    queue.cancel(timeouts[reply.slot]);
    sim::QueueHandle next = queue.push(reply.time + sim::Duration::millis(10), ++sequence);
    timeouts[next.slot] = queue.push(reply.time + sim::Duration::millis(3000), ++sequence);
  }
  state.counters["held"] = static_cast<double>(queue.size());
}

void request_timeouts_skipped(benchmark::State& state) {
  BareHeap heap;
  uint64_t sequence = 0;
  for (int i = 0; i < 100; ++i) heap.push({i * 100'000, ++sequence, 1});
  for (auto _ : state) {
    BareEntry entry = heap.pop();
    while (entry.payload == 0) entry = heap.pop();  // A timeout whose reply has come.
    heap.push({entry.time + 10'000'000, ++sequence, 1});
    heap.push({entry.time + 3'000'000'000, ++sequence, 0});
  }
  state.counters["held"] = static_cast<double>(heap.size());
}

BENCHMARK(hold_bare_heap)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(hold_event_queue)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(hold_priority_queue)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(request_timeouts_cancelled);
BENCHMARK(request_timeouts_skipped);

}  // namespace
}  // namespace bench
