// SPDX-License-Identifier: Apache-2.0
//
// drop and delay, which pick messages by name, and what a client's stall, a slow processor and a
// wrong clock do to processes.

#include <gtest/gtest.h>

#include <vector>

#include "sim/world.h"
#include "tests/sim/toy.h"

namespace sim {
namespace {

using toy::Town;

TEST(Drop, swallows_messages_of_its_name_from_and_to_its_hosts_alone) {
  Town town;
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(Drop{{town.hosts[1]}, {town.hosts[0]}, "Ping"});
  FaultId other = town.world.begin_fault(Drop{{town.hosts[0]}, {town.hosts[2]}, "Ping"});
  size_t first = town.pinger(0).received().size();
  size_t second = town.pinger(1).received().size();
  town.run_to(2000);
  EXPECT_LE(town.pinger(0).received().size(), first + 1);
  EXPECT_GT(town.pinger(1).received().size(), second + 80);
  EXPECT_TRUE(town.pinger(0).open());  // Nobody tells it.
  EXPECT_GE(town.pinger(0).timeouts(), 1);
  EXPECT_GT(town.world.fault_state(fault).bite.messages_dropped, 80);
  EXPECT_TRUE(town.world.bite_of(other).nothing());  // Pongs go that way.
}

TEST(Drop, takes_what_follows_on_the_connection_too_and_a_new_connection_is_clean) {
  Town town;
  town.run_to(1000);
  FaultId fault =
      town.world.begin_fault(Drop{{town.hosts[1]}, {}, "Ping", Ratio{1, 1}, /*count=*/1});
  town.run_to(1500);
  size_t stuck = town.pinger(0).received().size();
  town.world.end_fault(fault);
  town.run_to(2500);
  EXPECT_EQ(town.pinger(0).received().size(), stuck);  // In order: nothing overtakes what is lost.
  EXPECT_GT(town.world.fault_state(fault).bite.messages_dropped, 100);
  // The process dies and comes back: its new connection works.
  FaultId crash = town.world.begin_fault(Crash{town.pinger_ids[0]});
  town.world.end_fault(crash);
  town.run_to(3500);
  EXPECT_GT(town.pinger(0).received().size(), 80u);
}

TEST(Delay, holds_messages_of_its_name_and_keeps_their_order) {
  Town town;
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(Delay{{}, {town.hosts[1]}, "Pong", Duration::millis(300)});
  size_t before = town.pinger(0).received().size();
  town.run_to(1300);
  EXPECT_LE(town.pinger(0).received().size(), before + 1);
  town.world.end_fault(fault);
  town.run_to(4000);
  const std::vector<int64_t>& got = town.pinger(0).received();
  for (size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], static_cast<int64_t>(i));
  EXPECT_GT(got.size(), before + 200);
  EXPECT_GT(town.world.fault_state(fault).bite.messages_slowed, 20);
}

TEST(Drop, with_a_probability_hits_some_and_its_draws_move_no_other_stream) {
  auto arrived = [](bool with_other) {
    Town town(4);
    town.run_to(1000);
    town.world.begin_fault(Drop{{town.hosts[1]}, {}, "Ping", Ratio{1, 50}});
    if (with_other) town.world.begin_fault(Drop{{town.hosts[2]}, {}, "Ping", Ratio{1, 2}});
    town.run_to(3000);
    return town.pinger(0).received();
  };
  std::vector<int64_t> alone = arrived(false);
  EXPECT_EQ(arrived(true), alone);
  EXPECT_GT(alone.size(), 90u);
  EXPECT_LT(alone.size(), 280u);
}

TEST(Faults, that_change_nothing_leave_the_digest_unchanged) {
  Town plain(9), faulty(9);
  plain.run_to(500);
  faulty.run_to(500);
  std::vector<HostId> a = {faulty.hosts[0]};
  std::vector<Fault> faults = {
      Drop{a, {}, "Ping", Ratio{0, 1}},
      Delay{a, {}, "Ping", Duration::seconds(1), Ratio{0, 1}},
      Delay{{}, {}, "Ping", Duration()},
      Drop{{}, {}, "NoSuchMessage"},
      SlowCpu{faulty.hosts[0], Ratio{1, 1}},
      SkewClock{faulty.hosts[0], Duration(), 0},
      Crash{faulty.ponger_id, 1'000'000},
  };
  std::vector<FaultId> begun;
  for (Fault& fault : faults) begun.push_back(faulty.world.begin_fault(fault));
  plain.run_to(2000);
  faulty.run_to(2000);
  for (FaultId id : begun) {
    EXPECT_TRUE(faulty.world.bite_of(id).nothing());
    faulty.world.end_fault(id);
  }
  plain.run_to(3000);
  faulty.run_to(3000);
  EXPECT_EQ(plain.world.finish(), faulty.world.finish());
}

TEST(Faults, that_overlap_do_the_same_in_either_order) {
  std::vector<Fault> faults;
  auto digest = [&](bool reversed) {
    Town town(3);
    town.run_to(500);
    HostId host = town.hosts[0];
    faults = {SlowCpu{host, Ratio{3, 2}},
              SlowCpu{host, Ratio{7, 3}},
              SkewClock{host, Duration::seconds(3), 100'000},
              SkewClock{host, Duration::seconds(-1), -37'000},
              Delay{{host}, {}, "Pong", Duration::millis(3), Ratio{1, 2}},
              Delay{{}, {}, "Pong", Duration::millis(7), Ratio{1, 3}}};
    if (reversed) std::reverse(faults.begin(), faults.end());
    for (Fault& fault : faults) town.world.begin_fault(fault);
    town.run_to(3000);
    return town.world.finish();
  };
  EXPECT_EQ(digest(false), digest(true));
}

TEST(Crash, of_two_armed_ones_each_strikes_at_its_own_operation) {
  Town town;
  town.run_to(1000);
  FaultId near = town.world.begin_fault(Crash{town.ponger_id, 5});
  FaultId far = town.world.begin_fault(Crash{town.ponger_id, 400});
  town.run_to(1500);
  EXPECT_FALSE(town.world.is_up(town.ponger_id));
  EXPECT_FALSE(town.world.bite_of(near).nothing());
  EXPECT_TRUE(town.world.bite_of(far).nothing());
  town.world.end_fault(near);
  EXPECT_TRUE(town.world.is_up(town.ponger_id));
  town.world.end_fault(far);
  EXPECT_TRUE(town.world.is_undisturbed());
}

TEST(SlowDisk, tells_what_it_bit_before_it_ends) {
  Town town;
  town.run_to(1000);
  FaultId fault = town.world.begin_fault(SlowDisk{town.hosts[0], Ratio{10, 1}});
  town.run_to(2000);
  int64_t so_far = town.world.bite_of(fault).disk_operations_slowed;
  EXPECT_GT(so_far, 100);
  town.world.end_fault(fault);
  EXPECT_EQ(town.world.bite_of(fault).disk_operations_slowed, so_far);
}

TEST(ShutDown, that_overlaps_another_lets_the_other_end_it) {
  Town town;
  town.run_to(1000);
  FaultId a = town.world.begin_fault(ShutDown{town.ponger_id});
  FaultId b = town.world.begin_fault(ShutDown{town.ponger_id});
  town.world.end_fault(a);
  EXPECT_FALSE(town.world.is_up(town.ponger_id));
  town.world.end_fault(b);
  EXPECT_TRUE(town.world.is_up(town.ponger_id));
}

}  // namespace
}  // namespace sim
