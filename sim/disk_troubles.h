// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a host's disks at the moment. Several troubles may overlap; each ends by itself.
//
//   failing   reads, writes or both answer with an I/O error (Unavailable)
//   full      a file may grow by what is left (a last write may be stored in part), then
//             ResourceExhausted; what is removed or cut makes room
//   lying     a flush answers as if it had made things durable, and has not: they become so when
//             the system writes them back

#ifndef SIM_DISK_TROUBLES_H_
#define SIM_DISK_TROUBLES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"

namespace sim {

struct DiskTrouble {
  enum class Kind : uint8_t { kFailing, kFull, kLying };
  static constexpr int32_t kAllDevices = -1;

  Kind kind = Kind::kFailing;
  int32_t device = kAllDevices;
  bool reads = true;       // failing
  bool writes = true;      // failing
  int64_t free_bytes = 0;  // full
};

class DiskTroubles {
 public:
  // `token` names it for `end`, which returns how many operations it spoilt.
  void begin(uint64_t token, const DiskTrouble& trouble);
  int64_t end(uint64_t token);
  int64_t spoilt_by(uint64_t token) const;
  bool none() const { return active_.empty(); }
  // Only such are at work with which a process can start.
  bool none_stops_work() const;

  absl::Status on_read(int32_t device);
  absl::Status on_write(int32_t device);
  // A file is to grow by `bytes`: by how many it may.
  int64_t grow(int32_t device, int64_t bytes);
  // Files became smaller, or went.
  void shrink(int32_t device, int64_t bytes);
  // True if a flush of the device does nothing.
  bool ignores_sync(int32_t device);

 private:
  struct Active {
    DiskTrouble trouble;
    uint64_t token;
    int64_t spoilt = 0;
    bool hits(DiskTrouble::Kind kind, int32_t device) const {
      bool here = trouble.device == DiskTrouble::kAllDevices || trouble.device == device;
      return here && trouble.kind == kind;
    }
  };
  absl::Status fail(int32_t device, bool is_write);

  std::vector<Active> active_;
};

}  // namespace sim

#endif  // SIM_DISK_TROUBLES_H_
