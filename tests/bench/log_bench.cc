// SPDX-License-Identifier: Apache-2.0
//
// The commit log on a simulated disk. Batches are shared, as in a cluster: a gigabyte of log takes
// little memory. The yardstick of bytes is a copy of the same batch and its CRC.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/log/crc32c.h"
#include "models/log/partition_log.h"
#include "models/log/record_batch.h"
#include "sim/world.h"

namespace bench {
namespace {

using models::Offset;

constexpr int64_t kGibibyte = int64_t{1} << 30;
constexpr int64_t kNowMs = 1'700'000'000'000;

// Some batches of 1 KiB records, that together do not fit into the innermost caches.
std::vector<absl::Cord> batches_of(int64_t bytes) {
  std::vector<absl::Cord> batches;
  for (int i = 0; i < 64; ++i) {
    models::BatchBuilder builder({});
    std::string value(1000, static_cast<char>('a' + i % 26));
    while (builder.size_bytes() + 1024 <= bytes)
      builder.add(kNowMs, "key-" + std::to_string(i), value);
    batches.push_back(builder.build());
  }
  return batches;
}

// A log on a disk, with its clock.
struct LogOnDisk {
  sim::SimDisk disk;
  sim::Rng rng{1};
  sim::SimTime now;
  std::optional<models::PartitionLog> log;

  template <class Call>
  auto with(const Call& call) {
    sim::DiskView view(disk, now, rng);
    models::Effects effects;
    models::MutationSet mutations;
    models::Marks marks;
    models::Step step{sim::MonoTime::at_nanos(now.nanos()),
                      sim::WallTime::at_millis(kNowMs),
                      rng,
                      view,
                      effects,
                      mutations,
                      marks};
    return call(step);
  }
  void open() {
    log.reset();
    disk.close_all();
    models::LogOpenOptions options{.directory = "orders-0", .partition = {"orders", 0}};
    options.config.segment_bytes = 256 << 20;
    with([&](models::Step& step) { log = *models::PartitionLog::open(options, step); });
  }
  void append(const absl::Cord& batch) {
    with([&](models::Step& step) {
      models::AppendResult result = log->append_as_leader(batch, models::LeaderEpoch(0), step);
      SIM_CHECK(result.error == models::ErrorCode::kNone, "an append is refused");
    });
    now += sim::Duration::micros(500);
  }
  void fill(int64_t bytes, const std::vector<absl::Cord>& batches) {
    for (size_t i = 0; log->size_bytes() < bytes; ++i) append(batches[i % batches.size()]);
  }
};

std::unique_ptr<LogOnDisk> new_log(int64_t bytes, const std::vector<absl::Cord>& batches) {
  auto log = std::make_unique<LogOnDisk>();
  log->open();
  log->fill(bytes, batches);
  return log;
}

// --- Bytes: the time of one batch of 64 KiB ---

constexpr int64_t kBatchBytes = 64 << 10;

void copy_and_checksum_64_kib(benchmark::State& state) {
  std::vector<std::string> sources;
  for (const absl::Cord& batch : batches_of(kBatchBytes)) sources.emplace_back(batch);
  std::string target(kBatchBytes, '\0');
  size_t i = 0;
  for (auto _ : state) {
    const std::string& source = sources[i++ % sources.size()];
    std::copy(source.begin(), source.end(), target.begin());
    benchmark::DoNotOptimize(models::crc32c(target));
    benchmark::ClobberMemory();
  }
}

void log_append_64_kib(benchmark::State& state) {
  std::vector<absl::Cord> batches = batches_of(kBatchBytes);
  auto log = new_log(0, batches);
  size_t i = 0;
  for (auto _ : state) log->append(batches[i++ % batches.size()]);
}

// As a consumer: reads, checks the CRC, and looks at each record.
void log_scan_64_kib(benchmark::State& state) {
  auto log = new_log(64 << 20, batches_of(kBatchBytes));
  Offset next(0);
  absl::Cord fetched;
  int64_t at = 0;
  int64_t seen = 0;
  for (auto _ : state) {
    std::optional<models::BatchHeader> header = models::read_batch_header(fetched, at);
    if (!header || at + header->total_bytes() > static_cast<int64_t>(fetched.size())) {
      if (next == log->log->log_end_offset()) next = Offset(0);
      fetched = log->with([&](models::Step& step) {
        return log->log->read(next, 1 << 20, log->log->log_end_offset(), true, step).records;
      });
      at = 0;
      header = models::read_batch_header(fetched);
    }
    absl::Cord batch =
        fetched.Subcord(static_cast<size_t>(at), static_cast<size_t>(header->total_bytes()));
    SIM_CHECK(models::is_valid_batch(batch, *header), "a batch that is not valid");
    absl::Status status =
        models::for_each_record(batch, *header, [&](const models::RecordView& record) {
          seen += static_cast<int64_t>(record.value->size());
        });
    SIM_CHECK(status.ok(), "records that cannot be read");
    at += header->total_bytes();
    next = header->next_offset();
  }
  benchmark::DoNotOptimize(seen);
}

// --- Lookups: a log of 16,384 batches ---

constexpr int64_t kLookupBytes = int64_t{256} << 20;
constexpr int64_t kLookupBatchBytes = 16 << 10;

uint64_t next_random(uint64_t& state) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state >> 33;
}

void log_find_offset(benchmark::State& state) {
  auto log = new_log(kLookupBytes, batches_of(kLookupBatchBytes));
  uint64_t random = 1;
  uint64_t end = static_cast<uint64_t>(log->log->log_end_offset().value());
  log->with([&](models::Step& step) {
    for (auto _ : state) {
      Offset offset(static_cast<int64_t>(next_random(random) % end));
      benchmark::DoNotOptimize(
          log->log->read(offset, 1, log->log->log_end_offset(), false, step).records.size());
    }
  });
}

void vector_find_offset(benchmark::State& state) {
  auto log = new_log(kLookupBytes, batches_of(kLookupBatchBytes));
  std::vector<std::pair<int64_t, int64_t>> positions;
  int64_t records = kLookupBatchBytes / 1024;
  uint64_t end = static_cast<uint64_t>(log->log->log_end_offset().value());
  for (int64_t i = 0; i < static_cast<int64_t>(end); i += records)
    positions.emplace_back(i, i * 1024);
  uint64_t random = 1;
  for (auto _ : state) {
    int64_t offset = static_cast<int64_t>(next_random(random) % end);
    auto above = std::upper_bound(positions.begin(), positions.end(), std::pair(offset, INT64_MAX));
    benchmark::DoNotOptimize(std::prev(above)->second);
  }
}

// --- A gibibyte of log in batches of 16 KiB ---

// The process dies; the page cache has everything.
void log_recover_1_gib(benchmark::State& state) {
  auto log = new_log(kGibibyte, batches_of(16 << 10));
  for (auto _ : state) log->open();
  state.counters["batches"] = static_cast<double>(log->log->log_end_offset().value() / 15);
}

// A process that has nothing but a log.
class LogKeeper final : public sim::Process {
 public:
  std::unique_ptr<Process> clone() const override { return std::make_unique<LogKeeper>(*this); }
  void on_boot(sim::Context& context) override {
    LogOnDisk work;
    work.open();
    work.fill(kGibibyte, batches_of(16 << 10));
    context.disk() = std::move(work.disk);
    log_ = std::move(work.log);
  }
  void on_timer(sim::TimerName, sim::Context&) override {}
  void on_service(int64_t, sim::Context&) override {}
  void on_stop(sim::Context&) override {}
  void on_message(sim::ConnectionId, sim::ProcessId, const sim::MessageHandle&, sim::SimTime,
                  sim::Context&) override {}
  void on_connected(sim::ConnectionId, sim::Context&) override {}
  void on_closed(sim::ConnectionId, sim::CloseReason, sim::Context&) override {}
  void on_flushed(int64_t, sim::Context&) override {}
  void show_state(sim::FieldSink&) const override {}

 private:
  std::optional<models::PartitionLog> log_;
};

class LogKeeperFactory final : public sim::ProcessFactory {
 public:
  std::unique_ptr<sim::Process> build() const override { return std::make_unique<LogKeeper>(); }
};

void world_fork_1_gib_log(benchmark::State& state) {
  size_t before = ::mallinfo2().uordblks;
  sim::World world({.seed = 1, .start = sim::SimTime(), .ring = 0});
  sim::ZoneId zone = world.topology().add_zone("zone", world.topology().add_region("region"));
  sim::HostId host = world.add_host({.name = "host", .zone = zone});
  world.boot(world.add_process(host, "keeper", std::make_shared<LogKeeperFactory>()));
  while (world.events_pending() > 0) world.step();
  size_t one = ::mallinfo2().uordblks - before;
  size_t forked = 0;
  for (auto _ : state) {
    sim::World fork(world);
    benchmark::DoNotOptimize(fork.events_pending());
    state.PauseTiming();
    forked = ::mallinfo2().uordblks - before - one;
    state.ResumeTiming();
  }
  state.counters["kib"] = static_cast<double>(one) / 1024;
  state.counters["kib_of_fork"] = static_cast<double>(forked) / 1024;
}

BENCHMARK(copy_and_checksum_64_kib);
BENCHMARK(log_append_64_kib);
BENCHMARK(log_scan_64_kib);
BENCHMARK(log_find_offset);
BENCHMARK(vector_find_offset);
BENCHMARK(log_recover_1_gib);
BENCHMARK(world_fork_1_gib_log);

}  // namespace
}  // namespace bench
