// SPDX-License-Identifier: Apache-2.0

#include "scenarios/disk_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "models/log/log_file_name.h"
#include "models/log/meta_properties.h"
#include "models/node/cluster.h"
#include "models/replication/replica_manager.h"
#include "scenarios/format.h"
#include "scenarios/log_files.h"
#include "scenarios/printable.h"
#include "sim/host_clock.h"
#include "sim/rng.h"

namespace scenarios {

namespace {

constexpr int64_t kChunk = 1 << 20;
// All that writing the files takes is over when a run begins.
constexpr sim::SimTime kLongAgo = sim::SimTime::at_nanos(INT64_MIN / 4);
constexpr int64_t kMostPropertiesBytes = 1 << 20;
constexpr std::string_view kLockFile = ".lock";
constexpr std::string_view kCleanFile = ".kafka_cleanshutdown";
constexpr std::string_view kQuorumTopic = "__cluster_metadata";

absl::Status in_file(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), printable(path) + ": " + std::string(status.message()));
}

class Import {
 public:
  Import(sim::FileSystem& from, const ImportOptions& options, sim::FileSystem& to)
      : from_(from), options_(options), to_(to) {}

  absl::Status root(const std::string& path);
  absl::Status partition(const std::string& path, const std::string& name);
  ImportedDisk take() { return std::move(done_); }

 private:
  absl::Status properties(const std::string& path);
  absl::Status entry(const std::string& path, std::string name);
  absl::Status file(const std::string& path, const std::string& target);
  absl::Status content(sim::FileId source, sim::FileId target);
  void leave_out(const std::string& path, std::string why) {
    done_.left_out.push_back({path, std::move(why)});
  }

  sim::FileSystem& from_;
  const ImportOptions& options_;
  sim::FileSystem& to_;
  ImportedDisk done_;
};

// Kafka 4 starts on version 1 alone; 0 is of clusters with ZooKeeper.
absl::Status Import::properties(const std::string& path) {
  auto text = read_whole_file(from_, path, kMostPropertiesBytes);
  if (!text.ok()) return in_file(path, text.status());
  auto properties = parse_properties(*text);
  if (!properties.ok()) return in_file(path, properties.status());
  for (const auto& [key, value] : *properties) {
    if (key == "version" && value != "1") {
      return absl::InvalidArgumentError(fmt::format(
          "{}: version={}, must be 1{}", printable(path), printable(value),
          value == "0" ? ": 0 is of a cluster with ZooKeeper, which Kafka 4 is not" : ""));
    }
    if (key == "cluster.id") done_.cluster_id = value;
    if (key != "node.id" && key != "broker.id") continue;
    int32_t id = -1;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), id);
    if (error != std::errc() || end != value.data() + value.size() || id < 0) {
      return absl::InvalidArgumentError(fmt::format("{}: {}={}, must be a whole number >= 0",
                                                    printable(path), key, printable(value)));
    }
    done_.node_id = id;
  }
  return absl::OkStatus();
}

absl::Status Import::root(const std::string& path) {
  auto names = from_.list(path);
  if (!names.ok()) return names.status();
  bool has_properties =
      std::find(names->begin(), names->end(), std::string(kMetaPropertiesFile)) != names->end();
  if (has_properties) {
    absl::Status read = properties(join_path(path, kMetaPropertiesFile));
    if (!read.ok()) return read;
  }
  for (const std::string& name : *names) {
    if (absl::Status status = entry(path, name); !status.ok()) return status;
  }
  return to_.sync_directory(models::kLogDirectory);
}

absl::Status Import::entry(const std::string& path, std::string name) {
  bool is_directory = name.ends_with('/');
  if (is_directory) name.pop_back();
  std::string below = join_path(path, name);
  if (!is_directory) {
    if (name == kLockFile) return absl::OkStatus();
    if (!belongs_to_log_root(name)) {
      leave_out(below, "no file of a broker's log.dir");
      return absl::OkStatus();
    }
    done_.was_clean |= name == kCleanFile;
    return file(below, join_path(models::kLogDirectory, name));
  }
  auto directory = models::parse_log_directory_name(name);
  if (!directory) {
    leave_out(below, "no directory of a broker's log.dir");
    return absl::OkStatus();
  }
  if (directory->partition.topic == kQuorumTopic) {
    leave_out(below, "the simulated controllers have a metadata log of their own");
    return absl::OkStatus();
  }
  return partition(below, name);
}

absl::Status Import::partition(const std::string& path, const std::string& name) {
  std::string target = join_path(models::kLogDirectory, name);
  if (absl::Status made = to_.create_directory(target); !made.ok()) return made;
  auto names = from_.list(path);
  if (!names.ok()) return names.status();
  for (const std::string& each : *names) {
    if (each.ends_with('/')) {
      leave_out(join_path(path, each.substr(0, each.size() - 1)), "Kafka has no directory there");
      continue;
    }
    absl::Status status = file(join_path(path, each), join_path(target, each));
    if (!status.ok()) return status;
  }
  return to_.sync_directory(target);
}

absl::Status Import::file(const std::string& path, const std::string& target) {
  if (options_.stop != nullptr && options_.stop->load()) return absl::CancelledError("interrupted");
  auto source = from_.open(path, false);
  if (!source.ok()) return source.status();
  auto made = to_.open(target, true);
  absl::Status status = made.ok() ? content(*source, *made) : made.status();
  (void)from_.close(*source);
  if (made.ok()) (void)to_.close(*made);
  ++done_.files;
  return status.ok() || absl::IsResourceExhausted(status) ? status : in_file(path, status);
}

absl::Status Import::content(sim::FileId source, sim::FileId target) {
  for (int64_t at = 0;;) {
    auto chunk = from_.read(source, at, kChunk);
    if (!chunk.ok()) return chunk.status();
    if (chunk->empty()) return to_.sync(target);
    int64_t count = static_cast<int64_t>(chunk->size());
    at += count;
    done_.bytes += count;
    if (done_.bytes > options_.most_bytes) {
      return absl::ResourceExhaustedError(
          fmt::format("holds more than {}, the most that is taken: a simulated disk is memory. "
                      "Import single partitions' directories",
                      bytes_of(options_.most_bytes)));
    }
    if (absl::Status wrote = to_.append(target, *std::move(chunk)); !wrote.ok()) return wrote;
  }
}

// A machine's step outside any world: nothing of what it wants is carried out, but for the disk.
class LoneStep {
 public:
  explicit LoneStep(sim::SimDisk& disk)
      : view_(disk, kLongAgo, rng_),
        step_{sim::MonoTime::at_nanos(sim::HostClock::kMonoAtZero),
              sim::WallTime::at_nanos(sim::HostClock::kWallAtZero),
              rng_,
              view_,
              effects_,
              mutations_,
              marks_} {}
  models::Step& step() { return step_; }
  const models::Effects& effects() const { return effects_; }

 private:
  sim::Rng rng_;
  sim::DiskView view_;
  models::Effects effects_;
  models::MutationSet mutations_;
  models::Marks marks_;
  models::Step step_;
};

// The broker's notes on what its start cut off, by partition.
std::vector<std::pair<std::string, int64_t>> cuts_in(const models::Effects& effects) {
  std::vector<std::pair<std::string, int64_t>> cuts;
  for (const models::Effect& effect : effects.list()) {
    const auto* note = std::get_if<models::Note>(&effect);
    if (note == nullptr || note->what != "log_cut_at_recovery") continue;
    std::string partition;
    int64_t bytes = 0;
    for (const auto& [key, value] : note->fields) {
      if (key == "partition") partition = value;
      if (key == "bytes") std::from_chars(value.data(), value.data() + value.size(), bytes);
    }
    cuts.emplace_back(std::move(partition), bytes);
  }
  return cuts;
}

// Why the broker gave its directory up.
std::optional<std::string> failure_in(const models::Effects& effects) {
  for (const models::Effect& effect : effects.list()) {
    const auto* note = std::get_if<models::Note>(&effect);
    if (note == nullptr || note->what != "log_directory_failed") continue;
    std::string why;
    for (const auto& [key, value] : note->fields) {
      if (key == "why" || (key == "during" && why.empty())) why = value;
    }
    return why;
  }
  return std::nullopt;
}

// Metadata in which there is each log that has a topic id, as a replica of `node` that nobody leads.
// The first log of a topic tells the topic's id.
absl::StatusOr<models::MetadataImage> image_of(models::NodeId node, StartedBroker& broker,
                                               models::Step& step) {
  models::MetadataImage image;
  auto names = step.disk.list(models::kLogDirectory);
  if (!names.ok()) return names.status();
  for (std::string name : *names) {
    if (!name.ends_with('/')) continue;
    name.pop_back();
    auto found = models::parse_log_directory_name(name);
    if (!found || found->state != models::LogDirectoryState::kInUse) continue;
    const models::TopicPartition& partition = found->partition;
    auto id = models::read_partition_metadata(join_path(models::kLogDirectory, name), step);
    if (!id.ok()) return id.status();
    if (!*id) {
      broker.set_aside.push_back({partition, "no topic id: partition.metadata is missing"});
      continue;
    }
    models::TopicImage& topic = image.topics[partition.topic];
    if (topic.partitions.empty()) topic.id = **id;
    if (topic.id != **id) {
      broker.set_aside.push_back(
          {partition, fmt::format("topic id {}, other logs of the topic have {}", to_string(**id),
                                  to_string(topic.id))});
      continue;
    }
    topic.name = partition.topic;
    size_t index = static_cast<size_t>(partition.partition);
    if (topic.partitions.size() <= index) topic.partitions.resize(index + 1);
    topic.partitions[index].replicas = {node};
  }
  return image;
}

models::MetadataDelta all_of(const models::MetadataImage& image) {
  models::MetadataDelta delta;
  for (const auto& [name, topic] : image.topics) {
    delta.topics.insert(name);
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      if (!topic.partitions[i].replicas.empty())
        delta.partitions.insert({name, static_cast<int32_t>(i)});
    }
  }
  return delta;
}

StartedLog started_log(const models::HostedPartition& replica) {
  const models::PartitionLog& log = replica.log;
  StartedLog started{.partition = log.partition(),
                     .topic_id = replica.topic_id,
                     .log_start = log.log_start_offset(),
                     .log_end = log.log_end_offset(),
                     .high_watermark = log.high_watermark(),
                     .last_stable = log.last_stable_offset(),
                     .epoch = log.latest_epoch(),
                     .segments = static_cast<int64_t>(log.segments().size()),
                     .bytes = log.size_bytes(),
                     .producers = static_cast<int64_t>(log.producers().producers().size())};
  for (const auto& [id, producer] : log.producers().producers())
    started.last_producer_id = std::max(started.last_producer_id, id);
  return started;
}

}  // namespace

absl::StatusOr<ImportedDisk> import_disk(sim::FileSystem& from, const LogPlace& place,
                                         const ImportOptions& options, sim::SimDisk& disk) {
  sim::Rng rng;
  sim::DiskView to(disk, kLongAgo, rng);
  if (absl::Status made = to.create_directory(models::kLogDirectory); !made.ok()) return made;
  Import import(from, options, to);
  absl::Status status;
  if (place.is_partition) {
    auto name = models::parse_log_directory_name(options.partition_name);
    if (!name) {
      return absl::InvalidArgumentError(
          printable(options.partition_name) +
          ": the name of a partition's directory tells which it is: TOPIC-N, as orders-0");
    }
    status = import.partition(place.path, options.partition_name);
    if (status.ok()) status = to.sync_directory(models::kLogDirectory);
  } else {
    status = import.root(place.path);
  }
  if (!status.ok()) return status;
  if (absl::Status synced = to.sync_directory(""); !synced.ok()) return synced;
  return import.take();
}

absl::Status give_to(models::NodeId node, const std::string& cluster_id, sim::SimDisk& disk) {
  LoneStep lone(disk);
  std::string directory(models::kLogDirectory);
  auto found = models::read_meta_properties(directory, lone.step());
  if (!found.ok()) return found.status();
  models::MetaProperties properties = found->value_or(models::MetaProperties{});
  properties.cluster_id = cluster_id;
  properties.node_id = node;
  return models::write_meta_properties(directory, properties, lone.step());
}

absl::StatusOr<StartedBroker> start_on(sim::SimDisk& disk, models::NodeId node,
                                       const std::string& cluster_id) {
  LoneStep lone(disk);
  StartedBroker broker;
  auto image = image_of(node, broker, lone.step());
  if (!image.ok()) return image.status();
  models::ReplicaManager manager({.node_id = node,
                                  .log_directory = std::string(models::kLogDirectory),
                                  .cluster_id = cluster_id});
  if (absl::Status started = manager.on_start(lone.step()); !started.ok()) return started;
  broker.former_epoch = manager.previous_broker_epoch();
  manager.on_metadata(*image, all_of(*image), lone.step());
  std::vector<std::pair<std::string, int64_t>> cuts = cuts_in(lone.effects());
  if (auto why = failure_in(lone.effects())) return absl::DataLossError(*why);
  for (const models::HostedPartition& replica : manager.replicas()) {
    StartedLog started = started_log(replica);
    for (const auto& [partition, bytes] : cuts) {
      if (partition == to_string(started.partition)) started.bytes_cut += bytes;
    }
    broker.logs.push_back(std::move(started));
  }
  return broker;
}

}  // namespace scenarios
