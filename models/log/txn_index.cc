// SPDX-License-Identifier: Apache-2.0

#include "models/log/txn_index.h"

#include <algorithm>

namespace models {

absl::StatusOr<TxnIndex> TxnIndex::open(const std::string& path, Offset segment_base, Step& step) {
  TxnIndex index;
  index.path_ = path;
  if (!step.disk.exists(path)) return index;
  auto file = step.disk.open(path, false);
  if (!file.ok()) return file.status();
  index.file_ = *file;
  auto size = step.disk.size(*file);
  if (!size.ok()) return size.status();
  auto bytes = step.disk.read(*file, 0, *size);
  if (!bytes.ok()) return bytes.status();
  std::string flat(*bytes);
  constexpr size_t kStep = static_cast<size_t>(AbortedTxn::kBytes);
  index.sane_ = flat.size() % kStep == 0;
  for (size_t at = 0; at + kStep <= flat.size(); at += kStep) {
    AbortedTxn txn = AbortedTxn::decode(flat.data() + at);
    bool grows = index.entries_.empty() || txn.last_offset > index.entries_.back().last_offset;
    if (txn.version != AbortedTxn::kVersion || txn.last_offset < segment_base || !grows)
      index.sane_ = false;
    index.entries_.push_back(txn);
  }
  return index;
}

absl::Status TxnIndex::append(const AbortedTxn& txn, Step& step) {
  if (!file_) {
    auto file = step.disk.open(path_, true);
    if (!file.ok()) return file.status();
    file_ = *file;
  }
  std::string bytes;
  txn.encode(bytes);
  if (absl::Status status = step.disk.append(*file_, absl::Cord(bytes)); !status.ok())
    return status;
  entries_.push_back(txn);
  return absl::OkStatus();
}

absl::Status TxnIndex::truncate_to(Offset end, Step& step) {
  if (!file_) return absl::OkStatus();
  auto first_gone = std::find_if(entries_.begin(), entries_.end(),
                                 [&](const AbortedTxn& txn) { return txn.last_offset >= end; });
  if (first_gone == entries_.end() && sane_) return absl::OkStatus();
  entries_.erase(first_gone, entries_.end());
  sane_ = true;
  return step.disk.truncate(*file_, static_cast<int64_t>(entries_.size()) * AbortedTxn::kBytes);
}

}  // namespace models
