// SPDX-License-Identifier: Apache-2.0

#include "models/protocol/fetch_session_handler.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace models {
namespace {

bool is_before(const FetchPartition& one, const TopicPartition& other) {
  return one.partition < other;
}
bool by_name(const FetchPartition& a, const FetchPartition& b) { return a.partition < b.partition; }

}  // namespace

std::vector<FetchPartition>::iterator FetchSessionHandler::position_of(
    const TopicPartition& partition) {
  return std::lower_bound(session_.begin(), session_.end(), partition, is_before);
}

const FetchPartition* FetchSessionHandler::asked(const TopicPartition& partition) const {
  auto place = std::lower_bound(session_.begin(), session_.end(), partition, is_before);
  return place != session_.end() && place->partition == partition ? &*place : nullptr;
}

void FetchSessionHandler::begin() {
  if (is_full()) session_.clear();
}

void FetchSessionHandler::want(const FetchPartition& partition) {
  if (is_full()) {
    added_.push_back(partition);
    return;
  }
  auto place = position_of(partition.partition);
  if (place == session_.end() || place->partition != partition.partition) {
    session_.insert(place, partition);
    added_.push_back(partition);
  } else if (*place != partition) {
    *place = partition;
    altered_.push_back(partition);
  }
}

void FetchSessionHandler::drop(const TopicPartition& partition) {
  auto place = position_of(partition);
  if (place == session_.end() || place->partition != partition) return;
  session_.erase(place);
  forgotten_.push_back(partition);
}

void FetchSessionHandler::want_only(const std::vector<FetchPartition>& partitions) {
  begin();
  std::vector<TopicPartition> wanted;
  for (const FetchPartition& partition : partitions) wanted.push_back(partition.partition);
  std::sort(wanted.begin(), wanted.end());
  std::vector<TopicPartition> gone;
  for (const FetchPartition& known : session_) {
    if (!std::binary_search(wanted.begin(), wanted.end(), known.partition)) {
      gone.push_back(known.partition);
    }
  }
  for (const TopicPartition& partition : gone) drop(partition);
  for (const FetchPartition& partition : partitions) want(partition);
}

bool FetchSessionHandler::build(FetchRequest& request) {
  request.session_id = id_;
  request.session_epoch = epoch_;
  if (is_full()) {
    session_ = added_;
    std::sort(session_.begin(), session_.end(), by_name);
  }
  request.partitions = std::exchange(added_, {});
  request.forgotten = std::exchange(forgotten_, {});
  std::move(altered_.begin(), altered_.end(), std::back_inserter(request.partitions));
  altered_.clear();
  return !session_.empty() || !request.forgotten.empty();
}

// A full reply names every partition, an incremental one none but these.
bool FetchSessionHandler::answers_ours(const FetchResponse& response) const {
  if (is_full() && response.partitions.size() != session_.size()) return false;
  return std::all_of(
      response.partitions.begin(), response.partitions.end(),
      [this](const FetchPartitionData& data) { return asked(data.partition) != nullptr; });
}

bool FetchSessionHandler::on_response(const FetchResponse& response) {
  if (response.error == ErrorCode::kFetchSessionIdNotFound) {
    id_ = kNoFetchSession;
    epoch_ = kInitialFetchEpoch;
    return false;
  }
  bool was_full = is_full();
  if (response.error != ErrorCode::kNone || !answers_ours(response)) {
    if (was_full && response.error == ErrorCode::kNone) id_ = kNoFetchSession;
    epoch_ = kInitialFetchEpoch;
    return false;
  }
  if (response.session_id == kNoFetchSession) {
    id_ = kNoFetchSession;
    epoch_ = kInitialFetchEpoch;
  } else if (was_full) {
    id_ = response.session_id;
    epoch_ = next_fetch_epoch(kInitialFetchEpoch);
  } else {
    epoch_ = next_fetch_epoch(epoch_);
  }
  return true;
}

}  // namespace models
