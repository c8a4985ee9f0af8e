// SPDX-License-Identifier: Apache-2.0
//
// `quorum-state`: epoch, leader and vote of one voter, in the directory of its metadata log, as
// Kafka writes them (kraft.version 0, so data_version 0).
//
//   {"clusterId":"","leaderId":3000,"leaderEpoch":2,"votedId":-1,"appliedOffset":0,
//    "currentVoters":[{"voterId":3000}],"data_version":0}
//
// A write goes to quorum-state.tmp, which is flushed, renamed, and its directory flushed; each flush
// comes back as an event, so a write has two stages:
//
//   begin -> Flush{file} -> on_flushed -> rename, Flush{directory} -> on_flushed: durable
//
// Source: raft/.../FileQuorumStateStore.java, resources/common/message/QuorumStateData.json.

#ifndef MODELS_RAFT_QUORUM_STATE_FILE_H_
#define MODELS_RAFT_QUORUM_STATE_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/step.h"
#include "models/raft/quorum_state.h"

namespace models {

std::string encode_quorum_state(const ElectionState& state, const std::vector<NodeId>& voters);
// DataLoss for what is no such text.
absl::StatusOr<ElectionState> decode_quorum_state(std::string_view text);

class QuorumStateFile {
 public:
  // Keys of its Flush effects; those of the log are positive.
  static constexpr int64_t kFileKey = -1;
  static constexpr int64_t kDirectoryKey = -2;

  explicit QuorumStateFile(std::string directory) : directory_(std::move(directory)) {}

  // Nothing if this voter has kept none.
  absl::StatusOr<std::optional<ElectionState>> read(Step& step) const;
  // Not while a write is under way.
  absl::Status begin(const ElectionState& state, const std::vector<NodeId>& voters, Step& step);
  absl::Status on_flushed(int64_t key, Step& step);
  bool is_writing() const { return writing_; }

 private:
  absl::StatusOr<sim::FileId> write_temporary(const std::string& text, Step& step);
  std::string path() const { return directory_ + "/quorum-state"; }

  std::string directory_;
  sim::FileId file_{-1};
  bool writing_ = false;
};

}  // namespace models

#endif  // MODELS_RAFT_QUORUM_STATE_FILE_H_
