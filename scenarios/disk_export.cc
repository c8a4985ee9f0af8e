// SPDX-License-Identifier: Apache-2.0

#include "scenarios/disk_export.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "scenarios/log_files.h"
#include "scenarios/printable.h"
#include "scenarios/real_directory.h"

namespace scenarios {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kChunk = 1 << 20;
constexpr int kMostNames = 100;

// Without slashes at its end, which would hide its name.
fs::path without_slash(const std::string& folder) {
  size_t last = folder.find_last_not_of('/');
  return last == std::string::npos ? fs::path() : fs::path(folder.substr(0, last + 1));
}

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

class Copy {
 public:
  Copy(sim::FileSystem& from, RealDirectory& to, const std::atomic<bool>* stop)
      : from_(from), to_(to), stop_(stop) {}

  absl::Status directory(const std::string& path);
  std::vector<ExportedDirectory> take() { return std::move(done_); }

 private:
  absl::Status file(const std::string& path, int64_t& bytes);
  absl::Status content(sim::FileId source, sim::FileId target, int64_t& bytes);

  sim::FileSystem& from_;
  RealDirectory& to_;
  const std::atomic<bool>* stop_;
  std::vector<ExportedDirectory> done_;
};

absl::Status Copy::directory(const std::string& path) {
  auto names = from_.list(path);
  if (!names.ok()) return names.status();
  size_t own = done_.size();
  done_.push_back({path});
  for (std::string name : *names) {
    if (stop_ != nullptr && stop_->load()) return absl::CancelledError("interrupted");
    bool is_directory = name.ends_with('/');
    if (is_directory) name.pop_back();
    std::string below = join_path(path, name);
    absl::Status status;
    if (is_directory) {
      status = to_.create_directory(below);
      if (status.ok()) status = directory(below);
    } else {
      ++done_[own].files;
      status = file(below, done_[own].bytes);
    }
    if (!status.ok()) return status;
  }
  return to_.sync_directory(path);
}

absl::Status Copy::file(const std::string& path, int64_t& bytes) {
  auto source = from_.open(path, false);
  if (!source.ok()) return source.status();
  auto target = to_.open(path, true);
  absl::Status status = target.ok() ? content(*source, *target, bytes) : target.status();
  (void)from_.close(*source);
  if (!target.ok()) return status;
  if (status.ok()) status = to_.sync(*target);
  absl::Status closed = to_.close(*target);
  if (status.ok()) status = closed;
  if (status.ok()) return status;
  // An open file does not know its name.
  return absl::Status(status.code(), printable(path) + ": " + std::string(status.message()));
}

absl::Status Copy::content(sim::FileId source, sim::FileId target, int64_t& bytes) {
  for (int64_t at = 0;;) {
    auto chunk = from_.read(source, at, kChunk);
    if (!chunk.ok()) return chunk.status();
    if (chunk->empty()) return absl::OkStatus();
    int64_t count = static_cast<int64_t>(chunk->size());
    if (absl::Status wrote = to_.write_at(target, at, *std::move(chunk)); !wrote.ok()) return wrote;
    at += count;
    bytes += count;
  }
}

void remove_all(RealDirectory& made, const std::string& path) {
  auto names = made.list(path);
  if (!names.ok()) return;
  for (std::string name : *names) {
    bool is_directory = name.ends_with('/');
    if (is_directory) name.pop_back();
    std::string below = join_path(path, name);
    if (is_directory) remove_all(made, below);
    (void)made.remove(below);
  }
}

absl::StatusOr<std::string> make_sibling(const fs::path& target) {
  for (int i = 0; i < kMostNames; ++i) {
    std::string name = ".faultline-export-" + std::to_string(getpid()) + "-" + std::to_string(i);
    std::string path = (parent_of(target) / name).string();
    std::error_code error;
    if (fs::create_directory(path, error)) return path;
    if (error) {
      return absl::PermissionDeniedError(printable(parent_of(target).string()) + ": " +
                                         error.message());
    }
  }
  return absl::AlreadyExistsError("leftovers of interrupted exports (.faultline-export-*) in " +
                                  printable(parent_of(target).string()));
}

absl::Status put_in_place(const std::string& made, const fs::path& target) {
  // Replaces an empty directory; the system refuses to replace anything else by a directory.
  if (std::rename(made.c_str(), target.c_str()) != 0) {
    return absl::FailedPreconditionError(printable(target.string()) + ": " + std::strerror(errno));
  }
  int parent = ::open(parent_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent >= 0) {
    (void)::fsync(parent);
    ::close(parent);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status check_export_target(const std::string& folder) {
  fs::path target = without_slash(folder);
  std::error_code error;
  std::string shown = printable(folder);
  bool has_name = !target.empty() && target.filename() != "." && target.filename() != "..";
  if (!has_name) {
    return absl::InvalidArgumentError(
        (folder.empty() ? "the folder" : shown) +
        " has no name of its own; name a folder that does not exist yet");
  }
  fs::file_status status = fs::symlink_status(target, error);
  if (fs::is_symlink(status))
    return absl::InvalidArgumentError(shown + ": is a symbolic link; name a folder of its own");
  if (fs::is_directory(status)) {
    bool empty = fs::is_empty(target, error);
    if (error) return absl::PermissionDeniedError(shown + ": " + error.message());
    if (!empty) {
      return absl::AlreadyExistsError(shown +
                                      ": is not empty; name a folder that does not exist yet");
    }
  } else if (fs::exists(status)) {
    return absl::AlreadyExistsError(shown + ": is a file; name a folder that does not exist yet");
  }
  if (!fs::is_directory(parent_of(target), error)) {
    return absl::NotFoundError(shown + ": there is no folder " +
                               printable(parent_of(target).string()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ExportedDirectory>> export_disk(sim::FileSystem& from,
                                                           const std::string& folder,
                                                           const std::atomic<bool>* stop) {
  if (absl::Status good = check_export_target(folder); !good.ok()) return good;
  fs::path target = without_slash(folder);
  auto made = make_sibling(target);
  if (!made.ok()) return made.status();
  absl::Status status;
  std::vector<ExportedDirectory> done;
  auto to = RealDirectory::open(*made, RealDirectory::Mode::kReadWrite);
  if (to.ok()) {
    Copy copy(from, *to, stop);
    status = copy.directory("");
    if (status.ok()) status = put_in_place(*made, target);
    if (!status.ok()) remove_all(*to, "");
    done = copy.take();
  } else {
    status = to.status();
  }
  if (status.ok()) return done;
  std::error_code error;
  fs::remove(*made, error);
  return status;
}

}  // namespace scenarios
