// SPDX-License-Identifier: Apache-2.0
//
// Any sequence of operations against a model in memory: before a power loss the disk reads as the
// model does; after it, the tree is one that existed and was not yet overruled by a durable one,
// what was synced is there, and every byte is one that was once written at its place, or zero.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "sim/disk.h"

namespace sim {
namespace {

using namespace sim::literals;

constexpr int kUnknown = -1;

struct ModelFile {
  std::string content;
  std::vector<int> durable;    // By position: the byte that must be there; kUnknown.
  std::vector<uint32_t> seen;  // By position: which of the letters were ever there.

  void put(size_t position, const std::string& bytes) {
    size_t end = position + bytes.size();
    size_t old_size = content.size();
    if (content.size() < end) content.resize(end, '\0');
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<ptrdiff_t>(position));
    if (seen.size() < end) seen.resize(end);
    for (size_t i = position; i < end; ++i) seen[i] |= 1u << (content[i] - 'a');
    for (size_t i = std::min(position, old_size); i < std::min(end, durable.size()); ++i) {
      durable[i] = kUnknown;
    }
  }
  void cut(size_t size) {
    content.resize(size);
    if (durable.size() > size) durable.resize(size);
  }
  void sync() { durable.assign(content.begin(), content.end()); }

  bool allows(const std::string& left) const {
    if (left.size() > seen.size()) return false;
    for (size_t i = 0; i < durable.size(); ++i) {
      if (durable[i] != kUnknown && (i >= left.size() || left[i] != durable[i])) return false;
    }
    for (size_t i = 0; i < left.size(); ++i) {
      if (left[i] != '\0' && (seen[i] >> (left[i] - 'a') & 1) == 0) return false;
    }
    return true;
  }
};

using Tree = std::map<std::string, size_t>;  // Path to model file.

class Machine {
 public:
  explicit Machine(uint64_t seed) : rng_(seed) {}

  void run_one() {
    DiskView view(disk_, now_, rng_);
    std::string path(1, *rc::gen::inRange('p', static_cast<char>('p' + 4)));
    switch (*rc::gen::inRange(0, 11)) {
      case 0:
      case 1:
      case 2:
        return append(view, path);
      case 3:
        return write_at(view, path);
      case 4:
        return truncate(view, path);
      case 5:
        return sync(view, path);
      case 6:
        return sync_directory(view);
      case 7:
        return rename(view, path);
      case 8:
        return remove(view, path);
      case 9:
        now_ += Duration::millis(*rc::gen::inRange(0, 4000));
        return;
      default:
        now_ += Duration::seconds(*rc::gen::inRange(0, 40));
        return;
    }
  }

  void check_content() {
    RC_ASSERT(names() == names_of(tree_));
    for (const auto& [path, file] : tree_) RC_ASSERT(content(path) == files_[file].content);
  }

  void check_power_loss() {
    disk_.power_loss(now_, rng_);
    std::map<std::string, std::string> left;
    for (const std::string& path : names()) left[path] = content(path);
    RC_ASSERT(std::any_of(possible_.begin(), possible_.end(), [&](const auto& past) {
      return names() == names_of(past.second) &&
             std::all_of(past.second.begin(), past.second.end(), [&](const auto& entry) {
               return files_[entry.second].allows(left[entry.first]);
             });
    }));
  }

 private:
  std::string letters() {
    return std::string(*rc::gen::inRange<size_t>(1, 9000), *rc::gen::inRange('a', 'h'));
  }
  ModelFile& model(const std::string& path) { return files_[tree_.at(path)]; }
  FileId open(DiskView& view, const std::string& path) {
    bool fresh = !tree_.contains(path);
    FileId file = *view.open(path, true);
    if (fresh) {
      tree_[path] = files_.size();
      files_.emplace_back();
      changed(view);
    }
    return file;
  }
  void append(DiskView& view, const std::string& path) {
    FileId file = open(view, path);
    std::string bytes = letters();
    RC_ASSERT(view.append(file, absl::Cord(bytes)).ok());
    model(path).put(model(path).content.size(), bytes);
    RC_ASSERT(view.close(file).ok());
  }
  void write_at(DiskView& view, const std::string& path) {
    FileId file = open(view, path);
    size_t position = *rc::gen::inRange<size_t>(0, model(path).content.size() + 5000);
    std::string bytes = letters();
    RC_ASSERT(view.write_at(file, static_cast<int64_t>(position), absl::Cord(bytes)).ok());
    model(path).put(position, bytes);
    RC_ASSERT(view.close(file).ok());
  }
  void truncate(DiskView& view, const std::string& path) {
    if (!tree_.contains(path)) return;
    FileId file = open(view, path);
    size_t size = *rc::gen::inRange<size_t>(0, model(path).content.size() + 1);
    RC_ASSERT(view.truncate(file, static_cast<int64_t>(size)).ok());
    model(path).cut(size);
    RC_ASSERT(view.close(file).ok());
  }
  void sync(DiskView& view, const std::string& path) {
    if (!tree_.contains(path)) return;
    FileId file = open(view, path);
    RC_ASSERT(view.sync(file).ok());
    model(path).sync();
    RC_ASSERT(view.close(file).ok());
  }
  void sync_directory(DiskView& view) {
    RC_ASSERT(view.sync_directory("").ok());
    possible_ = {{now_, tree_}};
  }
  void rename(DiskView& view, const std::string& from) {
    std::string to(1, *rc::gen::inRange('p', static_cast<char>('p' + 4)));
    if (!tree_.contains(from) || from == to) return;
    RC_ASSERT(view.rename(from, to).ok());
    tree_[to] = tree_[from];
    tree_.erase(from);
    changed(view);
  }
  void remove(DiskView& view, const std::string& path) {
    if (!tree_.contains(path)) return;
    RC_ASSERT(view.remove(path).ok());
    tree_.erase(path);
    changed(view);
  }
  // A tree is out once the change that replaced it has been in the journal for five seconds.
  void changed(DiskView& view) {
    possible_.emplace_back(now_ + view.spent(), tree_);
    while (possible_.size() > 1 && possible_[1].first + 5_s <= now_)
      possible_.erase(possible_.begin());
  }

  std::vector<std::string> names() {
    DiskView view(disk_, now_, rng_);
    return *view.list("");
  }
  static std::vector<std::string> names_of(const Tree& tree) {
    std::vector<std::string> names;
    for (const auto& [path, file] : tree) names.push_back(path);
    return names;
  }
  std::string content(const std::string& path) {
    DiskView view(disk_, now_, rng_);
    FileId file = *view.open(path, false);
    std::string bytes(*view.read(file, 0, *view.size(file)));
    RC_ASSERT(view.close(file).ok());
    return bytes;
  }

  SimDisk disk_;
  Rng rng_;
  SimTime now_;
  Tree tree_;
  std::vector<ModelFile> files_;
  std::vector<std::pair<SimTime, Tree>> possible_ = {{SimTime(), Tree()}};
};

RC_GTEST_PROP(DiskProperty, a_power_loss_leaves_what_was_synced_and_nothing_that_never_was, ()) {
  Machine machine(*rc::gen::arbitrary<uint64_t>());
  int count = *rc::gen::inRange(0, 60);
  for (int i = 0; i < count; ++i) {
    machine.run_one();
    machine.check_content();
  }
  machine.check_power_loss();
}

}  // namespace
}  // namespace sim
