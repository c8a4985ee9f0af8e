// SPDX-License-Identifier: Apache-2.0

#include "sim/topology.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <utility>

#include "absl/container/btree_map.h"
#include "sim/check.h"
#include "sim/link_defaults.h"

namespace sim {

namespace {

Duration scale(Duration d, Ratio factor) {
  return Duration::nanos(static_cast<int64_t>(static_cast<__int128>(d.nanos()) * factor.numerator /
                                              factor.denominator));
}

// The probability that one of two independent losses happens.
Ratio either(Ratio a, Ratio b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  constexpr int64_t kUnit = 1'000'000'000;
  int64_t pa = static_cast<int64_t>(static_cast<__int128>(kUnit) * a.numerator / a.denominator);
  int64_t pb = static_cast<int64_t>(static_cast<__int128>(kUnit) * b.numerator / b.denominator);
  return Ratio{pa + pb - static_cast<int64_t>(static_cast<__int128>(pa) * pb / kUnit), kUnit};
}

bool contains(const std::vector<HostId>& hosts, HostId host) {
  return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

}  // namespace

RegionId Topology::add_region(std::string name) {
  regions_.push_back(std::move(name));
  routes_.clear();
  return RegionId(static_cast<int32_t>(regions_.size()) - 1);
}

ZoneId Topology::add_zone(std::string name, RegionId region) {
  zones_.push_back(Zone{std::move(name), region, kHostLink});
  routes_.clear();
  return ZoneId(static_cast<int32_t>(zones_.size()) - 1);
}

HostId Topology::add_host(std::string name, ZoneId zone) {
  hosts_.push_back(Host{std::move(name), zone});
  routes_.clear();
  return HostId(static_cast<int32_t>(hosts_.size()) - 1);
}

void Topology::link_regions(RegionId a, RegionId b, const LinkSpec& spec) {
  routes_.clear();
  for (RegionLink& link : region_links_) {
    if ((link.a == a && link.b == b) || (link.a == b && link.b == a)) {
      link.spec = spec;
      return;
    }
  }
  region_links_.push_back(RegionLink{a, b, spec});
}

void Topology::set_zone_link(ZoneId zone, const LinkSpec& spec) {
  zones_[static_cast<size_t>(zone.value())].host_link = spec;
  routes_.clear();
}

const Route& Topology::route(HostId from, HostId to) {
  if (routes_.empty()) compute_routes();
  return routes_[index(from) * hosts_.size() + index(to)];
}

Route Topology::route_over(const std::vector<LinkSpec>& links) const {
  Route route;
  Duration p50, p99;
  for (const LinkSpec& link : links) {
    p50 += link.p50;
    p99 += link.p99;
    route.loss = either(route.loss, link.loss);
    if (link.bytes_per_second > 0 &&
        (route.bytes_per_second == 0 || link.bytes_per_second < route.bytes_per_second)) {
      route.bytes_per_second = link.bytes_per_second;
    }
  }
  route.floor = p50 * 9 / 10;
  route.rest_p50 = p50 - route.floor;
  route.rest_p99 = p99 > p50 ? p99 - route.floor : route.rest_p50;
  route.round_trip = p50 * 2;
  return route;
}

void Topology::compute_routes() {
  // Vertices: hosts, then zone hubs, then region hubs.
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                      boost::property<boost::edge_weight_t, int64_t>>;
  size_t zones_from = hosts_.size();
  size_t regions_from = zones_from + zones_.size();
  size_t vertices = regions_from + regions_.size();
  Graph graph(vertices);
  absl::btree_map<std::pair<size_t, size_t>, LinkSpec> specs;
  auto link = [&](size_t a, size_t b, const LinkSpec& spec) {
    boost::add_edge(a, b, spec.p50.nanos(), graph);
    specs[{std::min(a, b), std::max(a, b)}] = spec;
  };
  for (size_t i = 0; i < hosts_.size(); ++i) {
    size_t zone = static_cast<size_t>(hosts_[i].zone.value());
    link(i, zones_from + zone, zones_[zone].host_link);
  }
  LinkSpec half_zone = kZoneLink;
  half_zone.p50 = half_zone.p50 / 2;
  half_zone.p99 = half_zone.p99 / 2;
  for (size_t i = 0; i < zones_.size(); ++i)
    link(zones_from + i, regions_from + static_cast<size_t>(zones_[i].region.value()), half_zone);
  for (size_t a = 0; a < regions_.size(); ++a) {
    for (size_t b = a + 1; b < regions_.size(); ++b) {
      LinkSpec spec = kRegionLink;
      for (const RegionLink& named : region_links_) {
        size_t na = static_cast<size_t>(named.a.value()), nb = static_cast<size_t>(named.b.value());
        if (std::minmax(na, nb) == std::minmax(a, b)) spec = named.spec;
      }
      link(regions_from + a, regions_from + b, spec);
    }
  }
  routes_.assign(hosts_.size() * hosts_.size(), Route());
  for (size_t from = 0; from < hosts_.size(); ++from) {
    std::vector<size_t> parent(vertices);
    std::vector<int64_t> distance(vertices);
    boost::dijkstra_shortest_paths(
        graph, from, boost::predecessor_map(parent.data()).distance_map(distance.data()));
    for (size_t to = 0; to < hosts_.size(); ++to) {
      Route& route = routes_[from * hosts_.size() + to];
      if (to == from) {
        route = route_over({LinkSpec{kLoopbackDelay, kLoopbackDelay, 0, Ratio{0, 1}}});
        continue;
      }
      std::vector<LinkSpec> links;
      for (size_t at = to; at != from; at = parent[at]) {
        SIM_CHECK(parent[at] != at, "no route between two hosts", from, to);
        links.push_back(specs[{std::min(at, parent[at]), std::max(at, parent[at])}]);
      }
      route = route_over(links);
      apply_changes(HostId(static_cast<int32_t>(from)), HostId(static_cast<int32_t>(to)), route);
    }
  }
}

void Topology::apply_changes(HostId from, HostId to, Route& route) const {
  for (const PairChange& pair : changes_) {
    bool there = contains(pair.a, from) && contains(pair.b, to);
    bool back = contains(pair.a, to) && contains(pair.b, from);
    if (!there && !back) continue;
    route.floor = scale(route.floor, pair.change.factor) + pair.change.added;
    route.rest_p50 = scale(route.rest_p50, pair.change.factor);
    route.rest_p99 = scale(route.rest_p99, pair.change.factor);
    route.round_trip = scale(route.round_trip, pair.change.factor) + pair.change.added * 2;
    route.loss = either(route.loss, pair.change.loss);
  }
}

Duration Topology::draw_delay(Rng& rng, const Route& route, int64_t bytes) const {
  Duration delay = route.floor + rng.log_normal(route.rest_p50, route.rest_p99);
  if (route.bytes_per_second > 0)
    delay += Duration::nanos(bytes * 1'000'000'000 / route.bytes_per_second);
  if (route.loss.is_zero()) return delay;
  // A lost packet is sent again after a round trip if later ones tell of the gap; the last one only
  // after the retransmission timeout, which doubles each time.
  int64_t packets = (bytes + kPacketBytes - 1) / kPacketBytes;
  for (int64_t packet = 1; packet <= packets; ++packet) {
    Duration timeout = std::max(kRetransmitMin, route.round_trip * 3);
    for (int tries = 0; tries < 15 && rng.chance(route.loss); ++tries) {
      delay += packet < packets && tries == 0 ? route.round_trip : timeout;
      timeout = std::min(timeout * 2, Duration::seconds(120));
    }
  }
  return delay;
}

void Topology::block(uint64_t token, const std::vector<HostId>& from, const std::vector<HostId>& to) {
  blocks_.push_back(Block{token, from, to});
}

void Topology::unblock(uint64_t token) {
  std::erase_if(blocks_, [&](const Block& block) { return block.token == token; });
}

uint64_t Topology::blocked_because(HostId from, HostId to) const {
  for (const Block& block : blocks_) {
    if (contains(block.from, from) && contains(block.to, to)) return block.token;
  }
  return 0;
}

void Topology::change(uint64_t token, const std::vector<HostId>& a, const std::vector<HostId>& b,
                      const Change& change) {
  changes_.push_back(PairChange{token, a, b, change});
  routes_.clear();
}

void Topology::restore(uint64_t token) {
  std::erase_if(changes_, [&](const PairChange& pair) { return pair.token == token; });
  routes_.clear();
}

uint64_t Topology::modified_because(HostId from, HostId to) const {
  for (const PairChange& pair : changes_) {
    if ((contains(pair.a, from) && contains(pair.b, to)) ||
        (contains(pair.a, to) && contains(pair.b, from))) {
      return pair.token;
    }
  }
  return 0;
}

}  // namespace sim
