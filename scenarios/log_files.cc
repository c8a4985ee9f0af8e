// SPDX-License-Identifier: Apache-2.0

#include "scenarios/log_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "models/log/log_file_name.h"
#include "models/replication/offset_checkpoint.h"
#include "scenarios/format.h"
#include "scenarios/printable.h"

namespace scenarios {

namespace {

constexpr std::string_view kRootCheckpoints[] = {models::kRecoveryPointFile,
                                                 models::kHighWatermarkFile, models::kLogStartFile,
                                                 kCleanerCheckpointFile};
constexpr std::string_view kLockFile = ".lock";
constexpr std::string_view kQuorumStateFile = "quorum-state";
constexpr std::string_view kBootstrapFile = "bootstrap.checkpoint";
constexpr std::string_view kCheckpointSuffix = ".checkpoint";
constexpr std::string_view kStates[] = {".tmp", ".deleted", ".part"};
constexpr size_t kOffsetDigits = 20, kEpochDigits = 10, kUuidDigits = 22;
constexpr size_t kLongestLineShown = 60;

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return '0' <= c && c <= '9'; });
}

// Digits as Java prints a number that is not negative: nothing before, behind or in front of them.
template <class Number>
std::optional<Number> canonical(std::string_view text) {
  bool plain = !text.empty() && all_digits(text) && (text.size() == 1 || text.front() != '0');
  Number value = 0;
  if (!plain) return std::nullopt;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

LogFileKind kind_of_suffix(std::string_view suffix) {
  if (suffix == models::kLogSuffix) return LogFileKind::kLog;
  if (suffix == models::kOffsetIndexSuffix) return LogFileKind::kOffsetIndex;
  if (suffix == models::kTimeIndexSuffix) return LogFileKind::kTimeIndex;
  if (suffix == models::kTxnIndexSuffix) return LogFileKind::kTxnIndex;
  return LogFileKind::kProducerSnapshot;
}

// "00000000000000000100-0000000003.checkpoint".
std::optional<models::Offset> metadata_snapshot_end(std::string_view name) {
  constexpr size_t kStem = kOffsetDigits + 1 + kEpochDigits;
  bool fits = name.size() == kStem + kCheckpointSuffix.size() &&
              name.ends_with(kCheckpointSuffix) && name[kOffsetDigits] == '-' &&
              all_digits(name.substr(0, kOffsetDigits)) &&
              all_digits(name.substr(kOffsetDigits + 1, kEpochDigits));
  if (!fits) return std::nullopt;
  int64_t end = 0;
  auto parsed = std::from_chars(name.data(), name.data() + kOffsetDigits, end);
  return parsed.ec == std::errc() ? std::optional(models::Offset(end)) : std::nullopt;
}

std::optional<LogFile> file_in_use(std::string_view name) {
  if (auto segment = models::parse_log_file_name(name))
    return LogFile{kind_of_suffix(segment->kind), segment->base, segment->state};
  if (auto end = metadata_snapshot_end(name)) return LogFile{LogFileKind::kMetadataSnapshot, *end};
  if (name == kBootstrapFile) return LogFile{LogFileKind::kMetadataSnapshot};
  if (name == kEpochCheckpointFile) return LogFile{LogFileKind::kEpochCheckpoint};
  if (name == kPartitionMetadataFile) return LogFile{LogFileKind::kPartitionMetadata};
  if (name == kMetaPropertiesFile) return LogFile{LogFileKind::kProperties};
  if (name == kQuorumStateFile || name == models::kCleanShutdownFile)
    return LogFile{LogFileKind::kJson};
  if (name == kLockFile) return LogFile{LogFileKind::kLock};
  for (std::string_view checkpoint : kRootCheckpoints) {
    if (name == checkpoint) return LogFile{LogFileKind::kOffsetCheckpoint};
  }
  return std::nullopt;
}

// --- Lines ---

// Takes the lines of a text one after another and remembers their number.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  // Whole lines only: every line of a checkpoint ends.
  std::optional<std::string_view> take() {
    ++number_;
    size_t end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    if (end == std::string_view::npos) {
      rest_ = {};
      return std::nullopt;
    }
    rest_.remove_prefix(end + 1);
    return line_;
  }
  absl::Status error(std::string_view expected) const {
    std::string found = printable(line_.substr(0, kLongestLineShown));
    return absl::InvalidArgumentError(
        fmt::format("line {}: expected {}, found \"{}\"", number_, expected, found));
  }

 private:
  std::string_view rest_;
  std::string_view line_;
  int number_ = 0;
};

// Version and count, then `count` lines, each given to `take`; false: not one of these.
template <class Take>
absl::Status parse_checkpoint(std::string_view text, std::string_view form, const Take& take) {
  Lines lines(text);
  if (lines.done()) return absl::OkStatus();  // As it is made, before anything is known.
  auto version = lines.take();
  if (!version || *version != "0") return lines.error("version 0");
  auto line = lines.take();
  auto count = line ? canonical<int64_t>(*line) : std::nullopt;
  if (!count) return lines.error("a count of lines");
  for (int64_t i = 0; i < *count; ++i) {
    auto entry = lines.take();
    if (!entry || !take(*entry)) return lines.error(form);
  }
  if (lines.done()) return absl::OkStatus();
  (void)lines.take();
  return lines.error(fmt::format("the end, after {} entries", *count));
}

}  // namespace

LogFile log_file_of(std::string_view name) {
  if (auto file = file_in_use(name)) return *file;
  for (std::string_view state : kStates) {
    if (!name.ends_with(state)) continue;
    auto file = file_in_use(name.substr(0, name.size() - state.size()));
    if (!file || !file->state.empty()) break;
    file->state = state;
    return *file;
  }
  return {};
}

std::string_view name_of(LogFileKind kind) {
  constexpr std::string_view kNames[] = {"log",
                                         "offsetIndex",
                                         "timeIndex",
                                         "txnIndex",
                                         "producerSnapshot",
                                         "metadataSnapshot",
                                         "leaderEpochCheckpoint",
                                         "partitionMetadata",
                                         "offsetCheckpoint",
                                         "properties",
                                         "json",
                                         "lock",
                                         "unknown"};
  return kNames[static_cast<size_t>(kind)];
}

bool belongs_to_log_root(std::string_view name) {
  if (name.ends_with('/'))
    return models::parse_log_directory_name(name.substr(0, name.size() - 1)).has_value();
  LogFileKind kind = log_file_of(name).kind;
  return kind == LogFileKind::kOffsetCheckpoint || kind == LogFileKind::kProperties ||
         name == models::kCleanShutdownFile;
}

absl::StatusOr<CheckpointLines> parse_offset_checkpoint(std::string_view text) {
  CheckpointLines found;
  auto take = [&](std::string_view line) {
    size_t first = line.find(' '), second = line.rfind(' ');
    if (first == 0 || first == std::string_view::npos || first == second) return false;
    auto partition = canonical<int32_t>(line.substr(first + 1, second - first - 1));
    auto offset = canonical<int64_t>(line.substr(second + 1));
    if (!partition || !offset) return false;
    found.push_back({{std::string(line.substr(0, first)), *partition}, models::Offset(*offset)});
    return true;
  };
  absl::Status parsed = parse_checkpoint(text, "\"topic partition offset\"", take);
  if (!parsed.ok()) return parsed;
  return found;
}

absl::StatusOr<std::vector<models::EpochStart>> parse_epoch_checkpoint(std::string_view text) {
  std::vector<models::EpochStart> found;
  auto take = [&](std::string_view line) {
    size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return false;
    auto epoch = canonical<int32_t>(line.substr(0, blank));
    auto start = canonical<int64_t>(line.substr(blank + 1));
    if (!epoch || !start) return false;
    found.push_back({models::LeaderEpoch(*epoch), models::Offset(*start)});
    return true;
  };
  absl::Status parsed = parse_checkpoint(text, "\"epoch start\"", take);
  if (!parsed.ok()) return parsed;
  return found;
}

absl::StatusOr<std::string> parse_partition_metadata(std::string_view text) {
  constexpr std::string_view kId = "topic_id: ";
  std::string ended = text.ends_with('\n') ? std::string(text) : std::string(text) + "\n";
  Lines lines(ended);
  if (auto version = lines.take(); version != "version: 0") return lines.error("\"version: 0\"");
  auto id = lines.take();
  bool good = id && id->starts_with(kId) && is_uuid(id->substr(kId.size()));
  if (!good) return lines.error("\"topic_id: \" and 22 characters of base64");
  if (!lines.done()) {
    (void)lines.take();
    return lines.error("the end");
  }
  return std::string(id->substr(kId.size()));
}

absl::StatusOr<Properties> parse_properties(std::string_view text) {
  Properties found;
  std::string ended =
      text.empty() || text.ends_with('\n') ? std::string(text) : std::string(text) + "\n";
  Lines lines(ended);
  while (!lines.done()) {
    std::string_view line = *lines.take();
    if (line.empty() || line.front() == '#' || line.front() == '!') continue;
    size_t equals = line.find('=');
    if (equals == 0 || equals == std::string_view::npos) return lines.error("\"key=value\"");
    found.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return found;
}

bool is_uuid(std::string_view text) {
  return text.size() == kUuidDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') ||
                  c == '-' || c == '_';
         });
}

absl::StatusOr<std::string> read_whole_file(sim::FileSystem& files, const std::string& path,
                                            int64_t most) {
  auto file = files.open(path, false);
  if (!file.ok()) return file.status();
  auto size = files.size(*file);
  if (size.ok() && *size > most) {
    size = absl::ResourceExhaustedError(fmt::format("{}: {} bytes are more than any such file has",
                                                    printable(path), with_commas(*size)));
  }
  auto bytes = size.ok() ? files.read(*file, 0, *size) : absl::StatusOr<absl::Cord>(size.status());
  (void)files.close(*file);
  if (!bytes.ok()) return bytes.status();
  return std::string(*bytes);
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  return std::string(directory) + "/" + std::string(name);
}

}  // namespace scenarios
