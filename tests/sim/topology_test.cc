// SPDX-License-Identifier: Apache-2.0

#include "sim/topology.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sim/link_defaults.h"

namespace sim {
namespace {

using namespace sim::literals;

constexpr LinkSpec fixed(Duration d) { return LinkSpec{d, d, 0, Ratio{0, 1}}; }

// Hosts 0 and 1 in a zone, 2 in another zone of the region, 3 in another region.
struct Map {
  Map() {
    RegionId east = topology.add_region("east");
    RegionId west = topology.add_region("west");
    ZoneId a = topology.add_zone("a", east);
    ZoneId b = topology.add_zone("b", east);
    ZoneId c = topology.add_zone("c", west);
    for (ZoneId zone : {a, a, b, c}) hosts.push_back(topology.add_host("host", zone));
    topology.set_zone_link(a, fixed(100_us));
    topology.set_zone_link(b, fixed(100_us));
    topology.link_regions(west, east, fixed(10_ms));
  }
  Duration delay(size_t from, size_t to, int64_t bytes = 100) {
    return topology.draw_delay(rng, topology.route(hosts[from], hosts[to]), bytes);
  }

  Topology topology;
  std::vector<HostId> hosts;
  Rng rng{1};
};

std::vector<Duration> sorted_delays(Map& map, size_t from, size_t to, int64_t bytes, int count) {
  std::vector<Duration> delays;
  for (int i = 0; i < count; ++i) delays.push_back(map.delay(from, to, bytes));
  std::sort(delays.begin(), delays.end());
  return delays;
}

TEST(Topology, a_route_adds_up_its_links) {
  Map map;
  EXPECT_EQ(map.delay(0, 1), 200_us);
  EXPECT_EQ(map.delay(0, 0), kLoopbackDelay);
  Duration between_zones = map.topology.route(map.hosts[0], map.hosts[2]).round_trip;
  EXPECT_EQ(between_zones, (200_us + kZoneLink.p50) * 2);
  Duration between_regions = map.topology.route(map.hosts[0], map.hosts[3]).round_trip;
  EXPECT_EQ(between_regions, (100_us + kZoneLink.p50 + 10_ms + kHostLink.p50) * 2);
}

TEST(Topology, default_delays_have_their_median_percentile_and_floor) {
  Topology topology;
  ZoneId zone = topology.add_zone("a", topology.add_region("r"));
  Map map;
  map.topology = topology;
  map.hosts = {map.topology.add_host("x", zone), map.topology.add_host("y", zone)};
  auto delays = sorted_delays(map, 0, 1, 100, 100'000);
  Duration p50 = kHostLink.p50 * 2, p99 = kHostLink.p99 * 2;
  EXPECT_NEAR(delays[50'000].nanos(), p50.nanos(), p50.nanos() / 50);
  EXPECT_NEAR(delays[99'000].nanos(), p99.nanos(), p99.nanos() / 50);
  EXPECT_GE(delays.front(), p50 * 9 / 10);
}

TEST(Topology, without_jitter_and_loss_nothing_is_drawn) {
  Map map;
  const Rng before = map.rng;
  map.delay(0, 1);
  EXPECT_EQ(map.rng, before);
}

TEST(Topology, the_narrowest_link_sets_the_time_on_the_wire) {
  Map map;
  LinkSpec narrow = fixed(100_us);
  narrow.bytes_per_second = 1'000'000;
  LinkSpec wide = fixed(100_us);
  wide.bytes_per_second = 50'000'000;
  map.topology.set_zone_link(map.topology.zone_of(map.hosts[0]), wide);
  map.topology.set_zone_link(map.topology.zone_of(map.hosts[2]), narrow);
  EXPECT_EQ(map.delay(0, 1, 50'000), 200_us + 1_ms);
  EXPECT_EQ(map.topology.route(map.hosts[0], map.hosts[2]).bytes_per_second, 1'000'000);
}

TEST(Topology, regions_use_the_cheapest_way) {
  Topology topology;
  Map map;
  map.topology = topology;
  std::vector<RegionId> regions;
  map.hosts.clear();
  for (const char* name : {"a", "b", "c"}) {
    regions.push_back(map.topology.add_region(name));
    map.hosts.push_back(map.topology.add_host("h", map.topology.add_zone("z", regions.back())));
  }
  map.topology.link_regions(regions[0], regions[1], fixed(10_ms));
  map.topology.link_regions(regions[1], regions[2], fixed(10_ms));
  map.topology.link_regions(regions[0], regions[2], fixed(100_ms));
  Duration round_trip = map.topology.route(map.hosts[0], map.hosts[2]).round_trip;
  EXPECT_EQ(round_trip, (20_ms + kZoneLink.p50 + kHostLink.p50 * 2) * 2);
}

// --- Loss ---

TEST(Topology, a_lost_packet_costs_a_round_trip_and_a_lost_last_one_the_timer) {
  Map map;
  map.topology.change(1, {map.hosts[0]}, {map.hosts[1]}, {Ratio{1, 1}, 0_ns, Ratio{1, 100}});
  // One packet: lost, it waits for the timer.
  auto small = sorted_delays(map, 0, 1, 100, 20'000);
  EXPECT_EQ(small.front(), 200_us);
  auto hit = std::upper_bound(small.begin(), small.end(), 200_us);
  EXPECT_NEAR(small.end() - hit, 200, 50);
  EXPECT_EQ(*hit, 200_us + kRetransmitMin);
  // Ten packets: nine of them are followed by others.
  auto large = sorted_delays(map, 0, 1, 10 * kPacketBytes, 20'000);
  std::set<Duration> kinds(large.begin(), large.end());
  EXPECT_TRUE(kinds.contains(200_us + 400_us));
  auto slow = std::lower_bound(large.begin(), large.end(), kRetransmitMin);
  int64_t fast = std::upper_bound(large.begin(), large.end(), 600_us) -
                 std::upper_bound(large.begin(), large.end(), 200_us);
  EXPECT_NEAR(fast, 20'000 * 0.086, 250);
  EXPECT_NEAR(large.end() - slow, 20'000 * 0.011, 80);
}

TEST(Topology, losing_everything_delays_for_minutes_but_ends) {
  Map map;
  map.topology.change(1, {map.hosts[0]}, {map.hosts[1]}, {Ratio{1, 1}, 0_ns, Ratio{1, 1}});
  const Rng before = map.rng;
  // 0.2 + 0.4 + ... + 102.4 + 5 * 120 seconds.
  EXPECT_EQ(map.delay(0, 1), Duration::millis(200 * 1023) + Duration::seconds(600) + 200_us);
  EXPECT_EQ(map.rng, before);
}

// --- Changes and cuts ---

TEST(Topology, changes_are_undone_exactly_in_any_order) {
  for (bool first_ends_first : {true, false}) {
    Map map;
    map.topology.change(1, {map.hosts[0]}, {map.hosts[1]}, {Ratio{3, 1}, 1_ms, Ratio()});
    EXPECT_EQ(map.delay(0, 1), 1600_us);
    EXPECT_EQ(map.delay(1, 0), 1600_us);
    map.topology.change(2, {map.hosts[1]}, {map.hosts[0], map.hosts[2]},
                        {Ratio{2, 1}, 0_ns, Ratio()});
    EXPECT_EQ(map.delay(0, 1), 2200_us);
    EXPECT_EQ(map.topology.modified_because(map.hosts[1], map.hosts[2]), 2u);
    map.topology.restore(first_ends_first ? 1 : 2);
    EXPECT_EQ(map.delay(0, 1), first_ends_first ? 400_us : 1600_us);
    map.topology.restore(first_ends_first ? 2 : 1);
    EXPECT_EQ(map.delay(0, 1), 200_us);
    EXPECT_FALSE(map.topology.modified(map.hosts[0], map.hosts[1]));
  }
}

TEST(Topology, what_changes_make_together_does_not_depend_on_their_order) {
  std::vector<Topology::Change> changes = {{Ratio{1, 3}, 7_ns, Ratio{1, 7}},
                                           {Ratio{5, 7}, 0_ns, Ratio{1, 3}},
                                           {Ratio{11, 2}, 1_ns, Ratio()}};
  std::set<std::pair<int64_t, std::pair<int64_t, int64_t>>> results;
  std::vector<size_t> order = {0, 1, 2};
  do {
    Map map;
    for (size_t i : order) map.topology.change(i + 1, {map.hosts[0]}, {map.hosts[1]}, changes[i]);
    const Route& route = map.topology.route(map.hosts[0], map.hosts[1]);
    results.insert({route.floor.nanos(), {route.loss.numerator, route.loss.denominator}});
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(results.size(), 1u);
}

TEST(Topology, a_change_that_changes_nothing_bites_nothing) {
  Map map;
  map.topology.change(1, {map.hosts[0]}, {map.hosts[1]}, {Ratio{5, 5}, 0_ns, Ratio{0, 3}});
  EXPECT_FALSE(map.topology.modified(map.hosts[0], map.hosts[1]));
  EXPECT_EQ(map.delay(0, 1), 200_us);
}

TEST(Topology, cuts_are_one_way_and_counted) {
  Map map;
  const HostId a = map.hosts[0], b = map.hosts[1], c = map.hosts[2], d = map.hosts[3];
  map.topology.block(1, {a, b}, {b, c});
  EXPECT_TRUE(map.topology.blocked(a, b));
  EXPECT_TRUE(map.topology.blocked(a, c));
  EXPECT_FALSE(map.topology.blocked(c, a));
  EXPECT_FALSE(map.topology.blocked(b, b));
  EXPECT_FALSE(map.topology.blocked(a, d));
  map.topology.block(2, {a}, {c});
  map.topology.block(2, {c}, {a});
  map.topology.unblock(1);
  EXPECT_TRUE(map.topology.blocked(a, c));
  EXPECT_EQ(map.topology.blocked_because(a, c), 2u);
  EXPECT_FALSE(map.topology.blocked(a, b));
  map.topology.unblock(2);
  EXPECT_FALSE(map.topology.blocked(a, c) || map.topology.blocked(c, a));
  EXPECT_EQ(map.topology.blocked_because(a, c), 0u);
}

TEST(Topology, a_copy_goes_its_own_way) {
  Map map;
  Duration before = map.delay(0, 1);
  Map copy = map;
  copy.topology.change(1, {map.hosts[0]}, {map.hosts[1]}, {Ratio{2, 1}, 0_ns, Ratio()});
  copy.topology.block(1, {map.hosts[0]}, {map.hosts[1]});
  EXPECT_EQ(map.delay(0, 1), before);
  EXPECT_FALSE(map.topology.blocked(map.hosts[0], map.hosts[1]));
  EXPECT_EQ(copy.delay(0, 1), before * 2);
}

}  // namespace
}  // namespace sim
