// SPDX-License-Identifier: Apache-2.0
//
// What comes back from leaders: records, divergences, errors, offsets.
// Source: core/.../server/{AbstractFetcherThread,ReplicaFetcherThread}.scala.

#include <algorithm>
#include <utility>

#include "models/replication/replica_manager.h"

namespace models {
namespace {

// Replies keep the order of their request; a search is for those that do not.
template <class Parts>
const typename Parts::value_type* part_of(const Parts& parts, const TopicPartition& partition,
                                          size_t hint) {
  if (hint < parts.size() && parts[hint].partition == partition) return &parts[hint];
  for (const auto& part : parts) {
    if (part.partition == partition) return &part;
  }
  return nullptr;
}

}  // namespace

ReplicaFetcher* ReplicaManager::fetcher_of(FetcherId id) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    if (fetcher.id() == id) return &fetcher;
  }
  return nullptr;
}

FetcherId ReplicaManager::fetcher_id_of(int32_t number) const {
  const HostedPartition& replica = at(number);
  int32_t fetchers = options_.config.num_replica_fetchers;
  return {replica.as_follower.leader(),
          fetchers == 1 ? 0 : fetcher_number_of(replica.partition(), fetchers)};
}

ReplicaFetcher* ReplicaManager::fetcher_of(int32_t number) {
  if (at(number).as_follower.leader() == kNoNode) return nullptr;
  return fetcher_of(fetcher_id_of(number));
}

int32_t ReplicaManager::followed(const TopicPartition& partition, FetcherId from) const {
  const Known* entry = known(partition);
  if (entry == nullptr || entry->hosted == kNotHosted) return kNotHosted;
  return at(entry->hosted).as_follower.leader() == from.leader ? entry->hosted : kNotHosted;
}

void ReplicaManager::on_fetch_response(FetcherId from, const FetchResponse& response,
                                       const FetchRequest&, Step& step) {
  ReplicaFetcher* fetcher = fetcher_of(from);
  if (fetcher == nullptr) return;
  fetcher->on_answer();
  if (!fetcher->session().on_response(response)) {
    step.mark(Mark::kFetchSessionReopened);
    return fetcher->poll(local(), options_.config, hosted_, step);
  }
  std::vector<int32_t> moved;
  for (const FetchPartitionData& data : response.partitions) {
    const FetchPartition* asked = fetcher->session().asked(data.partition);
    int32_t number = followed(data.partition, from);
    if (asked == nullptr || number == kNotHosted) continue;
    fetcher->note_changed(number);
    if (!at(number).as_follower.awaits(*asked, step.wall)) continue;
    if (data.error == ErrorCode::kNone) {
      take_data(number, *asked, data, moved, step);
    } else {
      take_error(number, data.error, step);
    }
  }
  fetcher->move_to_end(moved);
  fetcher->poll(local(), options_.config, hosted_, step);
}

void ReplicaManager::take_data(int32_t number, const FetchPartition& sent,
                               const FetchPartitionData& data, std::vector<int32_t>& moved,
                               Step& step) {
  HostedPartition& replica = at(number);
  if (data.diverging_epoch) {
    int64_t cut =
        replica.as_follower.truncate_on_divergence(*data.diverging_epoch, replica.log, step);
    after_cut(number, cut, "divergence", step);
    return;
  }
  FollowerReplica::Appended appended =
      replica.as_follower.append(data, sent.current_leader_epoch, replica.log, step);
  if (appended.start_anew_at) {
    step.effects.note("started_inside_batch",
                      {{"partition", to_string(replica.partition())},
                       {"at", std::to_string(appended.start_anew_at->value())}});
    start_anew(number, *appended.start_anew_at, "unexpected offset", step);
    appended = replica.as_follower.append(data, sent.current_leader_epoch, replica.log, step);
  }
  switch (appended.error) {
    case ErrorCode::kNone:
      break;
    case ErrorCode::kCorruptMessage:
      return delay(number, step);
    case ErrorCode::kKafkaStorageError:
      return fail_directory_of(number, "append", step);
    default:
      // Given up until the next leader epoch.
      step.effects.note("follower_failed", {{"partition", to_string(replica.partition())},
                                            {"error", std::string(name_of(appended.error))}});
      return stop_fetching(number);
  }
  if (appended.records || appended.first_answer) moved.push_back(number);
  if (appended.log_start) step.mark(Mark::kFollowerLogStartRaised);
  if (appended.records || appended.watermark || appended.log_start) touch(number);
  if (appended.records) flush_sealed(number, step);
  if (appended.watermark) check_fetches(number, step);
}

void ReplicaManager::take_error(int32_t number, ErrorCode error, Step& step) {
  if (error == ErrorCode::kOffsetOutOfRange) {
    fetcher_of(number)->ask_range(number);
  } else if (error == ErrorCode::kFencedLeaderEpoch) {
    stop_fetching(number);  // Metadata will bring the newer epoch.
  } else {
    delay(number, step);
  }
}

void ReplicaManager::delay(int32_t number, Step& step) {
  at(number).as_follower.delay(step.wall, options_.config.replica_fetch_backoff_ms);
  if (ReplicaFetcher* fetcher = fetcher_of(number)) fetcher->note_changed(number);
}

void ReplicaManager::after_cut(int32_t number, int64_t records, std::string_view why, Step& step) {
  HostedPartition& replica = at(number);
  if (replica.log.has_failed()) return fail_directory_of(number, "truncate", step);
  touch(number);
  arm_removal(step);
  cut_cleaned_to(number, step);
  if (records == 0) return;
  step.effects.note("truncated", {{"partition", to_string(replica.partition())},
                                  {"to", std::to_string(replica.log.log_end_offset().value())},
                                  {"records", std::to_string(records)},
                                  {"why", std::string(why)}});
  checkpoint(kRecoveryPointFile, replica.directory, step);
}

void ReplicaManager::start_anew(int32_t number, Offset start, std::string_view why, Step& step) {
  HostedPartition& replica = at(number);
  int64_t lost = replica.log.log_end_offset() - replica.log.log_start_offset();
  replica.log.truncate_fully_and_start_at(start, step);
  replica.as_follower.resume(replica.log, step);
  after_cut(number, lost, why, step);
  // The recovery point has moved back even if nothing was lost.
  if (lost == 0 && !replica.log.has_failed())
    checkpoint(kRecoveryPointFile, replica.directory, step);
}

void ReplicaManager::on_fetch_failed(FetcherId from, const FetchRequest&, RequestFailure,
                                     Step& step) {
  ReplicaFetcher* fetcher = fetcher_of(from);
  if (fetcher == nullptr) return;
  fetcher->on_answer();
  fetcher->session().on_failed();
  for (int32_t number : fetcher->order()) delay(number, step);
  fetcher->poll(local(), options_.config, hosted_, step);
}

void ReplicaManager::on_list_offsets_response(FetcherId from, const ListOffsetsResponse& response,
                                              const ListOffsetsRequest& sent, Step& step) {
  ReplicaFetcher* fetcher = fetcher_of(from);
  if (fetcher == nullptr) return;
  fetcher->on_answer();
  for (size_t i = 0; i < sent.partitions.size(); ++i) {
    const ListOffsetsPartition& asked = sent.partitions[i];
    int32_t number = followed(asked.partition, from);
    if (number == kNotHosted) continue;
    if (at(number).as_follower.epoch() != asked.current_leader_epoch) continue;
    const ListOffsetsPartitionResponse* reply = part_of(response.partitions, asked.partition, i);
    if (reply != nullptr && reply->error == ErrorCode::kNone) {
      take_offset(number, asked, reply->offset, *fetcher, step);
    } else if (reply != nullptr && reply->error == ErrorCode::kFencedLeaderEpoch) {
      stop_fetching(number);
    } else {
      delay(number, step);
    }
  }
  fetcher->poll(local(), options_.config, hosted_, step);
}

// The leader's end, or its start: the end was not behind ours.
void ReplicaManager::take_offset(int32_t number, const ListOffsetsPartition& asked, Offset offset,
                                 ReplicaFetcher& fetcher, Step& step) {
  HostedPartition& replica = at(number);
  Offset own_end = replica.log.log_end_offset();
  if (asked.timestamp == kLatestTimestamp && offset >= own_end) {
    fetcher.ask_start(asked, local(), step);
    return;
  }
  step.mark(Mark::kOutOfRangeFetchReset);
  fetcher.note_changed(number);
  if (asked.timestamp == kLatestTimestamp) {
    int64_t cut = replica.as_follower.truncate(offset, replica.log, step);
    after_cut(number, cut, "out of range", step);
  } else if (offset > own_end) {
    step.mark(Mark::kFollowerRestartedAtLeaderStart);
    start_anew(number, offset, "out of range", step);
  } else {
    replica.as_follower.resume(replica.log, step);
  }
}

void ReplicaManager::on_list_offsets_failed(FetcherId from, const ListOffsetsRequest& sent,
                                            RequestFailure, Step& step) {
  ReplicaFetcher* fetcher = fetcher_of(from);
  if (fetcher == nullptr) return;
  fetcher->on_answer();
  for (const ListOffsetsPartition& asked : sent.partitions) {
    int32_t number = followed(asked.partition, from);
    if (number != kNotHosted) delay(number, step);
  }
  fetcher->poll(local(), options_.config, hosted_, step);
}

}  // namespace models
