// SPDX-License-Identifier: Apache-2.0

#include "models/log/interrupted_swap.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "models/log/log_file_name.h"
#include "models/log/segment.h"

namespace models {

namespace {

struct Found {
  std::string path;
  LogFileName file;
};

absl::StatusOr<std::vector<Found>> files_in(const std::string& directory, Step& step) {
  auto names = step.disk.list(directory);
  if (!names.ok()) return names.status();
  std::vector<Found> files;
  for (const std::string& name : *names) {
    if (auto file = parse_log_file_name(name)) files.push_back({directory + "/" + name, *file});
  }
  return files;
}

// Offsets that the swap files cover.
struct Covered {
  Offset begin{INT64_MAX};
  Offset end{0};
};

absl::Status remove_stale(std::vector<Found>& files, Step& step) {
  Offset first_cleaned{INT64_MAX};
  for (const Found& each : files) {
    if (each.file.state == kCleanedSuffix) first_cleaned = std::min(first_cleaned, each.file.base);
  }
  absl::Status status;
  std::erase_if(files, [&](const Found& each) {
    const LogFileName& file = each.file;
    bool undone = file.state == kSwapSuffix && file.base >= first_cleaned;
    bool goes = undone || file.state == kDeletedSuffix || file.state == kCleanedSuffix;
    if (goes && status.ok()) status = step.disk.remove(each.path);
    if (undone) step.mark(Mark::kSwapUndone);
    return goes;
  });
  return status;
}

absl::StatusOr<Covered> covered_by_swaps(const std::string& directory,
                                         const std::vector<Found>& files, const TopicConfig& config,
                                         Step& step) {
  Covered covered;
  for (const Found& each : files) {
    if (each.file.state != kSwapSuffix || each.file.kind != kLogSuffix) continue;
    auto segment = Segment::open(directory, each.file.base, config, step, kSwapSuffix);
    if (!segment.ok()) return segment.status();
    auto next = segment->next_offset(step);
    segment->close_files(step);
    if (!next.ok()) return next.status();
    covered.begin = std::min(covered.begin, each.file.base);
    covered.end = std::max(covered.end, *next);
  }
  return covered;
}

}  // namespace

absl::Status settle_leftovers(const std::string& directory, const TopicConfig& config, Step& step) {
  auto files = files_in(directory, step);
  if (!files.ok()) return files.status();
  bool plain = std::all_of(files->begin(), files->end(),
                           [](const Found& each) { return each.file.state.empty(); });
  if (plain) return absl::OkStatus();
  if (absl::Status status = remove_stale(*files, step); !status.ok()) return status;
  auto covered = covered_by_swaps(directory, *files, config, step);
  if (!covered.ok()) return covered.status();
  // Opening a swap segment may have made missing indexes; look again.
  files = files_in(directory, step);
  if (!files.ok()) return files.status();
  for (const Found& each : *files) {
    bool replaced = each.file.state.empty() && each.file.base >= covered->begin &&
                    each.file.base < covered->end;
    if (!replaced) continue;
    if (absl::Status status = step.disk.remove(each.path); !status.ok()) return status;
  }
  for (const Found& each : *files) {
    if (each.file.state != kSwapSuffix) continue;
    step.mark(Mark::kSwapFinished);
    std::string path = directory + "/" + segment_file_name(each.file.base, each.file.kind);
    if (absl::Status status = step.disk.rename(each.path, path); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace models
