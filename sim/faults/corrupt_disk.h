// SPDX-License-Identifier: Apache-2.0
//
// Bit rot: bits flip, or pages turn to zeros, in files that lie on a host's disk. Nobody wrote them;
// the next reader gets them, and a power loss does not bring the old bytes back. Has no end.

#ifndef SIM_FAULTS_CORRUPT_DISK_H_
#define SIM_FAULTS_CORRUPT_DISK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault_state.h"
#include "sim/strong_id.h"

namespace sim {

class World;

struct CorruptDisk {
  static constexpr std::string_view kName = "corrupt_disk";
  HostId host{-1};
  std::vector<std::string> prefixes;  // Of the paths of the files: each path has one of them.
  std::string suffix;                 // Likewise: ".log".
  bool zeroes_pages = false;
  int64_t count = 1;  // Of places.
  static void fields(auto&& f) {
    f("host", &CorruptDisk::host);
    f("prefixes", &CorruptDisk::prefixes);
    f("suffix", &CorruptDisk::suffix);
    f("zeroes_pages", &CorruptDisk::zeroes_pages);
    f("count", &CorruptDisk::count);
  }
  void begin(World& world, FaultState& state) const;
  void end(World& world, FaultState& state) const;
};

}  // namespace sim

#endif  // SIM_FAULTS_CORRUPT_DISK_H_
