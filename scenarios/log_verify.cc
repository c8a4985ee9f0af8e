// SPDX-License-Identifier: Apache-2.0
//
// The root of a log directory, and its checkpoints against the logs.

#include "scenarios/log_verify.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "models/log/log_file_name.h"
#include "models/replication/offset_checkpoint.h"
#include "scenarios/format.h"
#include "scenarios/log_verify_parts.h"
#include "scenarios/printable.h"

namespace scenarios {

using models::Offset;
using models::TopicPartition;

void FindingSink::add(bool is_problem, const Place& place, std::string text) {
  ++(is_problem ? totals_.problems : totals_.notes);
  int64_t count = ++counts_[{place.file, is_problem}];
  if (count > kMostFindings) return;
  // A file system names the file itself.
  std::string named = printable(place.file) + ": ";
  if (text.starts_with(named)) text.erase(0, named.size());
  if (count == kMostFindings) text += " (more of this file are only counted)";
  report_(LogFinding{is_problem, place.file, place.position, place.offset, std::move(text)});
}

std::string PartitionContext::consequence(std::optional<Offset> next_base) const {
  if (!has_root) return "";
  if (clean) return "; Kafka will not check it, as the log was closed in good order";
  int64_t point = recovery_point.value_or(Offset(0)).value();
  if (is_trusted(next_base))
    return fmt::format("; Kafka will not check it, as it lies below the recovery point {}", point);
  return fmt::format("; Kafka cuts the log here at its next start (recovery point {})", point);
}

bool is_compacted_by_kafka(const std::string& topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

namespace {

class RootCheck {
 public:
  RootCheck(sim::FileSystem& files, const std::string& root, const VerifyOptions& options,
            FindingSink& sink)
      : files_(files), root_(root), options_(options), sink_(sink) {}

  void run();

 private:
  using Checkpoint = absl::btree_map<TopicPartition, Offset>;

  std::string path_of(std::string_view name) const { return join_path(root_, name); }
  std::optional<std::string> load(std::string_view name);
  Checkpoint load_checkpoint(std::string_view name);
  void check_properties();
  void check_clean_marker();
  void check_entry(const std::string& name);
  void check_partition(const std::string& name);
  void check_checkpoint(std::string_view file, const Checkpoint& checkpoint);
  void check_offset(std::string_view file, const TopicPartition& partition, Offset offset,
                    Offset log_end);

  sim::FileSystem& files_;
  const std::string& root_;
  const VerifyOptions& options_;
  FindingSink& sink_;
  bool clean_ = false;
  Checkpoint recovery_points_, high_watermarks_, log_starts_, cleaned_;
  absl::btree_map<TopicPartition, PartitionOutcome> partitions_;
  absl::btree_map<std::string, std::pair<std::string, std::string>> topic_ids_;  // And whence.
};

std::optional<std::string> RootCheck::load(std::string_view name) {
  if (!files_.exists(path_of(name))) return std::nullopt;
  auto text = read_whole_file(files_, path_of(name), kMostSmallFileBytes);
  if (text.ok()) return *std::move(text);
  sink_.problem({path_of(name)}, std::string(text.status().message()));
  return std::nullopt;
}

RootCheck::Checkpoint RootCheck::load_checkpoint(std::string_view name) {
  Checkpoint found;
  auto text = load(name);
  if (!text) return found;
  auto lines = parse_offset_checkpoint(*text);
  if (!lines.ok()) {
    sink_.problem({path_of(name)}, std::string(lines.status().message()));
    return found;
  }
  for (const auto& [partition, offset] : *lines) {
    if (!found.emplace(partition, offset).second) {
      sink_.problem({path_of(name)},
                    fmt::format("{} is named twice", printable(to_string(partition))));
    }
  }
  return found;
}

// --- Small files ---

void RootCheck::check_properties() {
  auto text = load(kMetaPropertiesFile);
  if (!text) return;
  auto properties = parse_properties(*text);
  if (!properties.ok()) {
    sink_.problem({path_of(kMetaPropertiesFile)}, std::string(properties.status().message()));
    return;
  }
  absl::btree_map<std::string, std::string> values(properties->begin(), properties->end());
  auto wrong = [&](std::string_view key, std::string_view expected) {
    auto found = values.find(std::string(key));
    std::string says =
        found == values.end() ? "is missing" : "is \"" + printable(found->second) + "\"";
    sink_.problem({path_of(kMetaPropertiesFile)},
                  fmt::format("{} {}, expected {}", key, says, expected));
  };
  auto is_number = [&](const std::string& key) {
    auto found = values.find(key);
    int32_t number = -1;
    if (found == values.end()) return false;
    const std::string& digits = found->second;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() && number >= 0;
  };
  bool old = values["version"] == "0";
  if (!old && values["version"] != "1") wrong("version", "0 or 1");
  if (old && !is_number("broker.id")) wrong("broker.id", "a node's number");
  if (!old && !is_number("node.id")) wrong("node.id", "a node's number");
  if (!old && values["cluster.id"].empty()) wrong("cluster.id", "the cluster's id");
  auto directory = values.find("directory.id");
  if (directory != values.end() && !is_uuid(directory->second))
    wrong("directory.id", "22 characters of base64");
}

void RootCheck::check_clean_marker() {
  auto text = load(models::kCleanShutdownFile);
  if (!text) return;
  clean_ = true;
  // Kafka writes {"version":0,"brokerEpoch":N}; what it cannot read it takes for "no epoch".
  constexpr std::string_view kBegin = "{\"version\":0,\"brokerEpoch\":";
  std::string_view rest = *text;
  bool good = rest.starts_with(kBegin) && rest.ends_with('}');
  int64_t epoch = -1;
  if (good) {
    rest = rest.substr(kBegin.size(), rest.size() - kBegin.size() - 1);
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), epoch);
    good = error == std::errc() && end == rest.data() + rest.size();
  }
  if (good) return;
  sink_.problem(
      {path_of(models::kCleanShutdownFile)},
      fmt::format("expected {}...}}, found \"{}\"", kBegin, printable(text->substr(0, 60))));
}

// --- Partitions ---

void RootCheck::check_partition(const std::string& name) {
  auto directory = models::parse_log_directory_name(name);
  std::string path = path_of(name);
  PartitionContext context;
  bool in_use = directory->state == models::LogDirectoryState::kInUse;
  context.has_root = in_use;
  context.clean = in_use && clean_;
  auto point = recovery_points_.find(directory->partition);
  if (in_use && point != recovery_points_.end()) context.recovery_point = point->second;
  auto start = log_starts_.find(directory->partition);
  if (in_use && start != log_starts_.end()) context.log_start = start->second;
  context.compacted = options_.compacted || cleaned_.contains(directory->partition) ||
                      is_compacted_by_kafka(directory->partition.topic);
  if (directory->state == models::LogDirectoryState::kDelete) {
    sink_.note({path}, "waits to be deleted: not checked");
    return;
  }
  PartitionOutcome outcome = verify_partition(files_, path, context, sink_);
  if (!in_use) {
    sink_.note({path},
               "is not in use: a replica that the cluster does not know, or one that is "
               "being moved");
    return;
  }
  if (!outcome.topic_id.empty()) {
    auto [known, is_new] =
        topic_ids_.try_emplace(directory->partition.topic, outcome.topic_id, name);
    if (!is_new && known->second.first != outcome.topic_id) {
      sink_.problem({join_path(path, kPartitionMetadataFile)},
                    fmt::format("topic id {}, but {} says {}", outcome.topic_id,
                                printable(known->second.second), known->second.first));
    }
  }
  partitions_[directory->partition] = std::move(outcome);
}

void RootCheck::check_entry(const std::string& name) {
  bool is_directory = name.ends_with('/');
  std::string plain = is_directory ? name.substr(0, name.size() - 1) : name;
  bool has_name = models::parse_log_directory_name(plain).has_value();
  if (is_directory && has_name) return check_partition(plain);
  if (has_name) {
    auto opened = files_.open(path_of(plain), false);
    if (opened.ok()) (void)files_.close(*opened);
    sink_.problem(
        {path_of(plain)},
        "expected a partition's directory" +
            (opened.ok() ? ", found a file" : ": " + std::string(opened.status().message())));
    return;
  }
  if (is_directory) {
    sink_.note({path_of(plain)}, "no partition's directory: not checked");
    return;
  }
  LogFile file = log_file_of(name);
  if (file.kind == LogFileKind::kUnknown) {
    sink_.note({path_of(name)}, "no file of Kafka's: not checked");
  } else if (!file.state.empty()) {
    sink_.note({path_of(name)}, "was being written when the broker stopped: of no use any more");
  } else if (file.kind == LogFileKind::kMetadataSnapshot) {
    verify_metadata_snapshot(files_, path_of(name), sink_);
  }
}

// --- Checkpoints against the logs ---

void RootCheck::check_offset(std::string_view file, const TopicPartition& partition, Offset offset,
                             Offset log_end) {
  if (offset <= log_end) return;
  FindingSink::Place place{path_of(file), -1, offset};
  std::string text = fmt::format("{}: {}, but the log ends at {}", printable(to_string(partition)),
                                 offset.value(), log_end.value());
  if (file == models::kHighWatermarkFile && !clean_) {
    // Written down every 5 s, and kept longer than what was not flushed.
    sink_.note(place, text + ": what lies between is lost here, unless the leader has it");
  } else if (file == models::kRecoveryPointFile) {
    sink_.problem(place, text + ": flushed records are gone");
  } else {
    sink_.problem(place, text);
  }
}

void RootCheck::check_checkpoint(std::string_view file, const Checkpoint& checkpoint) {
  int64_t unknown = 0;
  std::string first_unknown;
  for (const auto& [partition, offset] : checkpoint) {
    auto log = partitions_.find(partition);
    if (log != partitions_.end()) {
      check_offset(file, partition, offset, log->second.end);
    } else if (unknown++ == 0) {
      first_unknown = printable(to_string(partition));
    }
  }
  if (unknown == 0) return;
  std::string others = unknown == 1 ? "" : fmt::format(" and {} more", unknown - 1);
  sink_.note({path_of(file)},
             fmt::format("names {}{} without a directory here", first_unknown, others));
}

void RootCheck::run() {
  auto names = files_.list(root_);
  if (!names.ok()) {
    sink_.problem({root_}, std::string(names.status().message()));
    return;
  }
  recovery_points_ = load_checkpoint(models::kRecoveryPointFile);
  high_watermarks_ = load_checkpoint(models::kHighWatermarkFile);
  log_starts_ = load_checkpoint(models::kLogStartFile);
  cleaned_ = load_checkpoint(kCleanerCheckpointFile);
  check_properties();
  check_clean_marker();
  for (const std::string& name : *names) check_entry(name);
  check_checkpoint(models::kRecoveryPointFile, recovery_points_);
  check_checkpoint(models::kHighWatermarkFile, high_watermarks_);
  check_checkpoint(models::kLogStartFile, log_starts_);
  check_checkpoint(kCleanerCheckpointFile, cleaned_);
}

}  // namespace

VerifyTotals verify_logs(sim::FileSystem& files, const LogPlace& place,
                         const VerifyOptions& options,
                         const std::function<void(const LogFinding&)>& report) {
  VerifyTotals totals;
  FindingSink sink(totals, report);
  if (place.is_partition) {
    PartitionContext context;
    context.compacted = options.compacted;
    (void)verify_partition(files, place.path, context, sink);
  } else {
    RootCheck(files, place.path, options, sink).run();
  }
  return totals;
}

}  // namespace scenarios
