// SPDX-License-Identifier: Apache-2.0
//
// Each fault's end undoes exactly what its begin did, whatever other fault overlaps it: for every
// pair of kinds, and each with itself, in all orders.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/world.h"
#include "tests/sim/toy.h"

namespace sim {
namespace {

using toy::Town;

// A kind of fault as it hits the ponger and its host, and whether its effect is there.
struct Kind {
  std::string name;
  std::function<Fault(const Town&)> make;
  std::function<bool(Town&)> is_felt;
};

bool is_cut(Town& town, size_t from, size_t to) {
  return town.world.topology().blocked(town.hosts[from], town.hosts[to]);
}

Duration round_trip(Town& town) {
  return town.world.topology().route(town.hosts[0], town.hosts[1]).round_trip;
}

// The ponger insists on its disk, so disks that fail are the pinger's, who has no use for one.
bool writes_fail(Town& town) {
  SimDisk copy = town.world.disk(town.hosts[1]);
  Rng rng;
  DiskView disk(copy, town.world.now(), rng);
  auto file = disk.open("probe", true);
  return !file.ok() || !disk.append(*file, absl::Cord("x")).ok();
}

bool flushes_lie(Town& town) {
  SimDisk copy = town.world.disk(town.hosts[0]);
  Rng rng;
  DiskView disk(copy, town.world.now(), rng);
  auto file = disk.open("probe", true);
  if (!file.ok() || !disk.append(*file, absl::Cord("x")).ok()) return true;
  (void)disk.sync(*file);
  (void)disk.sync_directory("");
  copy.lose_all_unsynced(town.world.now());
  DiskView later(copy, town.world.now(), rng);
  return !later.exists("probe") || *later.size(*later.open("probe", false)) == 0;
}

Duration cost_of_write(Town& town) {
  SimDisk copy = town.world.disk(town.hosts[0]);
  Rng rng;
  DiskView disk(copy, town.world.now(), rng);
  (void)disk.open("probe", true);
  return disk.spent();
}

int64_t wall_error(Town& town) {
  return town.world.clock(town.hosts[0]).wall(town.world.now()).nanos() - HostClock::kWallAtZero -
         town.world.now().nanos();
}

Duration second_of_work(Town& town) {
  return Context(town.world, town.ponger_id).computing(Duration::seconds(1));
}

std::vector<Kind> all_kinds() {
  auto a = [](const Town& t) { return std::vector<HostId>{t.hosts[0]}; };
  auto b = [](const Town& t) { return std::vector<HostId>{t.hosts[1]}; };
  auto down = [](Town& t) { return !t.world.is_up(t.ponger_id); };
  return {
      {"crash", [](const Town& t) { return Crash{t.ponger_id}; }, down},
      {"armed crash",
       [](const Town& t) {
         return Crash{t.ponger_id, 1'000'000};
       },
       nullptr},
      {"power_off", [](const Town& t) { return PowerOff{t.hosts[0]}; },
       [](Town& t) { return t.world.is_off(t.hosts[0]) && !t.world.is_up(t.ponger_id); }},
      {"pause", [](const Town& t) { return Pause{t.ponger_id}; },
       [](Town& t) { return t.world.is_paused(t.ponger_id); }},
      {"shut_down", [](const Town& t) { return ShutDown{t.ponger_id}; }, down},
      {"partition",
       [=](const Town& t) {
         return Partition{{a(t), b(t)}, false};
       },
       [](Town& t) { return is_cut(t, 0, 1) && is_cut(t, 1, 0); }},
      {"one way",
       [=](const Town& t) {
         return Partition{{b(t), a(t)}, true};
       },
       [](Town& t) { return is_cut(t, 1, 0); }},
      {"isolate", [](const Town& t) { return Isolate{t.hosts[0]}; },
       [](Town& t) { return is_cut(t, 0, 1) && is_cut(t, 2, 0); }},
      {"slow_link",
       [=](const Town& t) {
         return SlowLink{a(t), b(t), Ratio{3, 1}, Duration::millis(1)};
       },
       [](Town& t) { return round_trip(t) > Duration::millis(2); }},
      {"lossy_link",
       [=](const Town& t) {
         return LossyLink{a(t), b(t), Ratio{1, 10}};
       },
       [](Town& t) { return !t.world.topology().route(t.hosts[0], t.hosts[1]).loss.is_zero(); }},
      {"drop",
       [=](const Town& t) {
         return Drop{a(t), b(t), "Nobody"};
       },
       nullptr},
      {"delay",
       [=](const Town& t) {
         return Delay{b(t), a(t), "Nobody", Duration::millis(5)};
       },
       nullptr},
      {"slow_disk",
       [](const Town& t) {
         return SlowDisk{t.hosts[0], Ratio{10, 1}};
       },
       [](Town& t) { return cost_of_write(t) >= DiskSpec().metadata_base * 10; }},
      {"failing_disk", [](const Town& t) { return FailingDisk{.host = t.hosts[1]}; }, writes_fail},
      {"full_disk", [](const Town& t) { return FullDisk{.host = t.hosts[1]}; }, writes_fail},
      {"lying_disk", [](const Town& t) { return LyingDisk{.host = t.hosts[0]}; }, flushes_lie},
      {"slow_cpu",
       [](const Town& t) {
         return SlowCpu{t.hosts[0], Ratio{5, 1}};
       },
       [](Town& t) { return second_of_work(t) >= Duration::seconds(5); }},
      {"skew_clock",
       [](const Town& t) {
         return SkewClock{t.hosts[0], Duration::seconds(100), 50'000};
       },
       [](Town& t) { return wall_error(t) >= 100'000'000'000; }},
      {"stall_client", [](const Town& t) { return StallClient{t.ponger_id}; },
       [](Town& t) { return t.world.is_stalled(t.ponger_id); }},
  };
}

// No fault is at work, everybody runs, and clocks are right.
void expect_untouched(Town& town, const std::string& after) {
  EXPECT_TRUE(town.world.is_undisturbed()) << after;
  EXPECT_TRUE(town.world.is_up(town.ponger_id)) << after;
  EXPECT_EQ(round_trip(town), round_trip(*std::make_unique<Town>())) << after;
  EXPECT_EQ(wall_error(town), 0) << after;
  EXPECT_EQ(second_of_work(town), Duration::seconds(1)) << after;
  size_t before = town.ponger().seen().size();
  town.run_to(town.world.now().millis() + 20'000);
  EXPECT_TRUE(town.world.is_up(town.ponger_id)) << after;
  bool speaks = town.pinger(0).open() || town.pinger(1).open();
  if (speaks) {
    EXPECT_GT(town.ponger().seen().size(), before) << after;
  }
}

TEST(FaultPairs, end_exactly_what_they_began_in_any_order) {
  std::vector<Kind> kinds = all_kinds();
  for (const Kind& first : kinds) {
    for (const Kind& second : kinds) {
      for (bool first_ends_first : {true, false}) {
        std::string pair = first.name + " + " + second.name;
        Town town;
        town.run_to(1000);
        FaultId a = town.world.begin_fault(first.make(town));
        town.run_to(1500);
        FaultId b = town.world.begin_fault(second.make(town));
        town.run_to(2000);
        town.world.end_fault(first_ends_first ? a : b);
        const Kind& left = first_ends_first ? second : first;
        EXPECT_FALSE(town.world.is_undisturbed()) << pair;
        if (left.is_felt) {
          EXPECT_TRUE(left.is_felt(town)) << left.name << " of " << pair;
        }
        town.run_to(2500);
        if (left.is_felt) {
          EXPECT_TRUE(left.is_felt(town)) << left.name << " of " << pair;
        }
        town.world.end_fault(first_ends_first ? b : a);
        expect_untouched(town, pair);
      }
    }
  }
}

// So that the pairs above cannot pass by feeling nothing.
TEST(FaultPairs, each_kind_is_felt_while_it_lasts_and_not_before_or_after) {
  for (const Kind& kind : all_kinds()) {
    if (!kind.is_felt) continue;
    Town town;
    town.run_to(1000);
    EXPECT_FALSE(kind.is_felt(town)) << kind.name;
    FaultId fault = town.world.begin_fault(kind.make(town));
    town.run_to(1500);
    EXPECT_TRUE(kind.is_felt(town)) << kind.name;
    town.world.end_fault(fault);
    town.run_to(1600);
    EXPECT_FALSE(kind.is_felt(town)) << kind.name;
  }
}

}  // namespace
}  // namespace sim
