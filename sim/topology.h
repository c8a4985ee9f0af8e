// SPDX-License-Identifier: Apache-2.0
//
// Regions, zones, hosts and the links between them, as a graph; the cheapest route between two
// hosts is found with Boost.Graph and kept. Faults change links and pairs of hosts through tokens,
// so that overlapping faults undo exactly what they did.
//
//   host --- zone hub --- region hub --- region hub --- zone hub --- host
//
// A copyable value: hosts, links and routes name each other by number. Not modelled: queues inside
// the network (a host's own card has one, see sim/network.h), links slow independently of each
// other (the links of a route are slow together), and routes around trouble.

#ifndef SIM_TOPOLOGY_H_
#define SIM_TOPOLOGY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/rng.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

using RegionId = StrongId<struct RegionIdTag, int32_t>;
using ZoneId = StrongId<struct ZoneIdTag, int32_t>;

// One way over one link. The delay is a floor of 90 per cent of p50 plus a log-normal rest, such
// that the whole has the given p50 and p99; p99 == p50 draws nothing.
struct LinkSpec {
  Duration p50;
  Duration p99;
  int64_t bytes_per_second = 0;  // 0: unlimited.
  Ratio loss;                    // Of a packet of 1,448 bytes.
};

// Between two hosts, all links taken together.
struct Route {
  Duration floor;
  LogNormal rest;                // The part above the floor.
  Duration round_trip;           // Median, if the way back is alike.
  int64_t bytes_per_second = 0;  // Of the narrowest link; 0: unlimited.
  Ratio loss;
};

class Topology {
 public:
  RegionId add_region(std::string name);
  ZoneId add_zone(std::string name, RegionId region);
  HostId add_host(std::string name, ZoneId zone);
  // Replaces the link between two regions' hubs, or two zones'; others have defaults
  // (sim/link_defaults.h): hosts of a zone, zones of a region.
  void link_regions(RegionId a, RegionId b, const LinkSpec& spec);
  void set_zone_link(ZoneId zone,
                     const LinkSpec& spec);  // Each host to its zone's hub: half the way.

  size_t host_count() const { return hosts_.size(); }
  ZoneId zone_of(HostId host) const { return hosts_[index(host)].zone; }
  const std::string& zone_name(ZoneId zone) const {
    return zones_[static_cast<size_t>(zone.value())].name;
  }
  const std::string& region_name(ZoneId zone) const {
    RegionId region = zones_[static_cast<size_t>(zone.value())].region;
    return regions_[static_cast<size_t>(region.value())];
  }

  // Routes are computed when first asked for, and after a change; the reference is good until then.
  // Hosts without any route: a check fails.
  const Route& route(HostId from, HostId to) {
    if (routes_.empty()) compute_routes();
    return routes_[index(from) * hosts_.size() + index(to)];
  }

  // How long `bytes` take over `route`: propagation, the slowest link's bandwidth, and repeats of
  // lost packets (the last one costs a retransmission timeout, others together a round trip).
  // Without jitter and loss draws nothing.
  Duration draw_delay(Rng& rng, const Route& route, int64_t bytes) const {
    Duration delay = route.floor + rng.draw(route.rest);
    if (route.bytes_per_second > 0) {
      delay += Duration::nanos(bytes * 1'000'000'000 / route.bytes_per_second);
    }
    if (!route.loss.is_zero()) [[unlikely]]
      delay += draw_loss(rng, route, bytes);
    return delay;
  }

  // --- Faults; `token` names who asks (its event), and takes back all that was asked under it with
  // `unblock`, `restore`. What several faults make together does not depend on their order. ---
  // One way. A host always reaches itself.
  void block(uint64_t token, const std::vector<HostId>& from, const std::vector<HostId>& to);
  void unblock(uint64_t token);
  bool blocked(HostId from, HostId to) const {
    return !blocks_.empty() && cut_[index(from) * hosts_.size() + index(to)] > 0;
  }
  // The oldest token that blocks; 0: none.
  uint64_t blocked_because(HostId from, HostId to) const;

  struct Change {
    Ratio factor{1, 1};  // Of all delays.
    Duration added;      // One way.
    Ratio loss;          // In addition.
    bool changes_nothing() const {
      return factor.is_one() && added == Duration() && loss.is_zero();
    }
  };
  // Both ways between each of `a` and each of `b`.
  void change(uint64_t token, const std::vector<HostId>& a, const std::vector<HostId>& b,
              const Change& change);
  void restore(uint64_t token);
  bool is_undisturbed() const { return blocks_.empty() && changes_.empty(); }
  bool modified(HostId from, HostId to) const {
    return !changes_.empty() && modified_because(from, to) != 0;
  }
  // The oldest token that changes anything between them; 0: none.
  uint64_t modified_because(HostId from, HostId to) const;

 private:
  struct Zone {
    std::string name;
    RegionId region;
    LinkSpec host_link;  // Half the way between two hosts of the zone.
  };
  struct Host {
    std::string name;
    ZoneId zone;
  };
  struct RegionLink {
    RegionId a, b;
    LinkSpec spec;
  };
  struct Block {
    uint64_t token;
    std::vector<HostId> from, to;
  };
  struct PairChange {
    uint64_t token;
    std::vector<HostId> a, b;
    Change change;
    bool covers(HostId from, HostId to) const;
  };
  // A route in the making.
  struct Path {
    Duration floor, p50, p99;
    int64_t bytes_per_second = 0;
    Ratio loss;
  };

  static size_t index(HostId host) { return static_cast<size_t>(host.value()); }
  static Duration draw_loss(Rng& rng, const Route& route, int64_t bytes);
  void compute_routes();
  void count_cuts();
  static Path path_over(const std::vector<LinkSpec>& links);
  static Route route_of(const Path& path);
  void apply_changes(HostId from, HostId to, Path& path) const;

  std::vector<std::string> regions_;
  std::vector<Zone> zones_;
  std::vector<Host> hosts_;
  std::vector<RegionLink> region_links_;
  std::vector<Block> blocks_;
  std::vector<PairChange> changes_;
  std::vector<int32_t> cut_;   // Blocks, from * hosts + to; only while there are any.
  std::vector<Route> routes_;  // from * hosts + to; empty: to be computed.
};

}  // namespace sim

#endif  // SIM_TOPOLOGY_H_
