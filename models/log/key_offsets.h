// SPDX-License-Identifier: Apache-2.0
//
// What the cleaner knows of the dirty part of a log: the last offset of each key. Its memory is
// bounded, as Kafka's map of (MD5 of the key, offset) is: with 24 bytes an entry it holds
// memory / 24 keys, of which the load factor's share is used. When it is full the rest of the log
// waits for the next round. Source: storage/.../log/SkimpyOffsetMap.java.

#ifndef MODELS_LOG_KEY_OFFSETS_H_
#define MODELS_LOG_KEY_OFFSETS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "models/common/config.h"
#include "models/common/ids.h"

namespace models {

class KeyOffsets {
 public:
  static constexpr int64_t kBytesPerEntry = 24;

  KeyOffsets(int64_t memory_bytes, Fraction load_factor)
      : most_(memory_bytes / kBytesPerEntry * load_factor.millionths / Fraction::kOne) {}

  bool is_full() const { return static_cast<int64_t>(offsets_.size()) >= most_; }
  void put(std::string_view key, Offset offset) {
    offsets_.insert_or_assign(std::string(key), offset);
    latest_ = offset;
  }
  // kNoOffset if the dirty part has no such key.
  Offset of(std::string_view key) const {
    auto found = offsets_.find(absl::string_view(key.data(), key.size()));
    return found == offsets_.end() ? kNoOffset : found->second;
  }
  // Up to where the log has been read into it.
  Offset latest() const { return latest_; }
  void set_latest(Offset offset) { latest_ = offset; }
  int64_t size() const { return static_cast<int64_t>(offsets_.size()); }

 private:
  absl::btree_map<std::string, Offset> offsets_;
  int64_t most_;
  Offset latest_ = kNoOffset;
};

}  // namespace models

#endif  // MODELS_LOG_KEY_OFFSETS_H_
