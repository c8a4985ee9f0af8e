// SPDX-License-Identifier: Apache-2.0
//
// A file system in memory for tests of machines. It keeps what is synced apart from what is written,
// so that a test can take the power away, and can let the k-th operation fail.

#ifndef TESTS_SUPPORT_MEMORY_FILE_SYSTEM_H_
#define TESTS_SUPPORT_MEMORY_FILE_SYSTEM_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/file_system.h"

namespace models {

class MemoryFileSystem final : public sim::FileSystem {
 public:
  // --- For tests ---
  bool has(const std::string& path) const { return files_.count(path) > 0; }
  std::string contents(const std::string& path) const {
    auto found = files_.find(path);
    return found == files_.end() ? std::string() : found->second->bytes;
  }
  // Changes a file behind everybody's back.
  void overwrite(const std::string& path, std::string bytes) {
    std::shared_ptr<File>& file = files_[path];
    if (file == nullptr) file = std::make_shared<File>();
    file->bytes = file->synced = std::move(bytes);
  }
  void flip_bit(const std::string& path, size_t byte) { files_.at(path)->bytes.at(byte) ^= 1; }
  // Every file is as it was when last synced; names are kept. Open files are closed.
  void lose_power() {
    for (auto& [path, file] : files_) file->bytes = file->synced;
    open_.clear();
  }
  // Operations that change something, since the beginning.
  int64_t operations() const { return operations_; }
  // From the k-th changing operation on (counted from now, 1 is the next) every one fails.
  void fail_from(int64_t k) { fail_at_ = operations_ + k; }
  void mend() { fail_at_ = 0; }
  // Each changing operation takes so long.
  void slow_down(sim::Duration each) { cost_ = each; }

  // --- sim::FileSystem ---
  absl::StatusOr<sim::FileId> open(std::string_view path, bool create) override {
    std::string name(path);
    if (files_.count(name) == 0) {
      if (!create || !has_parent(name)) return absl::NotFoundError(name);
      if (absl::Status status = change(); !status.ok()) return status;
      files_[name] = std::make_shared<File>();
    }
    open_[next_id_] = files_[name];
    return sim::FileId(next_id_++);
  }
  absl::Status close(sim::FileId file) override {
    return open_.erase(file.value()) == 1 ? absl::OkStatus() : absl::FailedPreconditionError("not open");
  }
  absl::StatusOr<int64_t> size(sim::FileId file) override {
    return static_cast<int64_t>(of(file).bytes.size());
  }
  absl::StatusOr<absl::Cord> read(sim::FileId file, int64_t position, int64_t length) override {
    const std::string& bytes = of(file).bytes;
    if (position >= static_cast<int64_t>(bytes.size())) return absl::Cord();
    return absl::Cord(bytes.substr(static_cast<size_t>(position), static_cast<size_t>(length)));
  }
  absl::Status append(sim::FileId file, absl::Cord bytes) override {
    if (absl::Status status = change(); !status.ok()) return status;
    of(file).bytes += std::string(bytes);
    return absl::OkStatus();
  }
  absl::Status write_at(sim::FileId file, int64_t position, absl::Cord bytes) override {
    if (absl::Status status = change(); !status.ok()) return status;
    std::string& content = of(file).bytes;
    if (content.size() < static_cast<size_t>(position) + bytes.size())
      content.resize(static_cast<size_t>(position) + bytes.size());
    content.replace(static_cast<size_t>(position), bytes.size(), std::string(bytes));
    return absl::OkStatus();
  }
  absl::Status truncate(sim::FileId file, int64_t size) override {
    if (absl::Status status = change(); !status.ok()) return status;
    of(file).bytes.resize(static_cast<size_t>(size));
    return absl::OkStatus();
  }
  absl::Status sync(sim::FileId file) override {
    if (absl::Status status = change(); !status.ok()) return status;
    of(file).synced = of(file).bytes;
    return absl::OkStatus();
  }
  bool exists(std::string_view path) override {
    return files_.count(std::string(path)) > 0 || directories_.count(std::string(path)) > 0;
  }
  absl::Status create_directory(std::string_view path) override {
    std::string name(path);
    if (exists(name)) return absl::AlreadyExistsError(name);
    if (!has_parent(name)) return absl::NotFoundError(name);
    if (absl::Status status = change(); !status.ok()) return status;
    directories_.insert(name);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<std::string>> list(std::string_view directory) override {
    std::string prefix(directory);
    if (!prefix.empty() && directories_.count(prefix) == 0) return absl::NotFoundError(prefix);
    if (!prefix.empty()) prefix += '/';
    std::set<std::string> names;
    auto add = [&](const std::string& path, const char* suffix) {
      if (!path.starts_with(prefix)) return;
      std::string name = path.substr(prefix.size());
      if (!name.empty() && name.find('/') == std::string::npos) names.insert(name + suffix);
    };
    for (const auto& [path, file] : files_) add(path, "");
    for (const std::string& path : directories_) add(path, "/");
    return std::vector<std::string>(names.begin(), names.end());
  }
  absl::Status rename(std::string_view from, std::string_view to) override {
    std::string source(from), target(to);
    if (!exists(source)) return absl::NotFoundError(source);
    if (absl::Status status = change(); !status.ok()) return status;
    if (auto file = files_.extract(source)) {
      files_.erase(target);
      file.key() = target;
      files_.insert(std::move(file));
      return absl::OkStatus();
    }
    std::map<std::string, std::shared_ptr<File>> moved;
    for (auto& [path, file] : files_)
      moved[path.starts_with(source + "/") ? target + path.substr(source.size()) : path] = file;
    files_ = std::move(moved);
    directories_.erase(source);
    directories_.insert(target);
    return absl::OkStatus();
  }
  absl::Status remove(std::string_view path) override {
    std::string name(path);
    if (!exists(name)) return absl::NotFoundError(name);
    if (absl::Status status = change(); !status.ok()) return status;
    files_.erase(name);
    directories_.erase(name);
    return absl::OkStatus();
  }
  absl::Status sync_directory(std::string_view) override { return change(); }
  sim::Duration spent() const override { return spent_; }
  void reset_spent() override { spent_ = {}; }

 private:
  struct File {
    std::string bytes;
    std::string synced;
  };

  File& of(sim::FileId file) { return *open_.at(file.value()); }
  bool has_parent(const std::string& path) const {
    size_t slash = path.rfind('/');
    return slash == std::string::npos || directories_.count(path.substr(0, slash)) > 0;
  }
  absl::Status change() {
    ++operations_;
    spent_ += cost_;
    if (fail_at_ > 0 && operations_ >= fail_at_) return absl::DataLossError("input/output error");
    return absl::OkStatus();
  }

  std::map<std::string, std::shared_ptr<File>> files_;
  std::set<std::string> directories_;
  std::map<int64_t, std::shared_ptr<File>> open_;
  int64_t next_id_ = 1;
  int64_t operations_ = 0;
  int64_t fail_at_ = 0;
  sim::Duration cost_;
  sim::Duration spent_;
};

}  // namespace models

#endif  // TESTS_SUPPORT_MEMORY_FILE_SYSTEM_H_
