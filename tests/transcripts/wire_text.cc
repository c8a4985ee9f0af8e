// SPDX-License-Identifier: Apache-2.0

#include "tests/transcripts/wire_text.h"

#include "models/log/record_batch.h"

namespace models {
namespace {

std::string number(auto id) { return std::to_string(id.value()); }

std::string error_text(ErrorCode error) { return std::string(name_of(error)); }

std::string leader_hint(NodeId leader, LeaderEpoch epoch) {
  if (epoch == kNoLeaderEpoch) return "";
  return ", leader is " + number(leader) + " in epoch " + number(epoch);
}

}  // namespace

std::string ids_text(const std::vector<NodeId>& ids) {
  std::string text;
  for (NodeId id : ids) text += (text.empty() ? "" : ",") + number(id);
  return text.empty() ? "none" : text;
}

std::string records_text(const absl::Cord& records) {
  std::optional<Offset> first;
  Offset next;
  int64_t position = 0;
  while (auto header = read_batch_header(records, position)) {
    if (!first) first = header->base_offset;
    next = header->next_offset();
    position += header->total_bytes();
  }
  if (!first) return "nothing";
  return "[" + number(*first) + ", " + number(next) + ")";
}

std::string text_of(const FetchRequest& request) {
  // The session knows the rest.
  if (!request.forgotten.empty()) return "Fetch without " + to_string(request.forgotten[0]);
  if (request.partitions.empty()) return "Fetch as before";
  const FetchPartition& asked = request.partitions.at(0);
  std::string text = "Fetch from " + number(asked.fetch_offset);
  if (asked.last_fetched_epoch != kNoLeaderEpoch) {
    text += ", last epoch " + number(asked.last_fetched_epoch);
  }
  return text + ", leader epoch " + number(asked.current_leader_epoch);
}

std::string text_of(const FetchResponse& response) {
  if (response.error != ErrorCode::kNone) return "Fetched: " + error_text(response.error);
  if (response.partitions.empty()) return "Fetched: no news";
  const FetchPartitionData& data = response.partitions.at(0);
  if (data.error != ErrorCode::kNone) {
    return "Fetched: " + error_text(data.error) +
           leader_hint(data.current_leader, data.current_leader_epoch);
  }
  if (data.diverging_epoch) {
    return "Fetched: diverging, epoch " + number(data.diverging_epoch->epoch) + " ends at " +
           number(data.diverging_epoch->end_offset);
  }
  return "Fetched " + records_text(data.records) + ", hw " + number(data.high_watermark);
}

std::string text_of(const AlterPartitionRequest& request) {
  const AlterPartitionData& wanted = request.partitions.at(0);
  std::vector<NodeId> isr;
  for (const IsrMember& member : wanted.new_isr) isr.push_back(member.broker_id);
  return "AlterPartition isr " + ids_text(isr) + ", leader epoch " + number(wanted.leader_epoch) +
         ", partition epoch " + number(wanted.partition_epoch);
}

std::string text_of(const AlterPartitionResponse& response) {
  if (response.error != ErrorCode::kNone) return "AlterPartition: " + error_text(response.error);
  const AlterPartitionResult& result = response.partitions.at(0);
  if (result.error != ErrorCode::kNone) return "AlterPartition: " + error_text(result.error);
  return "AlterPartition done: isr " + ids_text(result.isr) + ", leader epoch " +
         number(result.leader_epoch) + ", partition epoch " + number(result.partition_epoch);
}

std::string text_of(const ListOffsetsRequest& request) {
  bool latest = request.partitions.at(0).timestamp == kLatestTimestamp;
  return std::string("ListOffsets ") + (latest ? "latest" : "earliest");
}

std::string text_of(const ListOffsetsResponse& response) {
  const ListOffsetsPartitionResponse& one = response.partitions.at(0);
  if (one.error != ErrorCode::kNone) return "ListOffsets: " + error_text(one.error);
  return "ListOffsets: " + number(one.offset);
}

std::string text_of(const Note& note) {
  std::string text(note.what);
  for (const auto& [key, value] : note.fields) text += " " + std::string(key) + "=" + value;
  return text;
}

std::string text_of(const Message& message) {
  if (auto* m = std::get_if<FetchRequest>(&message)) return text_of(*m);
  if (auto* m = std::get_if<FetchResponse>(&message)) return text_of(*m);
  if (auto* m = std::get_if<AlterPartitionRequest>(&message)) return text_of(*m);
  if (auto* m = std::get_if<AlterPartitionResponse>(&message)) return text_of(*m);
  if (auto* m = std::get_if<ListOffsetsRequest>(&message)) return text_of(*m);
  if (auto* m = std::get_if<ListOffsetsResponse>(&message)) return text_of(*m);
  return std::string(name_of(message));
}

}  // namespace models
