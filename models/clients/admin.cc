// SPDX-License-Identifier: Apache-2.0

#include "models/clients/admin.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

Admin::Admin(AdminOptions options) : options_(std::move(options)) {
  SIM_CHECK(!options_.bootstrap.empty(), "an administrator needs a broker to ask");
}

void Admin::on_start(Step& step) { ask(step); }

void Admin::ask(Step& step) {
  MetadataRequest request;
  if (const DeleteRecordsRequest* deletes = deletion()) {
    for (const DeleteRecordsPartition& each : deletes->partitions)
      request.topics.push_back(each.partition.topic);
  }
  if (stage_ == Stage::kWaitingForLeaders) {
    for (const CreatableTopic& topic : options_.topics) request.topics.push_back(topic.name);
  }
  NodeId broker = options_.bootstrap[step.rng.below(options_.bootstrap.size())];
  step.effects.request(Channel::kClient, broker, std::move(request));
}

void Admin::ask_later(Step& step) {
  step.effects.arm({Timer::kMetadataRefresh, 0}, options_.retry_backoff);
}

void Admin::create(Step& step) {
  stage_ = Stage::kCreating;
  step.effects.request(Channel::kToController, kNoNode, CreateTopicsRequest{options_.topics});
}

bool Admin::has_all_leaders(const MetadataResponse& response) const {
  if (response.topics.size() != options_.topics.size()) return false;
  for (const CreatableTopic& wanted : options_.topics) {
    auto topic = std::find_if(response.topics.begin(), response.topics.end(),
                              [&](const MetadataTopic& each) { return each.name == wanted.name; });
    if (topic == response.topics.end() || topic->error != ErrorCode::kNone) return false;
    if (topic->partitions.size() != static_cast<size_t>(wanted.num_partitions)) return false;
    for (const MetadataPartition& partition : topic->partitions) {
      if (partition.leader == kNoNode) return false;
    }
  }
  return true;
}

void Admin::on_metadata_response(NodeId, const MetadataResponse& response, const MetadataRequest&,
                                 Step& step) {
  if (stage_ == Stage::kDone) {
    send_deletions(response, step);
  } else if (stage_ == Stage::kWaitingForBrokers &&
             response.brokers.size() >= static_cast<size_t>(options_.brokers_expected)) {
    create(step);
  } else if (stage_ == Stage::kWaitingForLeaders && has_all_leaders(response)) {
    stage_ = Stage::kDone;
    step.effects.note("topics_ready");
  } else {
    ask_later(step);
  }
}

void Admin::on_create_topics_response(NodeId, const CreateTopicsResponse& response,
                                      const CreateTopicsRequest&, Step& step) {
  if (stage_ == Stage::kDone) return on_operation_response(response, step);
  bool all = response.error == ErrorCode::kNone;
  for (const CreatableTopicResult& result : response.topics) {
    bool created =
        result.error == ErrorCode::kNone || result.error == ErrorCode::kTopicAlreadyExists;
    if (!created && !is_retriable(result.error))
      refused_ = result.name + ": " + std::string(name_of(result.error));
    all = all && created;
  }
  stage_ = all ? Stage::kWaitingForLeaders : Stage::kWaitingForBrokers;
  if (refused_.empty()) ask_later(step);
}

void Admin::on_request_failed(NodeId, const Message& sent, RequestFailure, Step& step) {
  if (auto* deletes = std::get_if<DeleteRecordsRequest>(&sent)) {
    return on_deletion_failed(*deletes, step);
  }
  if (stage_ == Stage::kDone) {
    if (!operations_.empty()) retry_operation(step);
    return;
  }
  if (stage_ == Stage::kCreating) stage_ = Stage::kWaitingForBrokers;
  ask_later(step);
}

void Admin::on_timer(TimerKey key, Step& step) {
  if (key.kind == Timer::kAdminRetry) return send_operation(step);
  if (key.kind == Timer::kMetadataRefresh) return ask(step);
  // Its time is over. What is in flight is waited for: its answer belongs to no other.
  operations_.front().gave_up = true;
  if (!operations_.front().in_flight)
    end_operation(std::string(name_of(ErrorCode::kRequestTimedOut)), step);
}

}  // namespace models
