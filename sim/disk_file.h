// SPDX-License-Identifier: Apache-2.0
//
// One file on a simulated disk: what a reader sees (the page cache), what is durable, and which pages
// differ and since when.
//
//   content   [ page 0 ][ page 1 ][ page 2 ][ page 3 ..]
//   dirty                          ^ 12.1 s  ^ 12.4 s      written back 30 s after it became dirty
//   durable   [ page 0 ][ page 1 ]
//
// Write-back has no events of its own: it is worked out when a page becomes dirty again, when there
// are many, and when the power goes.

#ifndef SIM_DISK_FILE_H_
#define SIM_DISK_FILE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/cord.h"
#include "sim/rng.h"
#include "sim/time.h"

namespace sim {

class DiskFile {
 public:
  static constexpr int64_t kPageBytes = 4096;

  int64_t size() const { return static_cast<int64_t>(content_.size()); }
  absl::Cord read(int64_t position, int64_t length) const;
  // `after`: how long a page stays dirty before the system writes it back.
  void append(absl::Cord bytes, SimTime now, Duration after);
  void write_at(int64_t position, absl::Cord bytes, SimTime now, Duration after);
  void truncate(int64_t size, SimTime now);
  void sync();
  void clear();

  bool is_dirty() const { return !dirty_.empty() || truncated_.has_value(); }
  int64_t dirty_bytes() const;
  // The power goes. Of the pages that are still dirty each survives by chance, and one survivor may be
  // torn. Returns how many bytes were lost.
  int64_t power_loss(SimTime now, Duration after, Rng& rng);

 private:
  struct Dirty {
    int64_t page;
    SimTime since;
  };
  struct Truncation {
    int64_t size;
    SimTime since;
  };
  // The bytes from `begin` to `end` are about to change.
  void mark(int64_t begin, int64_t end, SimTime now, Duration after);
  // What the cache holds of [begin, end) goes to the platter.
  void write_back(int64_t begin, int64_t end);
  void write_back_old(SimTime now, Duration after);

  absl::Cord content_;
  absl::Cord durable_;
  std::vector<Dirty> dirty_;              // By page.
  std::optional<Truncation> truncated_;   // Not durable yet: the smallest size since it was.
};

}  // namespace sim

#endif  // SIM_DISK_FILE_H_
