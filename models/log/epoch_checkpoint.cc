// SPDX-License-Identifier: Apache-2.0

#include "models/log/epoch_checkpoint.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace models {

namespace {

std::string path_of(const std::string& directory) { return directory + "/leader-epoch-checkpoint"; }

// The whitespace-separated integers of `text`; nothing if anything else is in it.
std::optional<std::vector<int64_t>> integers(std::string_view text) {
  std::vector<int64_t> found;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    if (*at == '\n' || *at == ' ') {
      ++at;
      continue;
    }
    int64_t value = 0;
    auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) return std::nullopt;
    found.push_back(value);
    at = next;
  }
  return found;
}

}  // namespace

absl::Status write_epoch_checkpoint(const std::string& directory, const EpochCache& cache,
                                    Step& step) {
  std::string text = "0\n" + std::to_string(cache.entries().size()) + "\n";
  for (const EpochStart& entry : cache.entries())
    text += std::to_string(entry.epoch.value()) + " " + std::to_string(entry.start.value()) + "\n";
  std::string path = path_of(directory);
  auto file = step.disk.open(path + ".tmp", true);
  if (!file.ok()) return file.status();
  absl::Status status = step.disk.truncate(*file, 0);
  if (status.ok()) status = step.disk.append(*file, absl::Cord(text));
  if (status.ok()) status = step.disk.sync(*file);
  (void)step.disk.close(*file);
  if (status.ok()) status = step.disk.rename(path + ".tmp", path);
  return status;
}

absl::StatusOr<EpochCache> read_epoch_checkpoint(const std::string& directory, Step& step) {
  EpochCache cache;
  std::string path = path_of(directory);
  if (!step.disk.exists(path)) return cache;
  auto file = step.disk.open(path, false);
  if (!file.ok()) return file.status();
  auto size = step.disk.size(*file);
  auto bytes =
      size.ok() ? step.disk.read(*file, 0, *size) : absl::StatusOr<absl::Cord>(size.status());
  (void)step.disk.close(*file);
  if (!bytes.ok()) return bytes.status();
  auto numbers = integers(std::string(*bytes));
  if (!numbers || numbers->size() < 2 || (*numbers)[0] != 0) return cache;
  if (static_cast<int64_t>(numbers->size()) != 2 + 2 * (*numbers)[1]) return cache;
  for (size_t i = 2; i < numbers->size(); i += 2)
    cache.assign(LeaderEpoch(static_cast<int32_t>((*numbers)[i])), Offset((*numbers)[i + 1]));
  return cache;
}

}  // namespace models
