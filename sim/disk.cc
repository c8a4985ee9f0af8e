// SPDX-License-Identifier: Apache-2.0

#include "sim/disk.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"
#include "sim/trace_digest.h"

namespace sim {

namespace {

// Hashes bytes eight at a time, whatever pieces they come in.
class ByteHash {
 public:
  explicit ByteHash(uint64_t state) : state_(state) {}
  void add(absl::string_view piece) {
    for (size_t at = 0; at < piece.size();) {
      if (filled_ == 0 && piece.size() - at >= 8) {
        uint64_t word = 0;
        for (int i = 0; i < 8; ++i)
          word |= uint64_t{static_cast<unsigned char>(piece[at + static_cast<size_t>(i)])} << (8 * i);
        state_ = mix_word(state_, word);
        at += 8;
        continue;
      }
      word_ |= uint64_t{static_cast<unsigned char>(piece[at++])} << (8 * filled_);
      if (++filled_ == 8) flush();
    }
  }
  uint64_t finish() {
    if (filled_ > 0) flush();
    return state_;
  }

 private:
  void flush() {
    state_ = mix_word(state_, word_);
    word_ = 0;
    filled_ = 0;
  }
  uint64_t state_;
  uint64_t word_ = 0;
  int filled_ = 0;
};

std::string parent_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

absl::Status not_found(std::string_view path) {
  return absl::NotFoundError("no such file or directory: " + std::string(path));
}

}  // namespace

SimDisk::SimDisk(const DiskSpec& spec) : spec_(spec) {}

SimDisk::Inode* SimDisk::find(std::string_view path) {
  auto found = tree_.find(std::string(path));
  return found == tree_.end() ? nullptr : &found->second;
}

bool SimDisk::mutate() {
  if (crash_after_ > 0 && --crash_after_ == 0) crashed_ = true;
  return !crashed_;
}

void SimDisk::record(SimTime when, absl::btree_map<std::string, Inode> before) {
  commit_journal(when);
  journal_.push_back(Change{when, std::move(before)});
}

void SimDisk::commit_journal(SimTime now) {
  size_t durable = 0;
  while (durable < journal_.size() && journal_[durable].when + spec_.journal_commit_after <= now) ++durable;
  if (durable == 0) return;
  std::vector<Inode> dropped;
  for (size_t i = 0; i < durable; ++i) {
    for (const auto& [path, inode] : journal_[i].before) {
      if (inode >= 0) dropped.push_back(inode);
    }
  }
  journal_.erase(journal_.begin(), journal_.begin() + static_cast<ptrdiff_t>(durable));
  auto in_use = [&](Inode inode) {
    if (std::find(open_.begin(), open_.end(), inode) != open_.end()) return true;
    for (const Change& change : journal_) {
      for (const auto& [path, before] : change.before) {
        if (before == inode) return true;
      }
    }
    return std::any_of(tree_.begin(), tree_.end(), [&](const auto& e) { return e.second == inode; });
  };
  for (Inode inode : dropped) {
    if (!in_use(inode)) files_[static_cast<size_t>(inode)].clear();
  }
}

std::vector<std::string> SimDisk::children(std::string_view directory) const {
  std::string prefix = directory.empty() ? std::string() : std::string(directory) + "/";
  std::vector<std::string> names;
  for (auto it = tree_.lower_bound(prefix); it != tree_.end() && it->first.starts_with(prefix); ++it) {
    std::string name = it->first.substr(prefix.size());
    if (name.empty() || name.find('/') != std::string::npos) continue;
    names.push_back(it->second == kDirectory ? name + "/" : name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void SimDisk::close_all() { open_.clear(); }

PowerLossReport SimDisk::power_loss(SimTime now, Rng& rng) {
  PowerLossReport report;
  close_all();
  commit_journal(now);
  size_t kept = journal_.empty() ? 0 : static_cast<size_t>(rng.below(journal_.size() + 1));
  while (journal_.size() > kept) {
    for (const auto& [path, inode] : journal_.back().before) {
      if (inode == kNoInode) {
        tree_.erase(path);
      } else {
        tree_[path] = inode;
      }
    }
    journal_.pop_back();
    ++report.directory_operations_lost;
  }
  journal_.clear();
  for (DiskFile& file : files_) {
    int64_t lost = file.power_loss(now, spec_.write_back_after, rng);
    report.bytes_lost += lost;
    if (lost > 0) ++report.files_hurt;
  }
  device_free_ = SimTime::at_nanos(INT64_MIN);
  return report;
}

void SimDisk::slow_down(uint64_t token, Ratio factor) {
  slow_.emplace_back(token, factor);
  slowed_.emplace_back(token, 0);
}

int64_t SimDisk::speed_up(uint64_t token) {
  std::erase_if(slow_, [&](const auto& entry) { return entry.first == token; });
  int64_t count = 0;
  for (const auto& [of, operations] : slowed_) {
    if (of == token) count = operations;
  }
  std::erase_if(slowed_, [&](const auto& entry) { return entry.first == token; });
  return count;
}

uint64_t SimDisk::take_written_hash() { return std::exchange(written_hash_, 0); }

int64_t SimDisk::unsynced_bytes() const {
  int64_t total = 0;
  for (const DiskFile& file : files_) total += file.dirty_bytes();
  return total;
}

// --- DiskView ---

void DiskView::charge(Duration cost) {
  for (size_t i = 0; i < disk_.slow_.size(); ++i) {
    cost = cost * disk_.slow_[i].second.numerator / disk_.slow_[i].second.denominator;
    ++disk_.slowed_[i].second;
  }
  spent_ += cost;
}

void DiskView::charge_bytes(Duration base, int64_t nanos_per_kib, int64_t bytes) {
  charge(base + Duration::nanos(bytes * nanos_per_kib / 1024));
}

DiskFile* DiskView::file_of(FileId id) {
  size_t index = static_cast<size_t>(id.value());
  if (index >= disk_.open_.size() || disk_.open_[index] < 0) return nullptr;
  return &disk_.files_[static_cast<size_t>(disk_.open_[index])];
}

absl::StatusOr<FileId> DiskView::open(std::string_view path, bool create) {
  charge(disk_.spec_.metadata_base);
  SimDisk::Inode* found = disk_.find(path);
  if (found == nullptr) {
    if (!create) return not_found(path);
    std::string parent = parent_of(path);
    SimDisk::Inode* above = parent.empty() ? nullptr : disk_.find(parent);
    if (!parent.empty() && (above == nullptr || *above != SimDisk::kDirectory)) return not_found(parent);
    SimDisk::Inode inode = static_cast<SimDisk::Inode>(disk_.files_.size());
    disk_.files_.emplace_back();
    if (disk_.mutate()) {
      disk_.record(now_, {{std::string(path), SimDisk::kNoInode}});
      found = &(disk_.tree_[std::string(path)] = inode);
    } else {
      disk_.open_.push_back(inode);  // Past the crash point: a file that nobody will ever see.
      return FileId(static_cast<int64_t>(disk_.open_.size()) - 1);
    }
  } else if (*found == SimDisk::kDirectory) {
    return absl::InvalidArgumentError("is a directory: " + std::string(path));
  }
  auto closed = std::find(disk_.open_.begin(), disk_.open_.end(), SimDisk::kNoInode);
  size_t id = static_cast<size_t>(closed - disk_.open_.begin());
  if (closed == disk_.open_.end()) disk_.open_.emplace_back();
  disk_.open_[id] = *found;
  return FileId(static_cast<int64_t>(id));
}

absl::Status DiskView::close(FileId file) {
  if (file_of(file) == nullptr) return absl::FailedPreconditionError("not open");
  disk_.open_[static_cast<size_t>(file.value())] = SimDisk::kNoInode;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> DiskView::size(FileId file) {
  DiskFile* f = file_of(file);
  if (f == nullptr) return absl::FailedPreconditionError("not open");
  return f->size();
}

absl::StatusOr<absl::Cord> DiskView::read(FileId file, int64_t position, int64_t length) {
  DiskFile* f = file_of(file);
  if (f == nullptr) return absl::FailedPreconditionError("not open");
  if (position < 0 || length < 0) return absl::InvalidArgumentError("negative position or length");
  absl::Cord bytes = f->read(position, length);
  charge_bytes(disk_.spec_.read_base, disk_.spec_.read_nanos_per_kib, static_cast<int64_t>(bytes.size()));
  return bytes;
}

absl::Status DiskView::append(FileId file, absl::Cord bytes) {
  DiskFile* f = file_of(file);
  if (f == nullptr) return absl::FailedPreconditionError("not open");
  return write_at(file, f->size(), std::move(bytes));
}

absl::Status DiskView::write_at(FileId file, int64_t position, absl::Cord bytes) {
  DiskFile* f = file_of(file);
  if (f == nullptr) return absl::FailedPreconditionError("not open");
  if (position < 0) return absl::InvalidArgumentError("negative position");
  int64_t count = static_cast<int64_t>(bytes.size());
  charge_bytes(disk_.spec_.write_base, disk_.spec_.write_nanos_per_kib, count);
  if (!disk_.mutate()) return absl::OkStatus();
  uint64_t where = static_cast<uint64_t>(disk_.open_[static_cast<size_t>(file.value())]) << 40;
  ByteHash hash(mix_word(disk_.written_hash_, where ^ static_cast<uint64_t>(position)));
  for (absl::string_view chunk : bytes.Chunks()) hash.add(chunk);
  disk_.written_hash_ = hash.finish();
  disk_.bytes_written_ += count;
  if (position == f->size()) {
    f->append(std::move(bytes), now_, disk_.spec_.write_back_after);
  } else {
    f->write_at(position, std::move(bytes), now_, disk_.spec_.write_back_after);
  }
  return absl::OkStatus();
}

absl::Status DiskView::truncate(FileId file, int64_t size) {
  DiskFile* f = file_of(file);
  if (f == nullptr) return absl::FailedPreconditionError("not open");
  if (size < 0) return absl::InvalidArgumentError("negative size");
  charge(disk_.spec_.metadata_base);
  if (disk_.mutate()) f->truncate(size, now_);
  return absl::OkStatus();
}

absl::Status DiskView::sync(FileId file) {
  DiskFile* f = file_of(file);
  if (f == nullptr) return absl::FailedPreconditionError("not open");
  if (!f->is_dirty()) {
    charge(disk_.spec_.metadata_base);
    return absl::OkStatus();
  }
  Duration cost = rng_.log_normal(disk_.spec_.sync_p50, disk_.spec_.sync_p99);
  if (rng_.chance(Ratio{1, 1000})) cost = cost * 10;  // The device cleans up behind itself.
  cost += Duration::nanos(f->dirty_bytes() * 1'000'000'000 / disk_.spec_.bytes_per_second);
  // One flush at a time: the device's queue.
  SimTime asked = now_ + spent_;
  if (disk_.device_free_ > asked) spent_ += disk_.device_free_ - asked;
  charge(cost);
  disk_.device_free_ = now_ + spent_;
  if (disk_.mutate()) f->sync();
  return absl::OkStatus();
}

bool DiskView::exists(std::string_view path) {
  charge(disk_.spec_.read_base);
  return disk_.find(path) != nullptr;
}

absl::Status DiskView::create_directory(std::string_view path) {
  charge(disk_.spec_.metadata_base);
  if (disk_.find(path) != nullptr) return absl::AlreadyExistsError(std::string(path));
  std::string parent = parent_of(path);
  SimDisk::Inode* above = parent.empty() ? nullptr : disk_.find(parent);
  if (!parent.empty() && (above == nullptr || *above != SimDisk::kDirectory)) return not_found(parent);
  if (!disk_.mutate()) return absl::OkStatus();
  disk_.record(now_, {{std::string(path), SimDisk::kNoInode}});
  disk_.tree_[std::string(path)] = SimDisk::kDirectory;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> DiskView::list(std::string_view directory) {
  charge(disk_.spec_.metadata_base);
  if (!directory.empty()) {
    SimDisk::Inode* found = disk_.find(directory);
    if (found == nullptr || *found != SimDisk::kDirectory) return not_found(directory);
  }
  return disk_.children(directory);
}

absl::Status DiskView::rename(std::string_view from, std::string_view to) {
  charge(disk_.spec_.metadata_base);
  SimDisk::Inode* source = disk_.find(from);
  if (source == nullptr) return not_found(from);
  SimDisk::Inode* target = disk_.find(to);
  if (target != nullptr && (*target == SimDisk::kDirectory || *source == SimDisk::kDirectory))
    return absl::AlreadyExistsError(std::string(to));
  if (!disk_.mutate()) return absl::OkStatus();
  std::vector<std::pair<std::string, std::string>> moves{{std::string(from), std::string(to)}};
  std::string prefix = std::string(from) + "/";
  for (auto it = disk_.tree_.lower_bound(prefix); it != disk_.tree_.end() && it->first.starts_with(prefix); ++it)
    moves.emplace_back(it->first, std::string(to) + "/" + it->first.substr(prefix.size()));
  absl::btree_map<std::string, SimDisk::Inode> before;
  for (const auto& [old_path, new_path] : moves) {
    SimDisk::Inode* replaced = disk_.find(new_path);
    before[old_path] = *disk_.find(old_path);
    before[new_path] = replaced == nullptr ? SimDisk::kNoInode : *replaced;
  }
  disk_.record(now_, before);
  for (const auto& [old_path, new_path] : moves) {
    SimDisk::Inode inode = *disk_.find(old_path);
    disk_.tree_.erase(old_path);
    disk_.tree_[new_path] = inode;
  }
  return absl::OkStatus();
}

absl::Status DiskView::remove(std::string_view path) {
  charge(disk_.spec_.metadata_base);
  SimDisk::Inode* found = disk_.find(path);
  if (found == nullptr) return not_found(path);
  if (*found == SimDisk::kDirectory && !disk_.children(path).empty())
    return absl::FailedPreconditionError("directory not empty: " + std::string(path));
  if (!disk_.mutate()) return absl::OkStatus();
  disk_.record(now_, {{std::string(path), *found}});
  disk_.tree_.erase(std::string(path));
  return absl::OkStatus();
}

absl::Status DiskView::sync_directory(std::string_view path) {
  if (!path.empty() && disk_.find(path) == nullptr) return not_found(path);
  charge(disk_.journal_.empty() ? disk_.spec_.metadata_base
                                : rng_.log_normal(disk_.spec_.sync_p50, disk_.spec_.sync_p99));
  // A journal is committed as a whole, so one directory's sync makes all changes before it durable.
  if (disk_.mutate()) disk_.commit_journal(SimTime::max() - disk_.spec_.journal_commit_after);
  return absl::OkStatus();
}

}  // namespace sim
