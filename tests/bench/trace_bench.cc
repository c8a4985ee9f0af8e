// SPDX-License-Identifier: Apache-2.0
//
// What a trace record costs each sink: half of the events are messages with fields. SQLite's
// indexes, made at the end, are in its figure.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "fmt/format.h"
#include "scenarios/trace_file.h"

namespace bench {
namespace {

constexpr uint64_t kEvents = 100'000;

class Fetch final : public sim::MessageBody {
 public:
  std::string_view name() const override { return "FetchRequest"; }
  int64_t encoded_size() const override { return 120; }
  void show(sim::FieldSink& sink) const override {
    sink.integer("replica_id", 2);
    sink.integer("max_wait_ms", 500);
    sink.begin_list("partitions");
    for (int i = 0; i < 6; ++i) {
      sink.begin_group("");
      sink.text("topic", "orders");
      sink.integer("partition", i);
      sink.integer("fetch_offset", 123456);
      sink.end_group();
    }
    sink.end_list();
  }
};

// Some events were made long before they happen, as timers are: their ids come late and are odd.
sim::TraceEvent made_up(uint64_t number, const Fetch& fetch) {
  sim::TraceEvent event;
  bool timer = number % 16 == 3 && number > 5'000;
  event.id = sim::EventId(timer ? 2 * (number - 5'000) + 1 : 2 * number + 2);
  event.cause = sim::EventId(number);
  event.time = event.sent = sim::SimTime::at_nanos(static_cast<int64_t>(number) * 1'000);
  event.host = sim::HostId(static_cast<int32_t>(number % 7));
  event.process = sim::ProcessId(static_cast<int32_t>(number % 11));
  event.at = number % 2 == 0 ? "replica_manager.on_fetch" : "producer.on_timer";
  event.what = number % 2 == 0 ? fetch.name() : "SenderWakeup";
  if (number % 2 == 0) {
    event.message = &fetch;
    event.size = 120;
    event.peer = sim::ProcessId(3);
  }
  return event;
}

void write_trace(benchmark::State& state, const char* ending) {
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  std::string path = (folder / fmt::format("faultline_bench_{}{}", ::getpid(), ending)).string();
  Fetch fetch;
  for (auto _ : state) {
    auto file = scenarios::open_trace(path, {.scenario = "bench", .seed = 1, .version = "0"});
    if (!file.ok()) {
      state.SkipWithError(std::string(file.status().message()).c_str());
      break;
    }
    for (uint64_t i = 0; i < kEvents; ++i) (*file)->record(made_up(i, fetch));
    if (!(*file)->close({1, "PASS"}).ok()) state.SkipWithError("cannot write the trace");
  }
  state.counters["rows_per_second"] = benchmark::Counter(
      static_cast<double>(kEvents), benchmark::Counter::kIsIterationInvariantRate);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

void trace_100k_to_jsonl(benchmark::State& state) { write_trace(state, ".jsonl"); }
void trace_100k_to_sqlite(benchmark::State& state) { write_trace(state, ".db"); }

BENCHMARK(trace_100k_to_jsonl);
BENCHMARK(trace_100k_to_sqlite);

}  // namespace
}  // namespace bench
