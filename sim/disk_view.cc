// SPDX-License-Identifier: Apache-2.0
//
// The calls of the file system: what each does, and what it costs.

#include <algorithm>
#include <utility>

#include "sim/byte_hash.h"
#include "sim/disk.h"

namespace sim {

namespace {

absl::Status not_found(std::string_view path) {
  return absl::NotFoundError("no such file or directory: " + std::string(path));
}

absl::Status not_open() { return absl::FailedPreconditionError("the file is not open"); }

}  // namespace

// --- Costs ---

void DiskView::charge_bytes(Duration base, int64_t nanos_per_kib, size_t bytes) {
  charge(base + Duration::nanos(static_cast<int64_t>(bytes) * nanos_per_kib / 1024));
}

void DiskView::flush(int32_t device, int64_t bytes) {
  Duration time = disk_.flush_time(rng_, bytes);
  SimTime& free = disk_.device_free(device);
  if (free > at()) spent_ += free - at();
  charge(time);
  free = at();
}

absl::Status DiskView::on_read(int32_t device) {
  return observes_ ? absl::OkStatus() : disk_.troubles_.on_read(device);
}

absl::Status DiskView::on_write(int32_t device) {
  return observes_ ? absl::OkStatus() : disk_.troubles_.on_write(device);
}

absl::Status DiskView::may_fail() const {
  if (observes_ || !disk_.fails()) return absl::OkStatus();
  return absl::DataLossError("input/output error");
}

// --- Files ---

SimDisk::File* DiskView::file_of(FileId id) {
  size_t index = static_cast<size_t>(id.value());
  if (index >= disk_.open_.size() || disk_.open_[index] < 0) return nullptr;
  return &disk_.files_[static_cast<size_t>(disk_.open_[index])];
}

absl::StatusOr<FileId> DiskView::open(std::string_view path, bool create) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  charge(disk_.spec_.metadata_base);
  SimDisk::Inode inode = disk_.find(path);
  if (inode == SimDisk::kDirectory) {
    return absl::InvalidArgumentError("is a directory: " + std::string(path));
  }
  if (inode == SimDisk::kNoInode) {
    if (!create || path.empty() || !disk_.has_parent(path)) return not_found(path);
    int32_t device = disk_.device_of(path);
    if (absl::Status status = on_write(device); !status.ok()) return status;
    inode = disk_.new_inode(device);
    if (disk_.mutate()) {  // Else it is a file that nobody will ever see.
      disk_.begin_change(at());
      disk_.lead(std::string(path), inode);
    }
  }
  return disk_.open_inode(inode);
}

absl::Status DiskView::close(FileId id) {
  if (file_of(id) == nullptr) return not_open();
  SimDisk::Inode& slot = disk_.open_[static_cast<size_t>(id.value())];
  disk_.drop(std::exchange(slot, SimDisk::kNoInode));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> DiskView::size(FileId id) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  SimDisk::File* file = file_of(id);
  if (file == nullptr) return not_open();
  return file->bytes.size();
}

absl::StatusOr<absl::Cord> DiskView::read(FileId id, int64_t position, int64_t length) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  SimDisk::File* file = file_of(id);
  if (file == nullptr) return not_open();
  if (position < 0 || length < 0) return absl::InvalidArgumentError("negative position or length");
  if (absl::Status status = on_read(file->device); !status.ok()) return status;
  absl::Cord bytes = file->bytes.read(position, length);
  charge_bytes(disk_.spec_.read_base, disk_.spec_.read_nanos_per_kib, bytes.size());
  return bytes;
}

absl::Status DiskView::append(FileId id, absl::Cord bytes) {
  SimDisk::File* file = file_of(id);
  if (file == nullptr) return not_open();
  return write_at(id, file->bytes.size(), std::move(bytes));
}

absl::Status DiskView::write_at(FileId id, int64_t position, absl::Cord bytes) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  SimDisk::File* file = file_of(id);
  if (file == nullptr) return not_open();
  if (position < 0) return absl::InvalidArgumentError("negative position");
  charge_bytes(disk_.spec_.write_base, disk_.spec_.write_nanos_per_kib, bytes.size());
  if (!disk_.mutate()) {
    bytes = bytes.Subcord(0, static_cast<size_t>(std::exchange(disk_.torn_bytes_, 0)));
    if (!bytes.empty()) store(*file, position, std::move(bytes));
    return absl::OkStatus();
  }
  if (absl::Status status = on_write(file->device); !status.ok()) return status;
  int64_t growth = position + static_cast<int64_t>(bytes.size()) - file->bytes.size();
  int64_t room = growth > 0 ? disk_.troubles_.grow(file->device, growth) : growth;
  if (room < growth) {
    bytes.RemoveSuffix(std::min(static_cast<size_t>(growth - room), bytes.size()));
    if (!bytes.empty()) store(*file, position, std::move(bytes));
    return absl::ResourceExhaustedError("no space left on the device");
  }
  store(*file, position, std::move(bytes));
  return absl::OkStatus();
}

void DiskView::store(SimDisk::File& file, int64_t position, absl::Cord bytes) {
  uint64_t inode = static_cast<uint64_t>(&file - disk_.files_.data());
  ByteHash hash(disk_.written_hash_ ^ (inode << 40) ^ static_cast<uint64_t>(position));
  for (absl::string_view chunk : bytes.Chunks()) hash.add(chunk.data(), chunk.size());
  disk_.written_hash_ = hash.finish();
  disk_.bytes_written_ += static_cast<int64_t>(bytes.size());
  if (position == file.bytes.size()) {
    file.bytes.append(std::move(bytes), at(), disk_.delays());
  } else {
    file.bytes.write_at(position, std::move(bytes), at(), disk_.delays());
  }
}

absl::Status DiskView::truncate(FileId id, int64_t size) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  SimDisk::File* file = file_of(id);
  if (file == nullptr) return not_open();
  if (size < 0) return absl::InvalidArgumentError("negative size");
  charge(disk_.spec_.metadata_base);
  if (!disk_.mutate()) return absl::OkStatus();
  if (absl::Status status = on_write(file->device); !status.ok()) return status;
  disk_.troubles_.shrink(file->device, file->bytes.size() - size);
  if (size < file->bytes.size()) disk_.cut_.push_back(disk_.open_[static_cast<size_t>(id.value())]);
  file->bytes.truncate(size, at(), disk_.delays());
  return absl::OkStatus();
}

absl::Status DiskView::sync(FileId id) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  SimDisk::File* file = file_of(id);
  if (file == nullptr) return not_open();
  if (absl::Status status = on_write(file->device); !status.ok()) return status;
  if (!file->bytes.is_dirty()) {
    charge(disk_.spec_.metadata_base);
    return absl::OkStatus();
  }
  flush(file->device, file->bytes.dirty_bytes());
  if (disk_.mutate() && !disk_.troubles_.ignores_sync(file->device)) file->bytes.sync();
  return absl::OkStatus();
}

// --- Directories ---

bool DiskView::exists(std::string_view path) {
  charge(disk_.spec_.read_base);
  return path.empty() || disk_.find(path) != SimDisk::kNoInode;
}

absl::Status DiskView::create_directory(std::string_view path) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  charge(disk_.spec_.metadata_base);
  if (path.empty() || disk_.find(path) != SimDisk::kNoInode) {
    return absl::AlreadyExistsError(std::string(path));
  }
  if (!disk_.has_parent(path)) return not_found(path);
  if (!disk_.mutate()) return absl::OkStatus();
  if (absl::Status status = on_write(disk_.device_of(path)); !status.ok()) return status;
  disk_.begin_change(at());
  disk_.lead(std::string(path), SimDisk::kDirectory);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> DiskView::list(std::string_view directory) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  charge(disk_.spec_.metadata_base);
  if (!directory.empty() && disk_.find(directory) != SimDisk::kDirectory) {
    return not_found(directory);
  }
  if (absl::Status status = on_read(disk_.device_of(directory)); !status.ok()) return status;
  return disk_.children(directory);
}

absl::Status DiskView::rename(std::string_view from, std::string_view to) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  charge(disk_.spec_.metadata_base);
  SimDisk::Inode source = disk_.find(from);
  SimDisk::Inode target = disk_.find(to);
  if (source == SimDisk::kNoInode) return not_found(from);
  if (from == to) return absl::OkStatus();
  std::string prefix = std::string(from) + "/";
  if (to.empty() || to.starts_with(prefix)) return absl::InvalidArgumentError(std::string(to));
  if (!disk_.has_parent(to)) return not_found(to);
  bool replaces_file = source >= 0 && target >= 0;
  if (target != SimDisk::kNoInode && !replaces_file) {
    return absl::AlreadyExistsError(std::string(to));
  }
  if (!disk_.mutate()) return absl::OkStatus();
  if (absl::Status status = on_write(disk_.device_of(from)); !status.ok()) return status;
  std::vector<std::pair<std::string, SimDisk::Inode>> moved{{std::string(from), source}};
  auto below = disk_.tree_.lower_bound(prefix);
  for (; below != disk_.tree_.end() && below->first.starts_with(prefix); ++below) {
    moved.emplace_back(below->first, below->second);
  }
  disk_.begin_change(at());
  for (const auto& [path, inode] : moved) {
    disk_.lead(std::string(to) + path.substr(from.size()), inode);
    disk_.lead(path, SimDisk::kNoInode);
  }
  return absl::OkStatus();
}

absl::Status DiskView::remove(std::string_view path) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  charge(disk_.spec_.metadata_base);
  SimDisk::Inode inode = disk_.find(path);
  if (inode == SimDisk::kNoInode) return not_found(path);
  if (inode == SimDisk::kDirectory && !disk_.children(path).empty()) {
    return absl::FailedPreconditionError("directory not empty: " + std::string(path));
  }
  if (!disk_.mutate()) return absl::OkStatus();
  if (absl::Status status = on_write(disk_.device_of(path)); !status.ok()) return status;
  disk_.begin_change(at());
  disk_.lead(std::string(path), SimDisk::kNoInode);
  return absl::OkStatus();
}

absl::Status DiskView::sync_directory(std::string_view path) {
  if (absl::Status failed = may_fail(); !failed.ok()) return failed;
  if (!path.empty() && disk_.find(path) != SimDisk::kDirectory) return not_found(path);
  int32_t device = disk_.device_of(path);
  if (absl::Status status = on_write(device); !status.ok()) return status;
  if (disk_.journal_.empty()) {
    charge(disk_.spec_.metadata_base);
  } else {
    flush(device, 0);
  }
  // A journal is committed as a whole: all changes before this are durable, of any directory, and
  // all cuts of files.
  if (disk_.mutate() && !disk_.troubles_.ignores_sync(device)) {
    disk_.forget(disk_.journal_.size());
    for (SimDisk::Inode inode : std::exchange(disk_.cut_, {}))
      disk_.files_[static_cast<size_t>(inode)].bytes.sync_cut();
  }
  return absl::OkStatus();
}

}  // namespace sim
