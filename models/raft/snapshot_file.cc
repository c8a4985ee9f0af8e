// SPDX-License-Identifier: Apache-2.0

#include "models/raft/snapshot_file.h"

#include <charconv>

#include "sim/check.h"

namespace models {

namespace {

constexpr size_t kOffsetDigits = 20;
constexpr size_t kEpochDigits = 10;
constexpr size_t kIdDigits = kOffsetDigits + 1 + kEpochDigits;

std::string padded(int64_t number, size_t digits) {
  std::string text = std::to_string(number);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

template <class Number>
std::optional<Number> number_in(std::string_view digits) {
  Number value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string snapshot_file_name(SnapshotId id, std::string_view suffix) {
  return padded(id.end_offset.value(), kOffsetDigits) + "-" +
         padded(id.epoch.value(), kEpochDigits) + std::string(suffix);
}

std::optional<SnapshotFileName> parse_snapshot_file_name(std::string_view name) {
  if (name.size() < kIdDigits || name[kOffsetDigits] != '-') return std::nullopt;
  auto offset = number_in<int64_t>(name.substr(0, kOffsetDigits));
  auto epoch = number_in<int32_t>(name.substr(kOffsetDigits + 1, kEpochDigits));
  if (!offset || !epoch) return std::nullopt;
  SnapshotFileName found{{Offset(*offset), LeaderEpoch(*epoch)}};
  if (name.ends_with(kPartialCheckpointSuffix)) {
    found.state = SnapshotFileState::kPartial;
  } else if (name.ends_with(kDeletedCheckpointSuffix)) {
    found.state = SnapshotFileState::kDeleted;
  } else if (!name.ends_with(kCheckpointSuffix)) {
    return std::nullopt;
  }
  return found;
}

absl::StatusOr<SnapshotWriter> SnapshotWriter::create(const std::string& directory, SnapshotId id,
                                                      Step& step) {
  std::string path = directory + "/" + snapshot_file_name(id) + "-" +
                     std::to_string(step.rng.below(UINT64_MAX)) +
                     std::string(kPartialCheckpointSuffix);
  absl::StatusOr<sim::FileId> file = step.disk.open(path, true);
  if (!file.ok()) return file.status();
  return SnapshotWriter(directory, id, std::move(path), *file);
}

absl::Status SnapshotWriter::append(absl::Cord bytes, Step& step) {
  SIM_CHECK(!is_freezing(), path_);
  int64_t size = static_cast<int64_t>(bytes.size());
  absl::Status appended = step.disk.append(file_, std::move(bytes));
  if (appended.ok()) size_bytes_ += size;
  return appended;
}

void SnapshotWriter::freeze(int64_t key, Step& step) {
  SIM_CHECK(!is_freezing(), path_);
  stage_ = Stage::kFlushesFile;
  step.effects.flush(key, {file_});
}

absl::StatusOr<bool> SnapshotWriter::on_flushed(int64_t key, Step& step) {
  SIM_CHECK(is_freezing(), path_);
  if (stage_ == Stage::kFlushesDirectory) return true;
  stage_ = Stage::kFlushesDirectory;
  if (absl::Status closed = step.disk.close(file_); !closed.ok()) return closed;
  std::string name = directory_ + "/" + snapshot_file_name(id_, kCheckpointSuffix);
  if (absl::Status moved = step.disk.rename(path_, name); !moved.ok()) return moved;
  step.effects.flush(key, {}, directory_);
  return false;
}

void SnapshotWriter::drop(Step& step) {
  if (stage_ == Stage::kFlushesDirectory) return;  // It has its name.
  (void)step.disk.close(file_);
  (void)step.disk.remove(path_);  // A start removes what is left.
}

}  // namespace models
