// SPDX-License-Identifier: Apache-2.0
//
// One host's simulated disk: files behind a page cache, as an operating system keeps them.
//
//   write --> page cache (dirty pages) --30 s or sync--> platter
//   create, rename, remove, a shorter length --> journal --5 s or sync_directory--> platter
//
//   process crash   nothing is lost: the cache belongs to the system
//   power loss      of the dirty pages any subset survives, one is torn at some byte; of the journal
//                   a prefix survives (a journal is written in order)
//
// File bytes are absl::Cord, shared with whoever wrote or reads them and never copied as a whole;
// copying a disk copies handles. A host may have several devices, each with its own queue of
// flushes and its own troubles; they share one journal. Processes use them through a DiskView,
// which knows the time and adds up what the operations cost. A device makes one flush at a time: a
// sync waits for those before.

#ifndef SIM_DISK_H_
#define SIM_DISK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim/disk_file.h"
#include "sim/disk_troubles.h"
#include "sim/file_system.h"
#include "sim/rng.h"

namespace sim {

// Costs of a cloud SSD. Sources: fio figures published for SSDs (fsync), Linux defaults
// (write-back).
struct DiskSpec {
  Duration write_base = Duration::micros(3);  // A write into the page cache, ...
  int64_t write_nanos_per_kib = 512;          // ... and its bytes.
  Duration read_base = Duration::micros(1);   // A read from the page cache.
  int64_t read_nanos_per_kib = 100;
  Duration metadata_base = Duration::micros(10);  // Open, create, rename, remove.
  Duration sync_p50 = Duration::micros(780);
  Duration sync_p99 = Duration::micros(2400);
  Ratio stall{1, 1000};  // Of the syncs; each takes stall_factor times as long.
  int64_t stall_factor = 10;
  int64_t bytes_per_second = 250'000'000;  // Dirty bytes on their way to the device.
  Duration write_back_after = Duration::seconds(30);
  Duration journal_commit_after = Duration::seconds(5);
  // Directories of the root that are disks of their own; all else is on device 0.
  std::vector<std::string> mounts;
};

// Bits or pages that went bad where they lie.
struct DiskRot {
  enum class Kind : uint8_t { kFlippedBit, kZeroedPage };
  struct Place {
    std::string path;
    int64_t position = 0;
  };
};

struct PowerLossReport {
  int64_t bytes_lost = 0;  // Written, and not there any more; those of vanished files too.
  int64_t files_hurt = 0;
  int64_t directory_operations_lost = 0;
};

class SimDisk {
 public:
  explicit SimDisk(const DiskSpec& spec = {});

  // --- Faults ---
  // The processes are gone: open files are closed. What they wrote stays.
  void close_all();
  // Closes all files, too.
  PowerLossReport power_loss(SimTime now, Rng& rng);
  // The worst of all power losses: nothing survives that was not made durable, by a sync or by the
  // system in its time. Nothing is drawn. Closes all files, too.
  PowerLossReport lose_all_unsynced(SimTime now);
  // Every operation takes `factor` times as long until `speed_up` with the same token, which
  // returns how many operations were slowed.
  void slow_down(uint64_t token, Ratio factor);
  int64_t speed_up(uint64_t token);
  int64_t slowed_by(uint64_t token) const;  // So far.
  // Failing, full or lying devices, until `end_trouble` with the same token, which returns how many
  // operations were spoilt.
  void begin_trouble(uint64_t token, const DiskTrouble& trouble) {
    troubles_.begin(token, trouble);
  }
  int64_t end_trouble(uint64_t token) { return troubles_.end(token); }
  int64_t spoilt_by(uint64_t token) const { return troubles_.spoilt_by(token); }  // So far.
  // Nothing of the above is at work.
  bool is_undisturbed() const {
    return slow_.empty() && troubles_.none() && crash_points_.empty() && fail_after_ == 0;
  }
  // No device is failing.
  bool works() const { return troubles_.none_stops_work(); }
  // Spoils one place of the files whose paths begin with one of `prefixes` and end with `suffix`,
  // each byte as likely as any other: durably, and for the next reader. Nothing if they have no
  // bytes.
  std::optional<DiskRot::Place> rot(DiskRot::Kind kind, const std::vector<std::string>& prefixes,
                                    std::string_view suffix, Rng& rng);
  // The device of a path, or of one of DiskSpec::mounts.
  int32_t device_of(std::string_view path) const;
  // The k-th operation that changes something from now on (1: the next), and all after it, do
  // nothing; the shell sees `hit_crash_point` and lets the process die. If it is a write, its first
  // `torn_bytes` are written. Several points may be set; `token` names one for `disarm`.
  void crash_at_operation(int64_t k, int64_t torn_bytes = 0, uint64_t token = 0) {
    crash_points_.push_back({k, torn_bytes, token});
  }
  bool hit_crash_point() const { return crashed_; }
  bool hit_crash_point(uint64_t token) const;
  void disarm(uint64_t token);
  // The process has died at it: the disk works again, with the points that are still to come.
  void survive_crash_point();
  void clear_crash_point() {
    crash_points_.clear();
    torn_bytes_ = 0;
    crashed_ = false;
  }
  // The k-th operation that can fail from now on (1: the next), reads too, changes nothing and
  // gives DataLoss. The others work.
  void fail_at_operation(int64_t k) { fail_after_ = k; }
  bool has_failed_operation() const { return failed_; }
  void clear_failing_operation() {
    fail_after_ = 0;
    failed_ = false;
  }

  // A hash over all bytes written since the last call, for the state digest.
  uint64_t take_written_hash();
  // Bytes that a power loss now could lose.
  int64_t unsynced_bytes() const;
  int64_t bytes_written() const { return bytes_written_; }

 private:
  friend class DiskView;
  using Inode = int32_t;
  static constexpr Inode kDirectory = -1;
  static constexpr Inode kNoInode = -2;

  struct File {
    DiskFile bytes;
    int32_t uses = 0;  // By tree, journal and open files; at 0 its inode is free.
    int32_t device = 0;
  };
  // What a path led to before it changed.
  struct Former {
    std::string path;
    Inode inode;  // kNoInode: nothing.
  };
  // One directory operation, until it is durable.
  struct Change {
    SimTime when;
    std::vector<Former> before;
  };
  struct Slowness {
    Ratio factor;
    uint64_t token;
    int64_t operations = 0;
  };

  struct CrashPoint {
    int64_t operations_left = 0;  // 0: it was hit.
    int64_t torn_bytes = 0;
    uint64_t token = 0;
  };

  bool mutate();  // False past the crash point.
  bool fails();   // Asked once for each operation.
  WriteBack delays() const { return {spec_.write_back_after, spec_.journal_commit_after}; }
  Duration slowed(Duration cost);
  Duration flush_time(Rng& rng, int64_t bytes);

  // --- The tree: every change of it is recorded, and undone by a power loss ---
  Inode find(std::string_view path) const;
  bool has_parent(std::string_view path) const;  // Its directory exists.
  std::vector<std::string> children(std::string_view directory) const;
  void begin_change(SimTime when);
  void lead(const std::string& path, Inode to);  // As part of the change begun last.
  void point(const std::string& path, Inode to);
  void commit_journal(SimTime now);
  // What survives of the journal: a beginning, both of the cuts and of the changes.
  struct JournalEnd {
    SimTime last_cut = SimTime::at_nanos(INT64_MIN);
    size_t least_changes = 0;
    size_t most_changes = 0;
  };
  JournalEnd draw_last_cut(SimTime now, Rng& rng) const;
  void forget(size_t changes);
  size_t undo_changes(size_t kept, PowerLossReport* report);
  Inode new_inode(int32_t device);
  SimTime& device_free(int32_t device) { return device_free_[static_cast<size_t>(device)]; }
  void hold(Inode inode);
  void drop(Inode inode);
  FileId open_inode(Inode inode);

  DiskSpec spec_;
  absl::btree_map<std::string, Inode> tree_;  // Path to inode, or kDirectory.
  std::vector<File> files_;                   // By inode.
  std::vector<Inode> free_inodes_;
  std::vector<Inode> open_;      // By FileId; kNoInode: closed.
  std::vector<Change> journal_;  // Not durable, in order.
  std::vector<Inode> cut_;       // Files that became shorter since a directory was synced.
  std::vector<Slowness> slow_;   // By factor, so that rounding does not depend on who came first.
  DiskTroubles troubles_;
  std::vector<SimTime> device_free_;
  uint64_t written_hash_ = 0;
  int64_t bytes_written_ = 0;
  std::vector<CrashPoint> crash_points_;
  int64_t torn_bytes_ = 0;  // Of the write at the crash point.
  bool crashed_ = false;
  int64_t fail_after_ = 0;  // 0: not armed.
  bool failed_ = false;
};

// The disk as one handler sees it: at one time, with one meter. Lives during one call.
class DiskView final : public FileSystem {
 public:
  DiskView(SimDisk& disk, SimTime now, Rng& rng) : disk_(disk), now_(now), rng_(rng) {}
  // For looking from outside: costs nobody anything, and no fault sees it. Only to read with.
  static DiskView observer(SimDisk& disk, SimTime now, Rng& rng) {
    DiskView view(disk, now, rng);
    view.observes_ = true;
    return view;
  }

  absl::StatusOr<FileId> open(std::string_view path, bool create) override;
  absl::Status close(FileId file) override;
  absl::StatusOr<int64_t> size(FileId file) override;
  absl::StatusOr<absl::Cord> read(FileId file, int64_t position, int64_t length) override;
  absl::Status append(FileId file, absl::Cord bytes) override;
  absl::Status write_at(FileId file, int64_t position, absl::Cord bytes) override;
  absl::Status truncate(FileId file, int64_t size) override;
  absl::Status sync(FileId file) override;
  bool exists(std::string_view path) override;
  absl::Status create_directory(std::string_view path) override;
  absl::StatusOr<std::vector<std::string>> list(std::string_view directory) override;
  absl::Status rename(std::string_view from, std::string_view to) override;
  absl::Status remove(std::string_view path) override;
  absl::Status sync_directory(std::string_view path) override;
  Duration spent() const override { return spent_; }
  void reset_spent() override { spent_ = Duration(); }

 private:
  SimTime at() const { return now_ + spent_; }
  void charge(Duration cost) {
    if (!observes_) spent_ += disk_.slowed(cost);
  }
  void charge_bytes(Duration base, int64_t nanos_per_kib, size_t bytes);
  void flush(int32_t device, int64_t bytes);
  absl::Status on_read(int32_t device);
  absl::Status on_write(int32_t device);
  void store(SimDisk::File& file, int64_t position, absl::Cord bytes);
  // The error of an operation that is to fail, before it has done anything.
  absl::Status may_fail() const;
  SimDisk::File* file_of(FileId id);

  SimDisk& disk_;
  SimTime now_;
  Rng& rng_;
  Duration spent_;
  bool observes_ = false;
};

}  // namespace sim

#endif  // SIM_DISK_H_
