// SPDX-License-Identifier: Apache-2.0

#include "sim/topology.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <tuple>
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
  SIM_CHECK(static_cast<size_t>(zone.value()) < zones_.size(), zone.value());
  hosts_.push_back(Host{std::move(name), zone});
  routes_.clear();
  count_cuts();
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

Topology::Path Topology::path_over(const std::vector<LinkSpec>& links) {
  Path path;
  for (const LinkSpec& link : links) {
    path.p50 += link.p50;
    path.p99 += link.p99;
    path.loss = either(path.loss, link.loss);
    if (link.bytes_per_second > 0 &&
        (path.bytes_per_second == 0 || link.bytes_per_second < path.bytes_per_second)) {
      path.bytes_per_second = link.bytes_per_second;
    }
  }
  path.floor = path.p50 * 9 / 10;
  return path;
}

Route Topology::route_of(const Path& path) {
  Route route;
  bool jitters = path.p99 > path.p50 && path.p50 > path.floor;
  route.floor = jitters ? path.floor : path.p50;
  if (jitters) route.rest = LogNormal(path.p50 - path.floor, path.p99 - path.floor);
  route.round_trip = path.p50 * 2;
  route.bytes_per_second = path.bytes_per_second;
  route.loss = path.loss;
  return route;
}

void Topology::compute_routes() {
  // Vertices: hosts, then zone hubs, then region hubs.
  using Graph =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
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
        route = route_of(path_over({LinkSpec{kLoopbackDelay, kLoopbackDelay, 0, Ratio{0, 1}}}));
        continue;
      }
      std::vector<LinkSpec> links;
      for (size_t at = to; at != from; at = parent[at]) {
        SIM_CHECK(parent[at] != at, "no route between two hosts", from, to);
        links.push_back(specs[{std::min(at, parent[at]), std::max(at, parent[at])}]);
      }
      Path path = path_over(links);
      apply_changes(HostId(static_cast<int32_t>(from)), HostId(static_cast<int32_t>(to)), path);
      route = route_of(path);
    }
  }
}

bool Topology::PairChange::covers(HostId from, HostId to) const {
  return !change.changes_nothing() &&
         ((contains(a, from) && contains(b, to)) || (contains(a, to) && contains(b, from)));
}

void Topology::apply_changes(HostId from, HostId to, Path& path) const {
  std::vector<Change> changes;
  for (const PairChange& pair : changes_) {
    if (pair.covers(from, to)) changes.push_back(pair.change);
  }
  // By value, so that rounding does not depend on which fault came first.
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    auto key = [](const Change& c) {
      return std::tie(c.factor.numerator, c.factor.denominator, c.loss.numerator,
                      c.loss.denominator);
    };
    return key(a) < key(b);
  });
  Duration added;
  for (const Change& change : changes) {
    for (Duration* each : {&path.floor, &path.p50, &path.p99}) *each = scale(*each, change.factor);
    path.loss = either(path.loss, change.loss);
    added += change.added;
  }
  for (Duration* each : {&path.floor, &path.p50, &path.p99}) *each += added;
}

Duration Topology::draw_loss(Rng& rng, const Route& route, int64_t bytes) {
  // Lost packets are noticed after a round trip if later ones follow them; the last one, and one
  // that is lost again, only by the retransmission timer, which doubles.
  Duration delay;
  Duration timer = std::max(kRetransmitMin, route.round_trip * 3);
  int64_t in_flight = std::max<int64_t>(1, (bytes + kPacketBytes - 1) / kPacketBytes);
  for (int round = 0; round < kRetransmitsMax; ++round) {
    int64_t lost = 0;
    bool last_lost = false;
    for (int64_t packet = 0; packet < in_flight; ++packet) {
      last_lost = rng.chance(route.loss);
      if (last_lost) ++lost;
    }
    if (lost == 0) break;
    if (round == 0 && !last_lost) {
      delay += route.round_trip;
    } else {
      delay += timer;
      timer = std::min(timer * 2, kRetransmitMax);
    }
    in_flight = lost;
  }
  return delay;
}

void Topology::block(uint64_t token, const std::vector<HostId>& from,
                     const std::vector<HostId>& to) {
  blocks_.push_back(Block{token, from, to});
  count_cuts();
}

void Topology::unblock(uint64_t token) {
  std::erase_if(blocks_, [&](const Block& block) { return block.token == token; });
  count_cuts();
}

void Topology::count_cuts() {
  cut_.assign(blocks_.empty() ? 0 : hosts_.size() * hosts_.size(), 0);
  for (const Block& block : blocks_) {
    for (HostId from : block.from) {
      for (HostId to : block.to) {
        if (from != to) ++cut_.at(index(from) * hosts_.size() + index(to));
      }
    }
  }
}

uint64_t Topology::blocked_because(HostId from, HostId to) const {
  for (const Block& block : blocks_) {
    if (from != to && contains(block.from, from) && contains(block.to, to)) return block.token;
  }
  return 0;
}

void Topology::change(uint64_t token, const std::vector<HostId>& a, const std::vector<HostId>& b,
                      const Change& change) {
  SIM_CHECK(change.factor.numerator >= 0 && change.factor.denominator > 0 &&
                change.added >= Duration() && change.loss.denominator > 0,
            change.factor.numerator, change.factor.denominator, change.added.nanos());
  changes_.push_back(PairChange{token, a, b, change});
  routes_.clear();
}

void Topology::restore(uint64_t token) {
  std::erase_if(changes_, [&](const PairChange& pair) { return pair.token == token; });
  routes_.clear();
}

uint64_t Topology::modified_because(HostId from, HostId to) const {
  for (const PairChange& pair : changes_) {
    if (pair.covers(from, to)) return pair.token;
  }
  return 0;
}

}  // namespace sim
