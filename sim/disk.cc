// SPDX-License-Identifier: Apache-2.0
//
// The disk itself: its tree of files, the journal of that tree, and what faults do to them.

#include "sim/disk.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace sim {

SimDisk::SimDisk(const DiskSpec& spec)
    : spec_(spec), device_free_(1 + spec.mounts.size(), SimTime::at_nanos(INT64_MIN)) {}

bool SimDisk::mutate() {
  if (crashed_) {
    torn_bytes_ = 0;  // The torn write was the one at the crash point.
    return false;
  }
  for (CrashPoint& point : crash_points_) {
    if (--point.operations_left > 0) continue;
    crashed_ = true;
    torn_bytes_ = std::max(torn_bytes_, point.torn_bytes);
  }
  return !crashed_;
}

bool SimDisk::hit_crash_point(uint64_t token) const {
  return std::any_of(crash_points_.begin(), crash_points_.end(), [&](const CrashPoint& point) {
    return point.token == token && point.operations_left == 0;
  });
}

void SimDisk::disarm(uint64_t token) {
  std::erase_if(crash_points_, [&](const CrashPoint& point) { return point.token == token; });
}

void SimDisk::survive_crash_point() {
  std::erase_if(crash_points_, [](const CrashPoint& point) { return point.operations_left == 0; });
  torn_bytes_ = 0;
  crashed_ = false;
}

bool SimDisk::fails() {
  if (fail_after_ == 0 || --fail_after_ > 0) return false;
  failed_ = true;
  return true;
}

// --- The tree ---

SimDisk::Inode SimDisk::find(std::string_view path) const {
  auto found = tree_.find(std::string(path));
  return found == tree_.end() ? kNoInode : found->second;
}

bool SimDisk::has_parent(std::string_view path) const {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos || find(path.substr(0, slash)) == kDirectory;
}

std::vector<std::string> SimDisk::children(std::string_view directory) const {
  std::string prefix = directory.empty() ? std::string() : std::string(directory) + "/";
  std::vector<std::string> names;
  for (auto it = tree_.lower_bound(prefix); it != tree_.end() && it->first.starts_with(prefix);
       ++it) {
    std::string name = it->first.substr(prefix.size());
    if (name.empty() || name.find('/') != std::string::npos) continue;
    names.push_back(it->second == kDirectory ? name + "/" : name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

int32_t SimDisk::device_of(std::string_view path) const {
  std::string_view root = path.substr(0, path.find('/'));
  auto mount = std::find(spec_.mounts.begin(), spec_.mounts.end(), root);
  return mount == spec_.mounts.end() ? 0 : static_cast<int32_t>(mount - spec_.mounts.begin()) + 1;
}

SimDisk::Inode SimDisk::new_inode(int32_t device) {
  if (free_inodes_.empty()) {
    free_inodes_.push_back(static_cast<Inode>(files_.size()));
    files_.emplace_back();
  }
  Inode inode = free_inodes_.back();
  free_inodes_.pop_back();
  files_[static_cast<size_t>(inode)].device = device;
  return inode;
}

void SimDisk::hold(Inode inode) {
  if (inode >= 0) ++files_[static_cast<size_t>(inode)].uses;
}

void SimDisk::drop(Inode inode) {
  if (inode < 0) return;
  File& file = files_[static_cast<size_t>(inode)];
  SIM_CHECK(file.uses > 0, inode);
  if (--file.uses > 0) return;
  troubles_.shrink(file.device, file.bytes.size());
  file.bytes.clear();
  free_inodes_.push_back(inode);
}

FileId SimDisk::open_inode(Inode inode) {
  auto slot = std::find(open_.begin(), open_.end(), kNoInode);
  if (slot == open_.end()) slot = open_.insert(slot, kNoInode);
  hold(inode);
  *slot = inode;
  return FileId(slot - open_.begin());
}

void SimDisk::close_all() {
  for (Inode inode : std::exchange(open_, {})) drop(inode);
}

void SimDisk::point(const std::string& path, Inode to) {
  hold(to);
  drop(find(path));
  if (to == kNoInode) {
    tree_.erase(path);
  } else {
    tree_[path] = to;
  }
}

// --- The journal ---

void SimDisk::begin_change(SimTime when) {
  commit_journal(when);
  journal_.push_back(Change{when, {}});
}

void SimDisk::lead(const std::string& path, Inode to) {
  Inode before = find(path);
  hold(before);
  journal_.back().before.push_back(Former{path, before});
  point(path, to);
}

void SimDisk::commit_journal(SimTime now) {
  size_t durable = 0;
  while (durable < journal_.size() && journal_[durable].when + spec_.journal_commit_after <= now) {
    ++durable;
  }
  if (durable > 0) forget(durable);
}

void SimDisk::forget(size_t changes) {
  for (size_t i = 0; i < changes; ++i) {
    for (const Former& former : journal_[i].before) drop(former.inode);
  }
  journal_.erase(journal_.begin(), journal_.begin() + static_cast<ptrdiff_t>(changes));
}

size_t SimDisk::undo_changes(size_t kept, PowerLossReport* report) {
  size_t undone = journal_.size() - kept;
  for (; journal_.size() > kept; journal_.pop_back()) {
    std::vector<Former>& before = journal_.back().before;
    for (auto former = before.rbegin(); former != before.rend(); ++former) {
      Inode now = find(former->path);
      bool vanishes = now >= 0 && files_[static_cast<size_t>(now)].uses == 1;
      if (vanishes && files_[static_cast<size_t>(now)].bytes.size() > 0) {
        report->bytes_lost += files_[static_cast<size_t>(now)].bytes.size();
        ++report->files_hurt;
      }
      point(former->path, former->inode);
      drop(former->inode);
    }
  }
  return undone;
}

// --- Faults ---

// A journal is written in order: a file that was created after another was cut does not survive
// without the cut.
SimDisk::JournalEnd SimDisk::draw_last_cut(SimTime now, Rng& rng) const {
  JournalEnd end{.most_changes = journal_.size()};
  std::vector<SimTime> cuts;
  for (const File& file : files_) {
    if (auto since = file.bytes.undurable_cut(now, delays())) cuts.push_back(*since);
  }
  if (cuts.empty()) return end;
  std::sort(cuts.begin(), cuts.end());
  size_t kept = static_cast<size_t>(rng.below(cuts.size() + 1));
  if (kept > 0) end.last_cut = cuts[kept - 1];
  for (end.most_changes = 0; end.most_changes < journal_.size(); ++end.most_changes) {
    SimTime when = journal_[end.most_changes].when;
    if (kept < cuts.size() && when >= cuts[kept]) break;
    if (when <= end.last_cut) ++end.least_changes;
  }
  return end;
}

PowerLossReport SimDisk::power_loss(SimTime now, Rng& rng) {
  PowerLossReport report;
  close_all();
  commit_journal(now);
  JournalEnd end = draw_last_cut(now, rng);
  for (File& file : files_) {
    int64_t lost = file.bytes.power_loss(now, delays(), end.last_cut, rng);
    report.bytes_lost += lost;
    if (lost > 0) ++report.files_hurt;
  }
  size_t kept = end.least_changes;
  if (!journal_.empty())
    kept += static_cast<size_t>(rng.below(end.most_changes - end.least_changes + 1));
  report.directory_operations_lost = static_cast<int64_t>(undo_changes(kept, &report));
  forget(journal_.size());
  device_free_.assign(device_free_.size(), SimTime::at_nanos(INT64_MIN));
  return report;
}

PowerLossReport SimDisk::lose_all_unsynced(SimTime now) {
  PowerLossReport report;
  close_all();
  commit_journal(now);
  for (File& file : files_) {
    int64_t lost = file.bytes.lose_all_unsynced(now, delays());
    report.bytes_lost += lost;
    if (lost > 0) ++report.files_hurt;
  }
  report.directory_operations_lost = static_cast<int64_t>(undo_changes(0, &report));
  device_free_.assign(device_free_.size(), SimTime::at_nanos(INT64_MIN));
  return report;
}

void SimDisk::slow_down(uint64_t token, Ratio factor) {
  SIM_CHECK(factor.numerator >= 0 && factor.denominator > 0, factor.numerator, factor.denominator);
  slow_.push_back(Slowness{factor, token});
  std::stable_sort(slow_.begin(), slow_.end(), [](const Slowness& a, const Slowness& b) {
    return std::pair(a.factor.numerator, a.factor.denominator) <
           std::pair(b.factor.numerator, b.factor.denominator);
  });
}

int64_t SimDisk::slowed_by(uint64_t token) const {
  int64_t operations = 0;
  for (const Slowness& slow : slow_) {
    if (slow.token == token) operations += slow.operations;
  }
  return operations;
}

int64_t SimDisk::speed_up(uint64_t token) {
  int64_t operations = slowed_by(token);
  std::erase_if(slow_, [&](const Slowness& slow) { return slow.token == token; });
  return operations;
}

std::optional<DiskRot::Place> SimDisk::rot(DiskRot::Kind kind,
                                           const std::vector<std::string>& prefixes,
                                           std::string_view suffix, Rng& rng) {
  std::vector<std::pair<std::string_view, Inode>> candidates;
  int64_t total = 0;
  for (const std::string& prefix : prefixes) {
    for (auto it = tree_.lower_bound(prefix); it != tree_.end(); ++it) {
      if (!it->first.starts_with(prefix)) break;
      if (it->second < 0 || !it->first.ends_with(suffix)) continue;
      candidates.emplace_back(it->first, it->second);
      total += files_[static_cast<size_t>(it->second)].bytes.size();
    }
  }
  if (total == 0) return std::nullopt;
  int64_t at = static_cast<int64_t>(rng.below(static_cast<uint64_t>(total)));
  for (const auto& [path, inode] : candidates) {
    DiskFile& file = files_[static_cast<size_t>(inode)].bytes;
    if (at >= file.size()) {
      at -= file.size();
      continue;
    }
    int64_t page = at / DiskFile::kPageBytes * DiskFile::kPageBytes;
    int64_t position = kind == DiskRot::Kind::kZeroedPage ? page : at;
    if (kind == DiskRot::Kind::kZeroedPage) {
      int64_t length = std::min(DiskFile::kPageBytes, file.size() - page);
      file.rot(page, std::string(static_cast<size_t>(length), '\0'));
    } else {
      std::string byte(file.read(at, 1));
      byte[0] = static_cast<char>(byte[0] ^ (1 << rng.below(8)));
      file.rot(at, byte);
    }
    return DiskRot::Place{std::string(path), position};
  }
  return std::nullopt;
}

Duration SimDisk::slowed(Duration cost) {
  for (Slowness& slow : slow_) {
    if (slow.factor.is_one()) continue;
    cost = cost * slow.factor.numerator / slow.factor.denominator;
    ++slow.operations;
  }
  return cost;
}

Duration SimDisk::flush_time(Rng& rng, int64_t bytes) {
  Duration time = rng.log_normal(spec_.sync_p50, spec_.sync_p99);
  if (rng.chance(spec_.stall)) time = time * spec_.stall_factor;
  return time + Duration::nanos(bytes * 1'000'000'000 / spec_.bytes_per_second);
}

uint64_t SimDisk::take_written_hash() { return std::exchange(written_hash_, 0); }

int64_t SimDisk::unsynced_bytes() const {
  int64_t total = 0;
  for (const File& file : files_) total += file.bytes.dirty_bytes();
  return total;
}

}  // namespace sim
