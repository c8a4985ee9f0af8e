// SPDX-License-Identifier: Apache-2.0
//
// Tells the controller in which log directory this broker has put its replicas, where that is not
// what the metadata says already. Assignments gather for 100 ms; one request is under way at a
// time; after a failure of a whole request the next waits 100 ms, 200 ms, ... up to 10 s, with 2 %
// of jitter. An assignment that is not accepted is sent again.
// Source: server/.../AssignmentsManager.java, AssignmentsManagerDeadlineFunction.java.

#ifndef MODELS_CONTROLLER_DIRECTORY_ASSIGNMENTS_H_
#define MODELS_CONTROLLER_DIRECTORY_ASSIGNMENTS_H_

#include <cstdint>
#include <optional>

#include "absl/container/btree_map.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/protocol/assign_replicas_to_dirs.h"

namespace models {

class DirectoryAssignments {
 public:
  explicit DirectoryAssignments(NodeId node_id) : node_id_(node_id) {}

  // The replica is in `directory`.
  void on_assignment(const AssignedReplica& replica, const Uuid& directory, Step& step);
  // Timer::kDirectoryAssignment. What the metadata does not place here any more is forgotten.
  void on_timer(const MetadataImage& image, BrokerEpoch broker_epoch, Step& step);
  void on_response(const AssignReplicasToDirsResponse& response, Step& step);
  void on_request_failed(RequestFailure failure, Step& step);

  static void fields(auto&& f) { f("failures", &DirectoryAssignments::failures_); }

 private:
  using Assignments = absl::btree_map<AssignedReplica, Uuid>;
  void schedule(Step& step);
  void fail(Step& step);

  NodeId node_id_;
  Assignments ready_;
  Assignments in_flight_;
  int32_t failures_ = 0;  // Of whole requests, in a row.
  std::optional<sim::MonoTime> due_;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_DIRECTORY_ASSIGNMENTS_H_
