// SPDX-License-Identifier: Apache-2.0

#include "models/replication/offset_checkpoint.h"

#include <charconv>

#include "models/log/text_file.h"

namespace models {
namespace {

std::string path_of(const std::string& directory, std::string_view file) {
  std::string path = directory;
  path += '/';
  path += file;
  return path;
}

// What cannot be read counts as missing.
std::optional<std::string> read_text(const std::string& path, sim::FileSystem& disk) {
  absl::StatusOr<std::optional<std::string>> text = read_text_file(path, disk);
  return text.ok() ? *std::move(text) : std::nullopt;
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
  return replace_text_file(directory, std::string(file), text, disk);
}

absl::StatusOr<std::optional<BrokerEpoch>> read_clean_shutdown_marker(const std::string& directory,
                                                                      sim::FileSystem& disk) {
  absl::StatusOr<std::optional<std::string>> text =
      read_text_file(path_of(directory, kCleanShutdownFile), disk);
  if (!text.ok()) return text.status();
  if (!*text) return std::optional<BrokerEpoch>();
  constexpr std::string_view kKey = "\"brokerEpoch\":";
  size_t at = (*text)->find(kKey);
  if (at == std::string::npos) return std::optional(kNoBrokerEpoch);
  int64_t value = 0;
  std::string_view rest = std::string_view(**text).substr(at + kKey.size());
  bool good = parse(take_until(rest, '}'), value);
  return std::optional(good ? BrokerEpoch(value) : kNoBrokerEpoch);
}

absl::StatusOr<std::optional<BrokerEpoch>> take_clean_shutdown_marker(const std::string& directory,
                                                                      sim::FileSystem& disk) {
  absl::StatusOr<std::optional<BrokerEpoch>> epoch = read_clean_shutdown_marker(directory, disk);
  if (!epoch.ok() || !*epoch) return epoch;
  if (absl::Status gone = disk.remove(path_of(directory, kCleanShutdownFile)); !gone.ok())
    return gone;
  return epoch;
}

absl::Status write_clean_shutdown_marker(const std::string& directory, BrokerEpoch epoch,
                                         sim::FileSystem& disk) {
  std::string text = "{\"version\":0,\"brokerEpoch\":";
  text += std::to_string(epoch.value());
  text += '}';
  return write_text_file(path_of(directory, kCleanShutdownFile), text, disk);
}

}  // namespace models
