// SPDX-License-Identifier: Apache-2.0
//
// One file on a simulated disk: what a reader sees (the page cache), what is durable, and which
// pages differ and since when.
//
//   content   [ page 0 ][ page 1 ][ page 2 ][ page 3 ..]
//   dirty                          ^ 12.1 s  ^ 13.4 s      written back 30 s after it became dirty
//   durable   [ page 0 ][ page 1 ]
//
// Write-back has no events of its own: it is worked out before the next change, and when the power
// goes. A shorter length is durable when the file system's journal is (5 s, or a directory's sync);
// what is written behind it before that cannot survive without it.
//
// Not modelled: a page that becomes dirty within a second of its neighbour may be written back with
// it, up to a second early.

#ifndef SIM_DISK_FILE_H_
#define SIM_DISK_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "sim/rng.h"
#include "sim/time.h"

namespace sim {

// How long the system takes to make changes durable by itself.
struct WriteBack {
  Duration pages;
  Duration journal;
};

class DiskFile {
 public:
  static constexpr int64_t kPageBytes = 4096;

  int64_t size() const { return static_cast<int64_t>(content_.size()); }
  // Fewer bytes at the end of the file. Shared, not copied.
  absl::Cord read(int64_t position, int64_t length) const;
  void append(absl::Cord bytes, SimTime now, const WriteBack& delays);
  // Behind the end: the gap reads as zeros.
  void write_at(int64_t position, absl::Cord bytes, SimTime now, const WriteBack& delays);
  // Cuts, or grows with zeros.
  void truncate(int64_t size, SimTime now, const WriteBack& delays);
  void sync();
  // The journal is made durable: the file is not longer than it was cut to, whatever happens.
  void sync_cut() {
    if (cut_) commit_cut();
  }
  // The medium forgets: these bytes are other ones now, in the cache as on the platter, and nobody
  // has written them. The range lies inside the file.
  void rot(int64_t position, const std::string& bytes);
  void clear() { *this = DiskFile(); }

  bool is_dirty() const { return !dirty_.empty() || cut_.has_value(); }
  // Bytes in dirty pages.
  int64_t dirty_bytes() const;
  // When the file became shorter, if the journal would lose that with the power.
  std::optional<SimTime> undurable_cut(SimTime now, const WriteBack& delays) const;
  // The power goes. Of the dirty pages any subset survives; of one of the others a part does. The
  // journal survives up to `journal_end`. Returns how many written bytes are gone.
  int64_t power_loss(SimTime now, const WriteBack& delays, SimTime journal_end, Rng& rng);
  // As a power loss in which no dirty page survives, and no cut that the journal does not know.
  int64_t lose_all_unsynced(SimTime now, const WriteBack& delays);

 private:
  // Pages [first, end).
  struct Run {
    int64_t first;
    int64_t end;
    SimTime since;
  };
  struct Cut {
    int64_t size;
    SimTime since;
  };
  // A part of the content that reached the platter.
  struct Survivor {
    int64_t begin;
    int64_t end;
  };

  // The bytes from `begin` to `end` are about to change.
  void mark(int64_t begin, int64_t end, SimTime now, const WriteBack& delays);
  void mark_between(int64_t first, int64_t end, SimTime now);
  void settle(SimTime now, const WriteBack& delays);
  void commit_cut();
  void keep_below(int64_t page);
  // `durable_` with the survivors laid over it; zeros where neither has bytes.
  absl::Cord overlay(const std::vector<Survivor>& survivors) const;
  int64_t changed_bytes(int64_t begin, int64_t end) const;
  std::vector<Survivor> draw_survivors(Rng& rng, int64_t* lost) const;

  absl::Cord content_;
  absl::Cord durable_;
  std::vector<Run> dirty_;        // By page, disjoint.
  std::optional<Cut> cut_;        // The file became shorter, and the platter does not know yet.
  SimTime due_ = SimTime::max();  // Nothing is written back before.
};

}  // namespace sim

#endif  // SIM_DISK_FILE_H_
