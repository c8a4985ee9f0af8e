// SPDX-License-Identifier: Apache-2.0

#include "models/raft/quorum_state_file.h"

#include <charconv>
#include <utility>

#include "sim/check.h"

namespace models {

namespace {

constexpr int64_t kMostBytes = 1 << 20;

std::string field(std::string_view name, int64_t value) {
  return "\"" + std::string(name) + "\":" + std::to_string(value);
}

// The number after `"name":`, as this program and Kafka write it: without spaces.
absl::StatusOr<int32_t> number_of(std::string_view text, std::string_view name) {
  std::string key = "\"" + std::string(name) + "\":";
  size_t at = text.find(key);
  int32_t value = 0;
  if (at != std::string_view::npos) {
    const char* begin = text.data() + at + key.size();
    auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
    if (error == std::errc()) return value;
  }
  return absl::DataLossError("quorum-state has no " + std::string(name));
}

}  // namespace

std::string encode_quorum_state(const ElectionState& state, const std::vector<NodeId>& voters) {
  std::string text = "{\"clusterId\":\"\"," + field("leaderId", state.leader.value()) + "," +
                     field("leaderEpoch", state.epoch.value()) + "," +
                     field("votedId", state.voted.value()) + "," + field("appliedOffset", 0) +
                     ",\"currentVoters\":[";
  for (NodeId voter : voters) {
    if (text.back() == '}') text += ",";
    text += "{" + field("voterId", voter.value()) + "}";
  }
  return text + "]," + field("data_version", 0) + "}";
}

absl::StatusOr<ElectionState> decode_quorum_state(std::string_view text) {
  absl::StatusOr<int32_t> leader = number_of(text, "leaderId");
  absl::StatusOr<int32_t> epoch = number_of(text, "leaderEpoch");
  absl::StatusOr<int32_t> voted = number_of(text, "votedId");
  for (const absl::StatusOr<int32_t>* each : {&leader, &epoch, &voted}) {
    if (!each->ok()) return each->status();
  }
  if (text.empty() || text.back() != '}') return absl::DataLossError("quorum-state is cut");
  return ElectionState{LeaderEpoch(*epoch), NodeId(*leader), NodeId(*voted)};
}

absl::StatusOr<std::optional<ElectionState>> QuorumStateFile::read(Step& step) const {
  if (!step.disk.exists(path())) return std::nullopt;
  absl::StatusOr<sim::FileId> file = step.disk.open(path(), false);
  if (!file.ok()) return file.status();
  absl::StatusOr<absl::Cord> bytes = step.disk.read(*file, 0, kMostBytes);
  if (!bytes.ok()) return bytes.status();
  if (absl::Status closed = step.disk.close(*file); !closed.ok()) return closed;
  absl::StatusOr<ElectionState> state = decode_quorum_state(std::string(*bytes));
  if (!state.ok()) return state.status();
  return *state;
}

absl::StatusOr<sim::FileId> QuorumStateFile::write_temporary(const std::string& text, Step& step) {
  absl::StatusOr<sim::FileId> file = step.disk.open(path() + ".tmp", true);
  if (!file.ok()) return file.status();
  if (absl::Status cut = step.disk.truncate(*file, 0); !cut.ok()) return cut;
  if (absl::Status written = step.disk.append(*file, absl::Cord(text)); !written.ok())
    return written;
  return *file;
}

absl::Status QuorumStateFile::begin(const ElectionState& state, const std::vector<NodeId>& voters,
                                    Step& step) {
  SIM_CHECK(!writing_, "quorum-state is being written");
  absl::StatusOr<sim::FileId> file = write_temporary(encode_quorum_state(state, voters), step);
  if (!file.ok()) return file.status();
  file_ = *file;
  writing_ = true;
  step.effects.flush(kFileKey, {file_});
  return absl::OkStatus();
}

absl::Status QuorumStateFile::on_flushed(int64_t key, Step& step) {
  SIM_CHECK(writing_, key);
  if (key == kDirectoryKey) {
    writing_ = false;
    return absl::OkStatus();
  }
  if (absl::Status closed = step.disk.close(file_); !closed.ok()) return closed;
  if (absl::Status moved = step.disk.rename(path() + ".tmp", path()); !moved.ok()) return moved;
  step.effects.flush(kDirectoryKey, {}, directory_);
  return absl::OkStatus();
}

}  // namespace models
