// SPDX-License-Identifier: Apache-2.0
//
// Every operation of the disk fails in turn. A script of all that a log does is run once to the end;
// then, for each operation that it makes, it is run again with a fault there, and recovered: nothing
// that the fault may not take is gone, nothing is invented, and the log goes on.

#include <gtest/gtest.h>

#include <functional>
#include <iostream>

#include "tests/models/log/crash/log_machine.h"

namespace models {
namespace {

using sim::Duration;

TopicConfig config() {
  TopicConfig config;
  config.segment_bytes = 1500;
  config.index_interval_bytes = 300;
  config.cleanup_policy = {.deletes = true, .compacts = true};
  config.retention_ms = -1;
  config.delete_retention_ms = Duration::millis(2000);
  return config;
}

using Script = std::vector<std::function<void(LogMachine&)>>;

void add_appends(Script& script, int count, int64_t producer, int first_key) {
  for (int i = 0; i < count; ++i) {
    script.push_back([=](LogMachine& m) {
      m.append({.records = 1 + i % 3,
                .first_key = first_key + i % 2,
                .producer = producer,
                .is_tombstone = i % 7 == 6,
                .value_bytes = static_cast<size_t>(20 + 90 * (i % 4)),
                .delay_ms = i % 3 * 500});
    });
  }
}

void add_transactions(Script& script) {
  for (int i = 0; i < 4; ++i) {
    script.push_back([=](LogMachine& m) {
      m.append({.records = 2, .first_key = i, .producer = 10 + i % 2, .is_transactional = true});
    });
    add_appends(script, 1, 3, 5);
    script.push_back([=](LogMachine& m) { m.end_transaction(10 + i % 2, i != 1); });
  }
}

// All that happens to a log, of a leader and a follower, through two restarts.
Script script() {
  Script script;
  auto run = [&](std::function<void(LogMachine&)> call) { script.push_back(std::move(call)); };
  run([](LogMachine& m) { m.start(); });
  add_appends(script, 8, 1, 0);
  add_transactions(script);
  run([](LogMachine& m) { m.flush(); });
  run([](LogMachine& m) { m.advance_watermark(m.model().end()); });
  run([](LogMachine& m) { m.checkpoint(); });
  add_appends(script, 5, 2, 3);
  run([](LogMachine& m) { m.truncate(m.model().end() - 4); });
  run([](LogMachine& m) { m.copy({.records = 2, .first_key = 7, .value_bytes = 60}, 3, 2, 1); });
  run([](LogMachine& m) { m.truncate(m.model().flushed() - 9); });
  run([](LogMachine& m) { m.lead(3); });
  add_appends(script, 8, 1, 2);
  run([](LogMachine& m) { m.pass(Duration::seconds(20)); });
  run([](LogMachine& m) { m.roll(); });
  run([](LogMachine& m) { m.advance_watermark(m.model().end()); });
  run([](LogMachine& m) { m.clean(); });
  run([](LogMachine& m) { m.restart(/*clean=*/true); });
  add_appends(script, 5, 1, 0);
  run([](LogMachine& m) { m.advance_watermark(m.model().end() - 2); });
  run([](LogMachine& m) { m.delete_below(m.model().start() + 12); });
  run([](LogMachine& m) { m.checkpoint(); });
  add_transactions(script);
  run([](LogMachine& m) { m.pass(Duration::seconds(70)); });
  run([](LogMachine& m) { m.remove_deleted(); });
  run([](LogMachine& m) { m.flush(); });
  add_appends(script, 4, 2, 3);
  run([](LogMachine& m) { m.restart(/*clean=*/false); });
  add_appends(script, 6, 3, 0);
  run([](LogMachine& m) { m.advance_watermark(m.model().end()); });
  run([](LogMachine& m) { m.roll(); });
  run([](LogMachine& m) { m.clean(); });
  run([](LogMachine& m) { m.retain(2500); });
  run([](LogMachine& m) { m.flush(); });
  run([](LogMachine& m) { m.truncate_fully(m.model().end() + 10); });
  add_appends(script, 4, 1, 0);
  return script;
}

// --- The sweep ---

class Sweep {
 public:
  void run() {
    LogMachine sound(config());
    const Script steps = script();
    for (size_t i = 0; i < steps.size(); ++i) {
      rest_.assign(steps.begin() + static_cast<ptrdiff_t>(i), steps.end());
      step_ = i;
      sweep_crashes(sound);
      sweep_failures(sound);
      guard("nothing", 0, [&] {
        steps[i](sound);
        sound.check();
      });
    }
  }
  const std::map<std::string, int64_t>& visited() const { return visited_; }

 private:
  // The operations that the step makes; the process may die at each.
  void sweep_crashes(const LogMachine& before) {
    for (int64_t k = 1;; ++k) {
      LogMachine dead = run_to(before, k, 0);
      if (!dead.disk().hit_crash_point()) return;
      visit("process dies", k, dead, [](LogMachine& m) { m.recover(); });
      for (int64_t again : {1 + k % 5, 6 + k * 7 % 20}) {
        visit("dies again in recovery", k, dead, [again](LogMachine& m) {
          m.kill();
          m.disk().clear_crash_point();
          m.disk().crash_at_operation(again);
          m.start();
          m.recover();
        });
      }
      for (uint64_t seed = 1; seed <= 6; ++seed)
        visit("power lost", k, dead, [seed](LogMachine& m) {
          m.lose_power(seed);
          m.recover();
        });
      visit("power lost, nothing unsynced left", k, dead, [](LogMachine& m) {
        m.lose_all_unsynced();
        m.recover();
      });
      for (int64_t bytes : {1, 40, 100}) {
        LogMachine torn = run_to(before, k, bytes);
        bool is_write = torn.disk().bytes_written() > dead.disk().bytes_written();
        if (!is_write) break;
        visit("write torn", k, torn, [](LogMachine& m) { m.recover(); });
        visit("write torn and power lost", k, torn, [bytes](LogMachine& m) {
          m.lose_power(static_cast<uint64_t>(bytes));
          m.recover();
        });
      }
    }
  }

  void sweep_failures(const LogMachine& before) {
    for (int64_t k = 1;; ++k) {
      LogMachine failed = before;
      failed.disk().fail_at_operation(k);
      guard("operation fails", k, [&] { rest_.front()(failed); });
      if (!failed.disk().has_failed_operation()) return;
      auto go_on = [&](LogMachine& m) {
        if (m.is_up()) m.check();
        for (size_t i = 1; i < rest_.size() && !m.is_hurt(); ++i) rest_[i](m);
        if (m.is_up()) m.check();
      };
      visit("operation fails", k, failed, [&](LogMachine& m) {
        go_on(m);
        m.recover();
      });
      visit("operation fails, power lost later", k, failed, [&](LogMachine& m) {
        go_on(m);
        m.lose_all_unsynced();
        m.recover();
      });
    }
  }

  LogMachine run_to(const LogMachine& before, int64_t k, int64_t torn_bytes) {
    LogMachine machine = before;
    machine.disk().crash_at_operation(k, torn_bytes);
    guard("up to the crash point", k, [&] { rest_.front()(machine); });
    return machine;
  }

  template <class Call>
  void visit(const char* kind, int64_t k, LogMachine machine, const Call& call) {
    ++visited_[kind];
    guard(kind, k, [&] {
      call(machine);
      go_on_after_recovery(machine);
    });
  }

  // A log that has recovered works as any other.
  static void go_on_after_recovery(LogMachine& m) {
    m.append({.records = 2, .first_key = 1, .producer = 1});
    m.append({.records = 1, .first_key = 50, .value_bytes = 300});
    m.roll();
    m.copy({.records = 1, .first_key = 51}, 2, 9);
    m.flush();
    m.check();
    m.lose_all_unsynced();
    m.recover();
    m.append({.records = 2, .first_key = 1, .producer = 1});
    m.restart(/*clean=*/true);
    m.check();
  }

  template <class Call>
  void guard(const char* kind, int64_t k, const Call& call) {
    try {
      call();
    } catch (const std::exception& violation) {
      if (++failures_ <= 20)
        ADD_FAILURE() << "step " << step_ << ", operation " << k << ", " << kind << ": "
                      << violation.what();
    }
  }

  Script rest_;  // From the step on that is swept.
  size_t step_ = 0;
  int64_t failures_ = 0;
  std::map<std::string, int64_t> visited_;
};

TEST(LogSweep, of_every_operation_of_the_disk_that_fails) {
  Sweep sweep;
  sweep.run();
  for (const auto& [kind, count] : sweep.visited())
    std::cout << "visited: " << count << " of \"" << kind << "\"\n";
}

}  // namespace
}  // namespace models
