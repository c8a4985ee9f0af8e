// SPDX-License-Identifier: Apache-2.0

#include "models/replication/delayed_requests.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {
namespace {

void erase(DelayedRequests::Ids& ids, int64_t id) {
  ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

template <class Map>
auto take(Map& map, int64_t id) {
  auto it = map.find(id);
  SIM_CHECK(it != map.end(), id);
  auto request = std::move(it->second);
  map.erase(it);
  return request;
}

}  // namespace

FetchSlice slice_of(const FetchPartition& asked, int32_t hosted, int32_t slot) {
  return {.hosted = hosted,
          .slot = slot,
          .current_leader_epoch = asked.current_leader_epoch,
          .from = asked.fetch_offset,
          .last_fetched_epoch = asked.last_fetched_epoch,
          .max_bytes = asked.partition_max_bytes};
}

DelayedRequests::Watchers& DelayedRequests::watchers_of(int32_t hosted) {
  size_t number = static_cast<size_t>(hosted);
  if (number >= watchers_.size()) watchers_.resize(number + 1);
  return watchers_[number];
}

void DelayedRequests::park(DelayedProduce request, sim::Duration timeout, NodeId awaited,
                           Step& step) {
  int64_t id = next_id_++;
  for (const DelayedProduce::Part& part : request.parts) {
    if (part.pending) watchers_of(part.hosted).produces.push_back(id);
  }
  produces_.emplace_hint(produces_.end(), id, std::move(request));
  step.effects.arm({Timer::kDelayedProduce, id}, timeout, awaited,
                   awaited == kNoNode ? std::string_view() : FetchRequest::kName);
}

int64_t DelayedRequests::park(DelayedFetch request, sim::Duration timeout, Step& step) {
  int64_t id = next_id_++;
  for (const FetchSlice& slice : request.slices) watchers_of(slice.hosted).fetches.push_back(id);
  fetches_.emplace_hint(fetches_.end(), id, std::move(request));
  step.effects.arm({Timer::kDelayedFetch, id}, timeout);
  return id;
}

void DelayedRequests::park(DelayedDeleteRecords request, sim::Duration timeout, Step& step) {
  int64_t id = next_id_++;
  for (const DelayedDeleteRecords::Part& part : request.parts) {
    if (part.pending) watchers_of(part.hosted).deletions.push_back(id);
  }
  deletions_.emplace_hint(deletions_.end(), id, std::move(request));
  step.effects.arm({Timer::kDelayedDeleteRecords, id}, timeout);
}

void DelayedRequests::add_slice(int64_t fetch, const FetchSlice& slice) {
  find_fetch(fetch)->slices.push_back(slice);
  Ids& ids = watchers_of(slice.hosted).fetches;
  ids.insert(std::upper_bound(ids.begin(), ids.end(), fetch), fetch);
}

DelayedRequests::Ids DelayedRequests::produces_of(int32_t hosted) const {
  size_t number = static_cast<size_t>(hosted);
  return number < watchers_.size() ? watchers_[number].produces : Ids();
}

DelayedRequests::Ids DelayedRequests::fetches_of(int32_t hosted) const {
  size_t number = static_cast<size_t>(hosted);
  return number < watchers_.size() ? watchers_[number].fetches : Ids();
}

bool DelayedRequests::has_produces(int32_t hosted) const {
  size_t number = static_cast<size_t>(hosted);
  return number < watchers_.size() && !watchers_[number].produces.empty();
}

DelayedRequests::Ids DelayedRequests::deletions_of(int32_t hosted) const {
  return has_deletions(hosted) ? watchers_[static_cast<size_t>(hosted)].deletions : Ids();
}

bool DelayedRequests::has_deletions(int32_t hosted) const {
  size_t number = static_cast<size_t>(hosted);
  return number < watchers_.size() && !watchers_[number].deletions.empty();
}

std::vector<TimerKey> DelayedRequests::timers() const {
  std::vector<TimerKey> keys;
  for (const auto& [id, request] : produces_) keys.push_back({Timer::kDelayedProduce, id});
  for (const auto& [id, request] : fetches_) keys.push_back({Timer::kDelayedFetch, id});
  for (const auto& [id, request] : deletions_) keys.push_back({Timer::kDelayedDeleteRecords, id});
  return keys;
}

int64_t DelayedRequests::dangling() const {
  int64_t count = 0;
  for (const Watchers& watchers : watchers_) {
    for (int64_t id : watchers.produces) count += !produces_.contains(id);
    for (int64_t id : watchers.fetches) count += !fetches_.contains(id);
    for (int64_t id : watchers.deletions) count += !deletions_.contains(id);
  }
  return count;
}

DelayedProduce* DelayedRequests::find_produce(int64_t id) {
  auto it = produces_.find(id);
  return it == produces_.end() ? nullptr : &it->second;
}

DelayedFetch* DelayedRequests::find_fetch(int64_t id) {
  auto it = fetches_.find(id);
  return it == fetches_.end() ? nullptr : &it->second;
}

DelayedDeleteRecords* DelayedRequests::find_deletion(int64_t id) {
  auto it = deletions_.find(id);
  return it == deletions_.end() ? nullptr : &it->second;
}

DelayedProduce DelayedRequests::take_produce(int64_t id, bool cancel_timer, Step& step) {
  DelayedProduce request = take(produces_, id);
  for (const DelayedProduce::Part& part : request.parts) {
    if (part.hosted != kNotHosted) erase(watchers_of(part.hosted).produces, id);
  }
  if (cancel_timer) step.effects.cancel({Timer::kDelayedProduce, id});
  return request;
}

DelayedFetch DelayedRequests::take_fetch(int64_t id, bool cancel_timer, Step& step) {
  DelayedFetch request = take(fetches_, id);
  for (const FetchSlice& slice : request.slices) erase(watchers_of(slice.hosted).fetches, id);
  if (cancel_timer) step.effects.cancel({Timer::kDelayedFetch, id});
  return request;
}

DelayedDeleteRecords DelayedRequests::take_deletion(int64_t id, bool cancel_timer, Step& step) {
  DelayedDeleteRecords request = take(deletions_, id);
  for (const DelayedDeleteRecords::Part& part : request.parts) {
    if (part.hosted != kNotHosted) erase(watchers_of(part.hosted).deletions, id);
  }
  if (cancel_timer) step.effects.cancel({Timer::kDelayedDeleteRecords, id});
  return request;
}

}  // namespace models
