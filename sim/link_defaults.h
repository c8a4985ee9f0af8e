// SPDX-License-Identifier: Apache-2.0
//
// What links cost when nothing else is said: one-way delays between two hosts of a zone, two zones
// of a region, and two regions. Typical figures of a public cloud (a zone's round trip is 0.3 ms,
// between zones 1 ms, Azure's eastus2 - southcentralus 33 ms); the tail of a local network is wide
// (p99 = 3 x p50), that of a wide area network narrow.

#ifndef SIM_LINK_DEFAULTS_H_
#define SIM_LINK_DEFAULTS_H_

#include "sim/topology.h"

namespace sim {

inline constexpr int64_t kPacketBytes = 1448;
inline constexpr Duration kLoopbackDelay = Duration::micros(20);
// TCP's retransmission timer, as Linux sets it.
inline constexpr Duration kRetransmitMin = Duration::millis(200);
inline constexpr Duration kRetransmitMax = Duration::seconds(120);
inline constexpr int kRetransmitsMax = 15;

// Half of the way between two hosts of one zone.
inline constexpr LinkSpec kHostLink{Duration::micros(75), Duration::micros(110), 0, Ratio{0, 1}};
// Between the hubs of two zones of one region, on top of the hosts' links.
inline constexpr LinkSpec kZoneLink{Duration::micros(350), Duration::micros(500), 0, Ratio{0, 1}};
// Between two regions' hubs.
inline constexpr LinkSpec kRegionLink{Duration::micros(16'000), Duration::micros(17'600), 0,
                                      Ratio{1, 100'000}};
// A 10 Gb/s network card, 94 per cent of it usable.
inline constexpr int64_t kNicBytesPerSecond = 1'175'000'000;

}  // namespace sim

#endif  // SIM_LINK_DEFAULTS_H_
