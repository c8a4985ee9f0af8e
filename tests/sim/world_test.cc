// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "sim/world.h"

#include <gtest/gtest.h>

#include "tests/sim/toy.h"

namespace sim {
namespace {

using toy::Town;

TEST(World, the_same_seed_gives_the_same_digest_and_another_seed_another) {
  Town a(7), b(7), c(8);
  for (Town* town : {&a, &b, &c}) town->run_to(5000);
  EXPECT_EQ(a.world.finish(), b.world.finish());
  EXPECT_NE(a.world.digest(), c.world.finish());
}

TEST(World, two_worlds_in_turn_do_not_disturb_each_other) {
  Town alone(3), a(3), b(4);
  alone.run_to(3000);
  for (int64_t t = 1; t <= 3000; t += 7) {
    a.run_to(t);
    b.run_to(t);
  }
  a.run_to(3000);
  EXPECT_EQ(a.world.finish(), alone.world.finish());
}

TEST(World, a_fork_runs_on_to_the_same_bytes_after_the_original_is_gone) {
  auto original = std::make_unique<Town>(5);
  original->run_to(1234);
  World fork(original->world);
  original->run_to(4000);
  uint64_t expected = original->world.finish();
  original.reset();
  fork.run_until(SimTime::at_millis(4000));
  EXPECT_EQ(fork.finish(), expected);
}

TEST(World, a_fork_may_take_another_way_without_touching_the_original) {
  Town town(5), untouched(5);
  town.run_to(1000);
  World fork(town.world);
  fork.begin_fault(Crash{town.ponger_id});
  fork.run_until(SimTime::at_millis(3000));
  town.run_to(3000);
  untouched.run_to(3000);
  EXPECT_EQ(town.world.finish(), untouched.world.finish());
  EXPECT_NE(fork.finish(), town.world.digest());
}

TEST(World, a_crash_destroys_memory_keeps_files_and_resets_the_peers) {
  Town town;
  town.run_to(1000);
  ASSERT_TRUE(town.pinger().open());
  FaultId fault = town.world.begin_fault(Crash{town.ponger_id});
  EXPECT_FALSE(town.world.is_up(town.ponger_id));
  town.run_to(1100);
  EXPECT_FALSE(town.pinger().open());
  EXPECT_EQ(town.pinger().closed(), CloseReason::kReset);
  town.world.end_fault(fault);
  town.run_to(1200);
  EXPECT_TRUE(town.ponger().seen().empty());
  DiskView disk(town.world.disk(town.hosts[0]), town.world.now(), const_cast<Rng&>(town.world.root_rng()));
  EXPECT_GT(*disk.size(*disk.open("pings", false)), 0);
  EXPECT_GE(town.world.fault_state(fault).bite.connections_cut, 2);
}

TEST(World, power_loss_is_silence_and_the_peer_learns_when_the_host_is_back) {
  Town town;
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(PowerOff{town.hosts[0]});
  town.run_to(9000);
  EXPECT_TRUE(town.pinger().open());
  EXPECT_GE(town.pinger().timeouts(), 1);
  town.world.end_fault(fault);
  town.run_to(40'000);
  EXPECT_FALSE(town.pinger().open());
}

TEST(World, power_loss_takes_unsynced_bytes_of_most_worlds) {
  int hurt = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Town town(seed);
    town.run_to(1000);
    FaultId fault = town.world.begin_fault(PowerOff{town.hosts[0]});
    hurt += town.world.fault_state(fault).bite.bytes_lost > 0;
  }
  EXPECT_GE(hurt, 5);
  EXPECT_LT(hurt, 20);  // The disk may have kept all of them.
}

TEST(World, a_partition_holds_messages_back_and_delivers_them_in_order_when_it_heals) {
  Town town;
  town.run_to(1000);
  size_t before = town.pinger().received().size();
  FaultId fault = town.world.begin_fault(Partition{{{town.hosts[0]}, {town.hosts[1]}}});
  town.run_to(3000);
  size_t during = town.pinger().received().size();
  EXPECT_LE(during, before + 1);
  size_t other = town.pinger(1).received().size();
  EXPECT_GT(other, 250u);
  town.world.end_fault(fault);
  town.run_to(6000);
  EXPECT_GT(town.pinger().received().size(), during + 300);
  EXPECT_TRUE(std::is_sorted(town.pinger().received().begin(), town.pinger().received().end()));
  EXPECT_EQ(town.pinger().received().size() + 2 >= static_cast<size_t>(town.pinger().sent()), true);
  EXPECT_GT(town.world.fault_state(fault).bite.messages_held, 100);
}

// Some that were sent before the block arrive while it lasts, others after it.
TEST(World, what_a_partition_held_does_not_let_older_messages_overtake) {
  Town town(1, 1);
  town.world.begin_fault(
      Delay{{town.hosts[1]}, {town.hosts[0]}, "Ping", Duration::millis(300)});
  town.run_to(1350);
  FaultId fault = town.world.begin_fault(Partition{{{town.hosts[0]}, {town.hosts[1]}}});
  town.run_to(1450);
  town.world.end_fault(fault);
  EXPECT_GT(town.world.fault_state(fault).bite.messages_held, 5);
  town.run_to(4000);
  const std::vector<int64_t>& seen = town.ponger().seen();
  for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], static_cast<int64_t>(i));
  EXPECT_GT(seen.size(), 300u);
}

TEST(World, what_a_host_without_power_had_not_got_through_is_gone) {
  Town town(1, 1);
  town.run_to(1000);
  FaultId cut = town.world.begin_fault(Isolate{town.hosts[1]});
  town.run_to(1100);
  size_t seen = town.ponger().seen().size();
  FaultId off = town.world.begin_fault(PowerOff{town.hosts[1]});
  town.run_to(1150);
  town.world.end_fault(cut);
  town.run_to(3000);
  EXPECT_EQ(town.ponger().seen().size(), seen);
  town.world.end_fault(off);
  town.run_to(3500);
  ASSERT_GT(town.ponger().seen().size(), seen + 20);
  EXPECT_EQ(town.ponger().seen()[seen], 0) << "of the next life";
}

TEST(World, a_one_way_partition_lets_the_other_direction_through) {
  Town town;
  town.run_to(1000);
  town.world.begin_fault(Partition{{{town.hosts[0]}, {town.hosts[1]}}, true});
  size_t seen = town.ponger().seen().size();
  town.run_to(2000);
  EXPECT_GT(town.ponger().seen().size(), seen + 150);  // Pings of both arrive, pongs of one do not.
}

TEST(World, a_paused_process_does_nothing_and_catches_up_in_order) {
  Town town;
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(Pause{town.ponger_id});
  size_t seen = town.ponger().seen().size();
  town.run_to(2000);
  EXPECT_EQ(town.ponger().seen().size(), seen);
  town.world.end_fault(fault);
  town.run_to(2010);
  EXPECT_GT(town.ponger().seen().size(), seen + 150);
  EXPECT_GT(town.world.fault_state(fault).bite.events_delayed, 150);
}

// A signal to stop reaches a paused process too, and may arm a timer whose firing waits for it.
TEST(World, a_timer_armed_anew_during_a_pause_fires_once) {
  Town town;
  town.run_to(1000);
  ProcessId pinger = town.pinger_ids[0];
  FaultId fault = town.world.begin_fault(Pause{pinger});
  town.run_to(2000);
  int fired = 0;
  town.world.poke(pinger, "test.arm", [&](Process&, Context& context) {
    context.arm({{toy::kPing, 0}, Duration::seconds(5), "NextPing", "Ping"});
    ++fired;
  });
  ASSERT_EQ(fired, 1);
  auto sent = town.pinger().sent();
  town.world.end_fault(fault);
  town.run_to(6900);
  EXPECT_EQ(town.pinger().sent(), sent);
  town.run_to(7100);
  EXPECT_GT(town.pinger().sent(), sent);
}

TEST(World, a_slow_link_slows_only_its_pair_and_ends_exactly) {
  Town town;
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(SlowLink{
      {town.hosts[0]}, {town.hosts[1]}, Ratio{1, 1}, Duration::millis(50)});
  town.run_to(1005);
  size_t first = town.pinger().received().size();
  town.run_to(1100);
  EXPECT_LE(town.pinger().received().size(), first + 2);
  town.world.end_fault(fault);
  EXPECT_GT(town.world.fault_state(fault).bite.messages_slowed, 0);
}

TEST(World, faults_that_do_nothing_leave_the_digest_unchanged) {
  Town plain(9), faulty(9);
  plain.run_to(500);
  faulty.run_to(500);
  FaultId loss = faulty.world.begin_fault(LossyLink{{faulty.hosts[0]}, {faulty.hosts[1]}, Ratio{0, 100}});
  FaultId slow = faulty.world.begin_fault(SlowLink{{faulty.hosts[0]}, {faulty.hosts[1]}, Ratio{1, 1}, Duration()});
  FaultId disk = faulty.world.begin_fault(SlowDisk{faulty.hosts[0], Ratio{1, 1}});
  plain.run_to(2000);
  faulty.run_to(2000);
  for (FaultId id : {loss, slow, disk}) faulty.world.end_fault(id);
  plain.run_to(3000);
  faulty.run_to(3000);
  EXPECT_EQ(plain.world.finish(), faulty.world.finish());
}

TEST(World, a_loss_delays_and_never_reorders_or_drops) {
  Town town;
  town.run_to(1000);
  town.world.begin_fault(LossyLink{{town.hosts[0]}, {town.hosts[1]}, Ratio{5, 100}});
  town.run_to(20'000);
  const auto& got = town.pinger().received();
  ASSERT_GT(got.size(), 500u);
  for (size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], static_cast<int64_t>(i));
}

TEST(World, overlapping_crashes_keep_a_process_down_until_the_last_ends) {
  Town town;
  town.run_to(1000);
  FaultId first = town.world.begin_fault(Crash{town.ponger_id});
  FaultId second = town.world.begin_fault(Crash{town.ponger_id});
  town.world.end_fault(first);
  EXPECT_FALSE(town.world.is_up(town.ponger_id));
  EXPECT_TRUE(town.world.fault_state(second).bite.nothing());
  town.world.end_fault(second);
  EXPECT_TRUE(town.world.is_up(town.ponger_id));
}

TEST(World, a_crash_at_a_disk_operation_keeps_what_was_written_before_and_loses_the_rest) {
  Town town;
  town.run_to(1000);
  size_t seen = town.ponger().seen().size();
  town.world.begin_fault(Crash{town.ponger_id, 3});
  town.run_to(2000);
  EXPECT_FALSE(town.world.is_up(town.ponger_id));
  DiskView disk(town.world.disk(town.hosts[0]), town.world.now(), const_cast<Rng&>(town.world.root_rng()));
  absl::Cord text = *disk.read(*disk.open("pings", false), 0, 1 << 20);
  std::string flat(text);
  EXPECT_EQ(static_cast<size_t>(std::count(flat.begin(), flat.end(), '\n')), seen + 2);
}

TEST(World, a_timeout_leads_back_to_the_crash_through_what_did_not_come) {
  struct Collect final : TraceSink {
    void record(const TraceEvent& event) override {
      events.push_back(event);
      events.back().message = nullptr;
      events.back().fields = nullptr;
    }
    std::vector<TraceEvent> events;
  } sink;
  Town town;
  town.world.set_sink(&sink);
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(PowerOff{town.hosts[0]});
  EventId cause = town.world.fault_event(fault);
  town.run_to(3000);
  const TraceEvent* timeout = nullptr;
  for (const TraceEvent& event : sink.events) {
    if (event.what == "Timeout" && event.time > SimTime::at_millis(1000)) timeout = &event;
  }
  ASSERT_NE(timeout, nullptr);
  auto find = [&](EventId id) {
    for (const TraceEvent& event : sink.events) {
      if (event.id == id) return &event;
    }
    return static_cast<const TraceEvent*>(nullptr);
  };
  const TraceEvent* missed = find(timeout->cause2);
  ASSERT_NE(missed, nullptr);
  EXPECT_EQ(missed->kind, TraceKind::kSuppressed);
  EXPECT_EQ(missed->cause, cause);
}

}  // namespace
}  // namespace sim
