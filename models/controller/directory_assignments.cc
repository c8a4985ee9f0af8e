// SPDX-License-Identifier: Apache-2.0

#include "models/controller/directory_assignments.h"

#include <algorithm>
#include <utility>

namespace models {
namespace {

constexpr size_t kMostInRequest = 2250;  // AssignReplicasToDirsRequest.MAX_ASSIGNMENTS_PER_REQUEST
constexpr sim::Duration kFirstBackoff = sim::Duration::millis(100);
constexpr sim::Duration kLongestBackoff = sim::Duration::seconds(10);
constexpr int32_t kDoublingsMax = 7;
constexpr int64_t kJitterPpm = 20'000;
constexpr int64_t kMillion = 1'000'000;

bool is_still_here(const AssignedReplica& replica, NodeId node, const MetadataImage& image) {
  for (const auto& [name, topic] : image.topics) {
    if (topic.id != replica.topic_id) continue;
    size_t index = static_cast<size_t>(replica.partition);
    return index < topic.partitions.size() && topic.partitions[index].has_replica(node);
  }
  return false;
}

}  // namespace

void DirectoryAssignments::on_assignment(const AssignedReplica& replica, const Uuid& directory,
                                         Step& step) {
  ready_.insert_or_assign(replica, directory);
  schedule(step);
}

// An earlier time that is set already stays.
void DirectoryAssignments::schedule(Step& step) {
  sim::Duration delay = kFirstBackoff;
  if (failures_ > 0) {
    delay = std::min(kFirstBackoff * (int64_t{1} << std::min(failures_, kDoublingsMax)),
                     kLongestBackoff);
    int64_t factor = step.rng.between(kMillion - kJitterPpm, kMillion + kJitterPpm);
    delay = sim::Duration::nanos(delay.nanos() / kMillion * factor);
  } else if (ready_.size() > kMostInRequest && in_flight_.empty()) {
    delay = sim::Duration();
  }
  if (due_ && *due_ <= step.mono + delay) return;
  due_ = step.mono + delay;
  step.effects.arm({Timer::kDirectoryAssignment}, delay);
}

void DirectoryAssignments::on_timer(const MetadataImage& image, BrokerEpoch broker_epoch,
                                    Step& step) {
  due_.reset();
  if (!in_flight_.empty()) return;
  while (!ready_.empty() && in_flight_.size() < kMostInRequest) {
    auto next = ready_.begin();
    if (is_still_here(next->first, node_id_, image)) in_flight_.insert(*next);
    ready_.erase(next);
  }
  if (in_flight_.empty()) return;
  absl::btree_map<Uuid, std::vector<AssignedReplica>> by_directory;
  for (const auto& [replica, directory] : in_flight_) by_directory[directory].push_back(replica);
  AssignReplicasToDirsRequest request{node_id_, broker_epoch};
  for (auto& [directory, replicas] : by_directory) {
    request.directories.push_back({directory, std::move(replicas)});
  }
  step.effects.request(Channel::kToController, kNoNode, std::move(request));
}

void DirectoryAssignments::on_response(const AssignReplicasToDirsResponse& response, Step& step) {
  if (response.error != ErrorCode::kNone) return fail(step);
  failures_ = 0;
  for (const AssignmentResult& result : response.replicas) {
    if (result.error == ErrorCode::kNone) in_flight_.erase(result.replica);
  }
  ready_.insert(in_flight_.begin(), in_flight_.end());  // Unless there is a newer one.
  in_flight_.clear();
  if (!ready_.empty()) schedule(step);
}

void DirectoryAssignments::on_request_failed(RequestFailure, Step& step) { fail(step); }

void DirectoryAssignments::fail(Step& step) {
  ++failures_;
  ready_.insert(in_flight_.begin(), in_flight_.end());
  in_flight_.clear();
  schedule(step);
}

}  // namespace models
