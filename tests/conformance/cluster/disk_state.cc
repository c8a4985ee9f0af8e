// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/cluster/disk_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <sstream>

#include "models/raft/raft.h"
#include "models/controller/metadata_replay.h"
#include "models/log/record_batch.h"

namespace conformance {

namespace {

using models::NodeId;

std::string joined(const std::vector<NodeId>& ids) {
  std::string text;
  for (NodeId id : ids) text += (text.empty() ? "" : ",") + std::to_string(id.value());
  return text.empty() ? "none" : text;
}

std::string folder_of(const std::string& root, const models::TopicPartition& partition) {
  return (root.empty() ? "" : root + "/") + models::to_string(partition);
}

// A batch, where it is known to be whole.
struct Stored {
  models::BatchHeader header;
  absl::Cord bytes;
};

absl::Cord content_of(sim::FileSystem& files, const std::string& path) {
  auto id = files.open(path, false);
  EXPECT_TRUE(id.ok()) << id.status();
  if (!id.ok()) return {};
  absl::Cord bytes = files.read(*id, 0, files.size(*id).value_or(0)).value_or(absl::Cord());
  EXPECT_TRUE(files.close(*id).ok());
  return bytes;
}

// The batches of all segments of a log.
void for_each_batch(sim::FileSystem& files, const std::string& folder,
                    const std::function<void(const Stored&)>& visit) {
  auto names = files.list(folder);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (!name.ends_with(".log")) continue;
    absl::Cord rest = content_of(files, folder + "/" + name);
    while (auto header = models::read_batch_header(rest)) {
      size_t size = static_cast<size_t>(header->total_bytes());
      if (size > rest.size()) break;
      visit({*header, rest.Subcord(0, size)});
      rest = rest.Subcord(size, rest.size() - size);
    }
  }
}

std::string text_of(const std::optional<std::string_view>& bytes) {
  return bytes ? std::string(*bytes) : "null";
}

// The lines after "0" and the count.
std::string epochs_of(sim::FileSystem& files, const std::string& folder) {
  std::string path = folder + "/leader-epoch-checkpoint";
  if (!files.exists(path)) return "none";
  std::istringstream text{std::string(content_of(files, path))};
  std::string version, count, epoch, start, line;
  text >> version >> count;
  while (text >> epoch >> start)
    line += (line.empty() ? "epoch " : ", epoch ") + epoch + " from " + start;
  return line.empty() ? "none" : line;
}

}  // namespace

std::string describe_set(std::vector<NodeId> ids) {
  std::sort(ids.begin(), ids.end(), [](NodeId a, NodeId b) { return a.value() < b.value(); });
  return joined(ids);
}

namespace {

// What a partition has of reassignments and of eligible replicas, where the simulator has these.
template <class Registration>
std::string describe_more(const Registration& partition) {
  std::string text;
  if constexpr (requires { partition.adding; }) {
    if (!partition.adding.empty()) text += " adding " + describe_set(partition.adding);
    if (!partition.removing.empty()) text += " removing " + describe_set(partition.removing);
  }
  if constexpr (requires { partition.elr; }) {
    if (!partition.elr.empty()) text += " elr " + describe_set(partition.elr);
    if (!partition.last_known_elr.empty())
      text += " last_known_elr " + describe_set(partition.last_known_elr);
  }
  return text;
}

}  // namespace

std::string describe(const models::PartitionRegistration& partition) {
  std::string text = "leader " + std::to_string(partition.leader.value());
  text += " epoch " + std::to_string(partition.leader_epoch.value());
  text += " isr " + describe_set(partition.isr);
  text += " version " + std::to_string(partition.partition_epoch.value());
  text += " replicas " + joined(partition.replicas);
  text += describe_more(partition);
  if (partition.recovering) text += " recovering";
  return text;
}

std::optional<Lines> history_of(sim::FileSystem& files, const std::string& root,
                                const models::TopicPartition& partition) {
  Lines lines;
  bool readable = true;
  models::MetadataReplay replay{models::TopicConfig()};
  std::optional<models::PartitionRegistration> before;
  auto take = [&](const models::RecordView& record) {
    auto decoded = models::decode_metadata_record(record.value.value_or(""));
    if (!decoded.ok()) {
      ADD_FAILURE() << "metadata offset " << record.offset.value() << ": " << decoded.status();
      readable = false;
    }
    if (!readable) return;
    models::MetadataDelta delta;
    replay.replay(*decoded, record.offset, delta);
    const models::PartitionRegistration* now = replay.image().find(partition);
    if (now == nullptr || (before && before->partition_epoch == now->partition_epoch)) return;
    lines.push_back(describe(*now));
    before = *now;
  };
  for_each_batch(files, folder_of(root, {std::string(models::kMetadataTopic), 0}),
                 [&](const Stored& batch) {
                   if (batch.header.is_control()) return;
                   EXPECT_TRUE(models::for_each_record(batch.bytes, batch.header, take).ok());
                 });
  if (!readable) return std::nullopt;
  return lines;
}

Lines replica_of(sim::FileSystem& files, const std::string& root,
                 const models::TopicPartition& partition) {
  std::string folder = folder_of(root, partition);
  if (!files.exists(folder)) return {};
  Lines lines{"epochs " + epochs_of(files, folder)};
  for_each_batch(files, folder, [&](const Stored& batch) {
    auto take = [&](const models::RecordView& record) {
      lines.push_back(std::to_string(record.offset.value()) + " epoch " +
                      std::to_string(batch.header.leader_epoch.value()) + " " +
                      text_of(record.key) + "=" + text_of(record.value));
    };
    EXPECT_TRUE(models::for_each_record(batch.bytes, batch.header, take).ok());
  });
  return lines;
}

}  // namespace conformance
