// SPDX-License-Identifier: Apache-2.0
//
// The broker's log directories: their start, their logs, where a new replica goes, and what the
// loss of one means. Source: core/.../log/LogManager.scala, server/ReplicaManager.scala
// (handleLogDirFailure, maybeUpdateTopicAssignment), cluster/Partition.scala
// (createLogInAssignedDirectoryId).

#include <algorithm>
#include <optional>
#include <utility>

#include "models/log/log_file_name.h"
#include "models/log/meta_properties.h"
#include "models/replication/replica_manager.h"

namespace models {
namespace {

Offset offset_or_zero(const OffsetMap& offsets, const TopicPartition& partition) {
  auto it = offsets.find(partition);
  return it == offsets.end() ? Offset(0) : it->second;
}

// "orders-0/", as a directory listing has it. __cluster_metadata-0 is no replica.
std::optional<LogDirectoryName> parse_directory(std::string_view name) {
  if (!name.ends_with('/')) return std::nullopt;
  name.remove_suffix(1);
  std::optional<LogDirectoryName> found = parse_log_directory_name(name);
  if (found && found->partition.topic == kMetadataTopic) return std::nullopt;
  return found;
}

}  // namespace

absl::Status ReplicaManager::prepare_directories(Step& step) {
  for (const std::string& path : options_.directories()) {
    LogDirectory& directory = directories_.emplace_back(LogDirectory{.path = path});
    auto id = prepare_log_directory(path, options_.cluster_id, options_.node_id, step);
    if (id.ok()) {
      directory.id = *id;
      continue;
    }
    // Somebody else's directory is no failed disk.
    if (absl::IsFailedPrecondition(id.status())) return id.status();
    if (path == options_.metadata_directory()) return id.status();
    directory.is_online = false;
    step.effects.note(
        "log_directory_failed",
        {{"directory", path}, {"during", "start"}, {"why", std::string(id.status().message())}});
  }
  if (online_directories() == 0) {
    return absl::UnavailableError("no log directory can be used");
  }
  return absl::OkStatus();
}

size_t ReplicaManager::online_directories() const {
  return static_cast<size_t>(
      std::count_if(directories_.begin(), directories_.end(),
                    [](const LogDirectory& directory) { return directory.is_online; }));
}

std::vector<Uuid> ReplicaManager::online_directory_ids() const {
  std::vector<Uuid> ids;
  for (const LogDirectory& directory : directories_) {
    if (directory.is_online) ids.push_back(directory.id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// Once per life, when metadata is known: whose topics they are, and with which settings.
void ReplicaManager::open_logs(const MetadataImage& image, Step& step) {
  logs_open_ = true;
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (!directories_[i].is_online) continue;
    int32_t number = static_cast<int32_t>(i);
    absl::Status opened = open_directory(number, image, step);
    if (absl::IsAlreadyExists(opened)) {
      step.effects.note("broker_cannot_start", {{"why", std::string(opened.message())}});
      failed_ = true;
      return step.effects.exit();
    }
    if (!opened.ok()) fail_log_directory(number, "load", step, std::string(opened.message()));
    if (failed_) return;
  }
}

absl::Status ReplicaManager::open_directory(int32_t number, const MetadataImage& image,
                                            Step& step) {
  LogDirectory& directory = directories_[static_cast<size_t>(number)];
  const std::string& path = directory.path;
  auto marker = take_clean_shutdown_marker(path, step.disk);
  if (!marker.ok()) return marker.status();
  directory.was_clean = marker->has_value();
  OffsetMap recovery_points = read_checkpoint(path, kRecoveryPointFile, step.disk);
  OffsetMap log_starts = read_checkpoint(path, kLogStartFile, step.disk);
  OffsetMap watermarks = read_checkpoint(path, kHighWatermarkFile, step.disk);
  if (step.mutated(Mutation::kKafka769)) watermarks.clear();
  for (const auto& [partition, end] : read_checkpoint(path, kCleanerFile, step.disk))
    cleaner_.cleaned_to.insert_or_assign(partition, end);
  auto names = step.disk.list(path);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    auto found = parse_directory(name);
    if (!found) continue;
    const TopicPartition& partition = found->partition;
    std::string place = path + '/' + name.substr(0, name.size() - 1);
    if (found->state == LogDirectoryState::kDelete) {
      step.mark(Mark::kDeletionResumed);
      doom(number, place, step);
    }
    if (found->state != LogDirectoryState::kInUse) continue;
    auto topic_id = read_partition_metadata(place, step);
    if (!topic_id.ok()) return topic_id.status();
    if (is_stray(partition, *topic_id, options_.node_id, image)) {
      if (absl::Status moved = set_aside(number, partition, step); !moved.ok()) return moved;
      continue;
    }
    if (entry_of(partition) != nullptr && entry_of(partition)->hosted != kNotHosted) {
      return absl::AlreadyExistsError(to_string(partition) + " is in two log directories");
    }
    LogOpenOptions options{.directory = place,
                           .partition = partition,
                           .config = image.topics.at(partition.topic).config,
                           .producer_id_expiration = options_.config.producer_id_expiration_ms,
                           .clean_shutdown = directory.was_clean,
                           .recovery_point = offset_or_zero(recovery_points, partition),
                           .log_start_offset = offset_or_zero(log_starts, partition),
                           .high_watermark = offset_or_zero(watermarks, partition)};
    absl::Status opened = open_log(number, **topic_id, options, step);
    if (!opened.ok()) return opened;
  }
  return absl::OkStatus();
}

absl::Status ReplicaManager::open_log(int32_t directory, const Uuid& topic_id,
                                      const LogOpenOptions& options, Step& step) {
  LogRecovery recovery;
  absl::StatusOr<PartitionLog> log = PartitionLog::open(options, step, &recovery);
  if (!log.ok()) return log.status();
  if (recovery.bytes_cut > 0) {
    step.effects.note("log_cut_at_recovery",
                      {{"partition", to_string(options.partition)},
                       {"bytes", std::to_string(recovery.bytes_cut)},
                       {"end", std::to_string(log->log_end_offset().value())}});
  }
  int32_t number = static_cast<int32_t>(hosted_.size());
  hosted_.push_back(
      HostedPartition{.log = *std::move(log), .directory = directory, .topic_id = topic_id});
  changed_.push_back(number);
  add_entry(options.partition).hosted = number;
  return absl::OkStatus();
}

// A log that metadata has no use for gets out of the way, and is kept.
absl::Status ReplicaManager::set_aside(int32_t directory, const TopicPartition& partition,
                                       Step& step) {
  const std::string& root = directories_[static_cast<size_t>(directory)].path;
  std::string to = path_out_of_the_way(root, partition, kStraySuffix, step.rng);
  absl::Status moved = step.disk.rename(root + '/' + to_string(partition), to);
  if (!moved.ok()) return moved;
  step.mark(Mark::kStrayReplicaFound);
  step.effects.note("stray_replica", {{"partition", to_string(partition)}, {"renamed_to", to}});
  return absl::OkStatus();
}

// The directory goes file.delete.delay.ms from now.
void ReplicaManager::doom(int32_t directory, std::string path, Step& step) {
  int64_t due = step.wall.millis() + options_.config.topic.file_delete_delay_ms.millis();
  directories_[static_cast<size_t>(directory)].doomed.push_back({std::move(path), due});
}

absl::Status ReplicaManager::remove_doomed(LogDirectory& directory, Step& step) {
  auto is_due = [&](const LogDirectory::Doomed& each) { return each.due_ms <= step.wall.millis(); };
  for (const LogDirectory::Doomed& each : directory.doomed) {
    if (!is_due(each)) continue;
    if (absl::Status removed = remove_recursively(each.path, step); !removed.ok()) return removed;
    step.effects.note("directory_removed", {{"directory", each.path}});
  }
  std::erase_if(directory.doomed, is_due);
  return absl::OkStatus();
}

// Whether a new log may be made: not when the one that metadata means may lie in a directory that
// is offline.
bool ReplicaManager::may_create(const Uuid& assigned) const {
  bool all_online = online_directories() == directories_.size();
  return all_online || assigned == kUnassignedDirectory || directory_of(assigned) != kNoDirectory;
}

int32_t ReplicaManager::directory_of(const Uuid& id) const {
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (directories_[i].is_online && directories_[i].id == id) return static_cast<int32_t>(i);
  }
  return kNoDirectory;
}

// The assigned directory; else those online, that with the fewest logs first, then as configured.
std::vector<int32_t> ReplicaManager::places_for(const Uuid& assigned) const {
  if (int32_t place = directory_of(assigned); place != kNoDirectory) return {place};
  std::vector<int32_t> logs(directories_.size());
  for (const HostedPartition& replica : hosted_)
    logs[static_cast<size_t>(replica.directory)] += replica.deleted ? 0 : 1;
  std::vector<int32_t> places;
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (directories_[i].is_online) places.push_back(static_cast<int32_t>(i));
  }
  std::stable_sort(places.begin(), places.end(), [&](int32_t a, int32_t b) {
    return logs[static_cast<size_t>(a)] < logs[static_cast<size_t>(b)];
  });
  return places;
}

absl::Status ReplicaManager::create_log(int32_t directory, const TopicPartition& partition,
                                        const TopicImage& topic, Step& step) {
  const LogDirectory& root = directories_[static_cast<size_t>(directory)];
  LogOpenOptions options{.directory = root.path + '/' + to_string(partition),
                         .partition = partition,
                         .config = topic.config,
                         .producer_id_expiration = options_.config.producer_id_expiration_ms,
                         .clean_shutdown = root.was_clean};
  absl::Status created = step.disk.create_directory(options.directory);
  if (created.ok()) created = write_partition_metadata(options.directory, topic.id, step);
  return created.ok() ? open_log(directory, topic.id, options, step) : created;
}

// The number of the partition, whose log is created if there is none; kNotHosted: its directory is
// offline, or failed just now.
int32_t ReplicaManager::host(const TopicPartition& partition, const MetadataImage& image,
                             Step& step) {
  Known& entry = add_entry(partition);
  if (entry.hosted != kNotHosted || entry.is_offline) {
    return entry.is_offline ? kNotHosted : entry.hosted;
  }
  Uuid assigned = image.find(partition)->directory_of(options_.node_id);
  if (may_create(assigned)) {
    const TopicImage& topic = image.topics.at(partition.topic);
    for (int32_t place : places_for(assigned)) {
      if (create_log(place, partition, topic, step).ok()) return add_entry(partition).hosted;
      fail_log_directory(place, "create", step);
      if (failed_) return kNotHosted;
    }
  }
  add_entry(partition).is_offline = true;
  step.effects.note("replica_offline", {{"partition", to_string(partition)}});
  return kNotHosted;
}

// The controller is told where a replica is if it does not know.
void ReplicaManager::tell_directory(int32_t number, const PartitionRegistration& registration,
                                    const Uuid& topic_id) {
  const LogDirectory& directory = directories_[static_cast<size_t>(at(number).directory)];
  if (!directory.is_online || registration.directory_of(options_.node_id) == directory.id) return;
  AssignedReplica replica{topic_id, at(number).partition().partition};
  directory_events_.assignments.emplace_back(replica, directory.id);
}

ReplicaManager::DirectoryEvents ReplicaManager::take_directory_events() {
  return std::exchange(directory_events_, {});
}

void ReplicaManager::fail_log_directory(int32_t number, std::string_view during, Step& step,
                                        std::string_view why) {
  LogDirectory& directory = directories_[static_cast<size_t>(number)];
  if (!directory.is_online || failed_) return;
  directory.is_online = false;
  std::vector<std::pair<std::string_view, std::string>> fields = {
      {"directory", directory.path}, {"during", std::string(during)}};
  if (!why.empty()) fields.emplace_back("why", std::string(why));
  step.effects.note("log_directory_failed", std::move(fields));
  // Without directories, or without that of the metadata log, there is no broker.
  if (online_directories() == 0 || directory.path == options_.metadata_directory()) {
    failed_ = true;
    return step.effects.exit();
  }
  step.mark(Mark::kLogDirectoryFailed);
  directory.doomed.clear();
  for (size_t i = 0; i < hosted_.size(); ++i) {
    bool here = !hosted_[i].deleted && hosted_[i].directory == number;
    if (here) take_offline(static_cast<int32_t>(i));
  }
  directory_events_.failures.push_back(directory.id);
}

// Who waits for it, waits on: until a time limit, or a look at it for another reason.
void ReplicaManager::take_offline(int32_t number) {
  HostedPartition& replica = at(number);
  wake_sessions(number);
  stop_fetching(number);
  replica.role = ReplicaRole::kOffline;
  replica.as_leader = LeaderReplica();
  add_entry(replica.partition()).is_offline = true;
  for (CleanerThread& thread : cleaner_.threads) {
    if (thread.number == number) thread.round.reset();
  }
  touch(number);
}

ErrorCode ReplicaManager::error_for(const Known& entry) const {
  return entry.is_offline ? ErrorCode::kKafkaStorageError : ErrorCode::kNotLeaderOrFollower;
}

}  // namespace models
