// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/cluster/requests.h"

#include <functional>
#include <map>
#include <set>
#include <type_traits>

#include "models/log/record_batch.h"

namespace conformance {

namespace {

using models::LeaderEpoch;
using models::Message;
using models::NodeId;
using models::Offset;

constexpr int64_t kFirstTimestamp = 1'700'000'000'000;

std::string number(int64_t value) { return std::to_string(value); }
std::string name(models::ErrorCode error) { return std::string(models::name_of(error)); }

std::vector<NodeId> ids(const Json& array) {
  std::vector<NodeId> list;
  for (const Json& id : array) list.push_back(NodeId(id.get<int32_t>()));
  return list;
}

LeaderEpoch current(const Json& step) { return LeaderEpoch(step.value("current", -1)); }

// --- From steps ---

Message create(const Json& step, int64_t) {
  models::CreatableTopic topic;
  topic.name = step["create"];
  topic.num_partitions = -1;
  topic.replication_factor = -1;
  for (const Json& replicas : step["replicas"]) topic.assignments.push_back(ids(replicas));
  const Json config = step.value("config", Json::object());
  for (const auto& [key, value] : config.items())
    topic.configs.emplace_back(key, value.get<std::string>());
  return models::CreateTopicsRequest{{topic}};
}

Message produce(const Json& step, int64_t first) {
  models::BatchBuilder::Options options;
  if (step.contains("producer")) {
    options.producer_id = models::ProducerId(step["producer"].get<int64_t>());
    options.producer_epoch = models::ProducerEpoch(step.value("producer_epoch", int16_t{0}));
    options.base_sequence = models::Sequence(step.value("sequence", 0));
  }
  models::BatchBuilder batch(options);
  int64_t timestamp = step.value("timestamp", kFirstTimestamp + first * 1000);
  for (int64_t i = 0; i < step.value("records", int64_t{1}); ++i)
    batch.add(timestamp + i * 1000, "k" + number(first + i), "v" + number(first + i));
  models::ProduceRequest request;
  std::string acks = step.value("acks", "all");
  request.acks = static_cast<int16_t>(acks == "all" ? -1 : std::stoi(acks));
  request.timeout_ms = step.value("timeout_ms", 30'000);
  request.partitions.push_back({partition_of(step["produce"]), batch.build()});
  return request;
}

Message list(const Json& step, int64_t) {
  std::string at = step["at"];
  int64_t timestamp = at == "latest"     ? models::kLatestTimestamp
                      : at == "earliest" ? models::kEarliestTimestamp
                                         : std::stoll(at);
  models::ListOffsetsRequest request;
  request.partitions.push_back({partition_of(step["list"]), current(step), timestamp});
  return request;
}

Message fetch(const Json& step, int64_t) {
  models::FetchRequest request;
  request.max_wait_ms = 0;
  models::FetchPartition partition;
  partition.partition = partition_of(step["fetch"]);
  partition.current_leader_epoch = current(step);
  partition.fetch_offset = Offset(step["from"].get<int64_t>());
  request.partitions.push_back(partition);
  return request;
}

// What these headers hold becomes part of the scripts by itself once the simulator has it.
#if __has_include("models/protocol/delete_records.h")
Message delete_records(const Json& step, int64_t) {
  models::DeleteRecordsRequest request;
  request.timeout_ms = step.value("timeout_ms", 30'000);
  request.partitions.push_back(
      {partition_of(step["delete_records"]), Offset(step["before"].get<int64_t>())});
  return request;
}

std::string words(const models::DeleteRecordsResponse& reply) {
  const models::DeleteRecordsResult& answer = reply.partitions[0];
  if (answer.error != models::ErrorCode::kNone) return name(answer.error);
  return "NONE low_watermark " + number(answer.low_watermark.value());
}
#endif

#if __has_include("models/protocol/offset_for_leader_epoch.h")
Message epoch_end(const Json& step, int64_t) {
  models::OffsetForLeaderEpochRequest request;
  request.partitions.push_back(
      {partition_of(step["epoch_end"]), current(step), LeaderEpoch(step["epoch"].get<int32_t>())});
  return request;
}

std::string words(const models::OffsetForLeaderEpochResponse& reply) {
  const models::OffsetForLeaderResult& answer = reply.partitions[0];
  if (answer.error != models::ErrorCode::kNone) return name(answer.error);
  return "NONE epoch " + number(answer.leader_epoch.value()) + " end " +
         number(answer.end_offset.value());
}
#endif

#if __has_include("models/protocol/admin.h")
Message alter_config(const Json& step, int64_t) {
  models::AlterConfigsResource resource;
  resource.name = step["alter_config"];
  for (const auto& [key, value] : step["set"].items())
    resource.configs.push_back({key, models::ConfigOperation::kSet, value.get<std::string>()});
  return models::IncrementalAlterConfigsRequest{{resource}};
}

Message reassign(const Json& step, int64_t) {
  models::ReassignablePartition wanted;
  wanted.partition = partition_of(step["reassign"]);
  if (!step["replicas"].is_null()) wanted.replicas = ids(step["replicas"]);
  models::AlterPartitionReassignmentsRequest request;
  request.partitions.push_back(wanted);
  return request;
}

Message elect(const Json& step, int64_t) {
  models::ElectLeadersRequest request;
  request.type =
      step["how"] == "unclean" ? models::ElectionType::kUnclean : models::ElectionType::kPreferred;
  request.partitions.push_back(partition_of(step["elect"]));
  return request;
}

template <class Reply>
std::string first_error(const Reply& reply) {
  return name(reply.error != models::ErrorCode::kNone ? reply.error : reply.results[0].error);
}
std::string words(const models::IncrementalAlterConfigsResponse& reply) {
  return first_error(reply);
}
std::string words(const models::AlterPartitionReassignmentsResponse& reply) {
  return first_error(reply);
}
std::string words(const models::ElectLeadersResponse& reply) { return first_error(reply); }
#endif

using Make = std::function<Message(const Json&, int64_t)>;
const std::map<std::string, Make>& requests() {
  static const std::map<std::string, Make> kRequests {
    {"create", create}, {"produce", produce}, {"list", list}, {"fetch", fetch},
#if __has_include("models/protocol/delete_records.h")
        {"delete_records", delete_records},
#endif
#if __has_include("models/protocol/offset_for_leader_epoch.h")
        {"epoch_end", epoch_end},
#endif
#if __has_include("models/protocol/admin.h")
        {"alter_config", alter_config}, {"reassign", reassign}, {"elect", elect},
#endif
  };
  return kRequests;
}

bool looks_up_a_timestamp(const Json& step) {
  return step.contains("list") && step["at"] != "latest" && step["at"] != "earliest";
}

// --- To words ---

template <class Reply>
std::string leader_in(const Reply& reply) {
  if (reply.current_leader == models::kNoNode) return "";
  return " leader " + number(reply.current_leader.value()) + " epoch " +
         number(reply.current_leader_epoch.value());
}

std::string words(const models::CreateTopicsResponse& reply) { return name(reply.topics[0].error); }

std::string words(const models::ProduceResponse& reply) {
  const models::PartitionProduceResponse& answer = reply.partitions[0];
  std::string text = name(answer.error);
  if (answer.error == models::ErrorCode::kNone) {
    text += " at " + number(answer.base_offset.value()) + " start " +
            number(answer.log_start_offset.value());
  }
  return text + leader_in(answer);
}

std::string words(const models::ListOffsetsResponse& reply) {
  const models::ListOffsetsPartitionResponse& answer = reply.partitions[0];
  if (answer.error != models::ErrorCode::kNone) return name(answer.error);
  return "NONE offset " + number(answer.offset.value()) + " epoch " +
         number(answer.leader_epoch.value()) + " timestamp -1";
}

std::string words(const models::FetchResponse& reply) {
  if (reply.error != models::ErrorCode::kNone) return name(reply.error);
  const models::FetchPartitionData& answer = reply.partitions[0];
  std::string text = name(answer.error);
  if (answer.error == models::ErrorCode::kNone) {
    text += " high_watermark " + number(answer.high_watermark.value()) + " start " +
            number(answer.log_start_offset.value());
    int64_t count = 0;
    int64_t last = -1;
    absl::Cord rest = answer.records;
    while (auto header = models::read_batch_header(rest)) {
      size_t size = static_cast<size_t>(header->total_bytes());
      if (size > rest.size()) break;
      count += header->record_count;
      last = header->last_offset().value();
      rest = rest.Subcord(size, rest.size() - size);
    }
    text += " records " + number(count);
    if (count > 0) text += " last " + number(last);
  }
  return text + leader_in(answer);
}

std::string words(const models::MetadataResponse&) { return "SENT"; }

template <class T>
concept Spoken = requires(const T& reply) {
  words(reply);
};

}  // namespace

models::TopicPartition partition_of(const std::string& name) {
  size_t dash = name.rfind('-');
  return {name.substr(0, dash), std::stoi(name.substr(dash + 1))};
}

bool changes_what_is_not_simulated(const Json& step) {
  static const std::set<std::string> kChanging{"alter_config", "reassign", "elect",
                                               "delete_records"};
  std::string verb = verb_of(step);
  return kChanging.contains(verb) && !requests().contains(verb);
}

std::optional<Message> request_of(const Json& step, int64_t first) {
  auto found = requests().find(verb_of(step));
  if (found == requests().end() || looks_up_a_timestamp(step)) return std::nullopt;
  return found->second(step, first);
}

bool asks_a_replica(const std::string& verb) {
  static const std::set<std::string> kAsking{"produce", "list", "epoch_end", "fetch",
                                             "delete_records"};
  return kAsking.contains(verb);
}

std::string answer_of(const Message& reply) {
  return std::visit(
      [](const auto& known) -> std::string {
        if constexpr (Spoken<std::decay_t<decltype(known)>>) return words(known);
        return "an answer without words: " + std::string(known.kName);
      },
      reply);
}

}  // namespace conformance
