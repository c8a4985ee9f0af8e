// SPDX-License-Identifier: Apache-2.0

#include "models/replication/offset_checkpoint.h"

#include <charconv>

#include "absl/strings/cord.h"

namespace models {
namespace {

std::string path_of(const std::string& directory, std::string_view file) {
  std::string path = directory;
  path += '/';
  path += file;
  return path;
}

std::optional<std::string> read_text(const std::string& path, sim::FileSystem& disk) {
  if (!disk.exists(path)) return std::nullopt;
  absl::StatusOr<sim::FileId> file = disk.open(path, /*create=*/false);
  if (!file.ok()) return std::nullopt;
  absl::StatusOr<int64_t> size = disk.size(*file);
  absl::StatusOr<absl::Cord> bytes =
      size.ok() ? disk.read(*file, 0, *size) : absl::StatusOr<absl::Cord>(size.status());
  absl::Status closed = disk.close(*file);
  if (!bytes.ok() || !closed.ok()) return std::nullopt;
  return std::string(*bytes);
}

absl::Status write_text(const std::string& path, const std::string& text, sim::FileSystem& disk) {
  absl::StatusOr<sim::FileId> file = disk.open(path, /*create=*/true);
  if (!file.ok()) return file.status();
  absl::Status done = disk.truncate(*file, 0);
  if (done.ok()) done = disk.append(*file, absl::Cord(text));
  if (done.ok()) done = disk.sync(*file);
  absl::Status closed = disk.close(*file);
  return done.ok() ? closed : done;
}

// Cuts the text up to the next `end` off `rest`.
std::string_view take_until(std::string_view& rest, char end) {
  size_t at = rest.find(end);
  std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

bool parse(std::string_view text, int64_t& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

OffsetMap read_checkpoint(const std::string& directory, std::string_view file,
                          sim::FileSystem& disk) {
  std::optional<std::string> text = read_text(path_of(directory, file), disk);
  if (!text) return {};
  std::string_view rest = *text;
  int64_t version = 0;
  int64_t count = 0;
  if (!parse(take_until(rest, '\n'), version) || version != 0) return {};
  if (!parse(take_until(rest, '\n'), count)) return {};
  OffsetMap offsets;
  for (int64_t i = 0; i < count; ++i) {
    std::string_view line = take_until(rest, '\n');
    std::string_view topic = take_until(line, ' ');
    int64_t partition = 0;
    int64_t offset = 0;
    if (!parse(take_until(line, ' '), partition) || !parse(line, offset)) return {};
    offsets[TopicPartition{std::string(topic), static_cast<int32_t>(partition)}] = Offset(offset);
  }
  return offsets;
}

absl::Status write_checkpoint(const std::string& directory, std::string_view file,
                              const OffsetMap& offsets, sim::FileSystem& disk) {
  std::string text = "0\n";
  text += std::to_string(offsets.size());
  text += '\n';
  for (const auto& [partition, offset] : offsets) {
    text += partition.topic;
    text += ' ';
    text += std::to_string(partition.partition);
    text += ' ';
    text += std::to_string(offset.value());
    text += '\n';
  }
  std::string path = path_of(directory, file);
  std::string beside = path + ".tmp";
  if (absl::Status written = write_text(beside, text, disk); !written.ok()) return written;
  if (absl::Status renamed = disk.rename(beside, path); !renamed.ok()) return renamed;
  return disk.sync_directory(directory);
}

absl::StatusOr<std::optional<BrokerEpoch>> take_clean_shutdown_marker(const std::string& directory,
                                                                      sim::FileSystem& disk) {
  std::string path = path_of(directory, kCleanShutdownFile);
  if (!disk.exists(path)) return std::optional<BrokerEpoch>();
  BrokerEpoch epoch = kNoBrokerEpoch;
  if (std::optional<std::string> text = read_text(path, disk)) {
    constexpr std::string_view kKey = "\"brokerEpoch\":";
    size_t at = text->find(kKey);
    int64_t value = 0;
    if (at != std::string::npos) {
      std::string_view rest = std::string_view(*text).substr(at + kKey.size());
      if (parse(take_until(rest, '}'), value)) epoch = BrokerEpoch(value);
    }
  }
  if (absl::Status removed = disk.remove(path); !removed.ok()) return removed;
  return std::optional(epoch);
}

absl::Status write_clean_shutdown_marker(const std::string& directory, BrokerEpoch epoch,
                                         sim::FileSystem& disk) {
  std::string text = "{\"version\":0,\"brokerEpoch\":";
  text += std::to_string(epoch.value());
  text += '}';
  return write_text(path_of(directory, kCleanShutdownFile), text, disk);
}

}  // namespace models
