// SPDX-License-Identifier: Apache-2.0
//
// Observers' fetches of the metadata log.

#include "models/controller/controller.h"

namespace models {

namespace {

bool is_metadata_fetch(const FetchRequest& request) {
  return request.partitions.size() == 1 &&
         request.partitions.front().partition.topic == kMetadataTopic &&
         request.partitions.front().partition.partition == 0;
}

FetchResponse unknown_partitions(const FetchRequest& request) {
  FetchResponse response;
  for (const FetchPartition& wanted : request.partitions) {
    FetchPartitionData data;
    data.partition = wanted.partition;
    data.error = ErrorCode::kUnknownTopicOrPartition;
    response.partitions.push_back(std::move(data));
  }
  return response;
}

}  // namespace

void Controller::on_fetch(RequestToken token, const FetchRequest& request, Step& step) {
  if (!log_ || !is_metadata_fetch(request)) {
    step.effects.reply(token, unknown_partitions(request));
    return;
  }
  ParkedFetch fetch{token, request.partitions.front(), request.max_bytes};
  if (log_->has_news(fetch.wanted) || request.max_wait_ms <= 0) {
    reply_fetch(fetch, step);
    return;
  }
  int64_t id = next_fetch_id_++;
  parked_fetches_.emplace(id, std::move(fetch));
  step.effects.arm({Timer::kDelayedMetadataFetch, id}, sim::Duration::millis(request.max_wait_ms));
}

void Controller::reply_fetch(const ParkedFetch& fetch, Step& step) {
  FetchResponse response;
  response.partitions.push_back(log_->read(fetch.wanted, fetch.max_bytes, step));
  response.partitions.back().current_leader = options_.node_id;
  step.effects.reply(fetch.token, std::move(response));
}

void Controller::wake_fetches(Step& step) {
  for (auto it = parked_fetches_.begin(); it != parked_fetches_.end();) {
    if (!log_->has_news(it->second.wanted)) {
      ++it;
      continue;
    }
    reply_fetch(it->second, step);
    step.effects.cancel({Timer::kDelayedMetadataFetch, it->first});
    it = parked_fetches_.erase(it);
  }
}

void Controller::on_fetch_expired(int64_t id, Step& step) {
  auto it = parked_fetches_.find(id);
  if (it == parked_fetches_.end()) return;
  reply_fetch(it->second, step);
  parked_fetches_.erase(it);
}

}  // namespace models
