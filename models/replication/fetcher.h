// SPDX-License-Identifier: Apache-2.0
//
// Fetches from one leader the partitions that this broker follows there, or with num.replica.fetchers
// above 1 a share of them: one request in flight, the next one sent as soon as the reply is dealt
// with. It stands for Kafka's fetcher thread, which blocks on each request; a partition whose fetch
// was out of range makes it ask the leader, with ListOffsets, where its log ends and begins, before
// it fetches on.
//
//   poll -> Fetch -> reply -> poll -> ...          all partitions delayed: poll again after backoff
//                      \-> out of range -> ListOffsets latest [-> earliest] -> poll
//
// Requests stand in a session (fetch_session_handler.h): only partitions that changed here are looked
// at. In a full request they come in turn: one that brought data goes to the end of the line.
// Source: core/.../server/{AbstractFetcherThread,AbstractFetcherManager,RemoteLeaderEndPoint}.scala.

#ifndef MODELS_REPLICATION_FETCHER_H_
#define MODELS_REPLICATION_FETCHER_H_

#include <compare>
#include <cstdint>
#include <vector>

#include "models/common/config.h"
#include "models/common/step.h"
#include "models/protocol/fetch_session_handler.h"
#include "models/protocol/list_offsets.h"
#include "models/replication/hosted_partition.h"

namespace models {

// A fetcher of this broker: whom it follows, and which of num.replica.fetchers it is.
struct FetcherId {
  NodeId leader = kNoNode;
  int32_t number = 0;
  FetcherId(NodeId leader, int32_t number = 0) : leader(leader), number(number) {}
  auto operator<=>(const FetcherId&) const = default;
};

// The number of the fetcher that a partition belongs to.
int32_t fetcher_number_of(const TopicPartition& partition, int32_t num_replica_fetchers);

class ReplicaFetcher {
 public:
  explicit ReplicaFetcher(FetcherId id) : id_(id) {}

  FetcherId id() const { return id_; }
  // Partitions by their number at the replica manager, in the order of a full request.
  const std::vector<int32_t>& order() const { return order_; }
  void add(int32_t partition);
  void remove(int32_t partition);
  // It may want another thing fetched than before.
  void note_changed(int32_t partition) { changed_.push_back(partition); }
  // These brought data; keeps their order among themselves.
  void move_to_end(const std::vector<int32_t>& partitions);
  // Its fetch was out of range.
  void ask_range(int32_t partition) { out_of_range_.push_back(partition); }

  // The request in flight was answered or failed.
  void on_answer() { in_flight_ = false; }
  void on_backoff_timer() { backing_off_ = false; }
  FetchSessionHandler& session() { return session_; }
  // Sends what is due, unless a request is in flight.
  void poll(const LocalBroker& local, const BrokerConfig& config,
            const std::vector<HostedPartition>& partitions, Step& step);
  // The log end was not behind: asks for the log start too.
  void ask_start(const ListOffsetsPartition& asked, const LocalBroker& local, Step& step);
  // It has nothing left to fetch: ends its connection, whatever is in flight there.
  void close(Step& step);
  TimerKey backoff_timer() const {
    return {Timer::kFetchBackoff, int64_t{id_.number} << 32 | id_.leader.value()};
  }

 private:
  void gather(const BrokerConfig& config, const std::vector<HostedPartition>& partitions,
              Step& step);
  void want(int32_t number, const BrokerConfig& config,
            const std::vector<HostedPartition>& partitions, Step& step);
  bool send_list_offsets(const LocalBroker& local, const std::vector<HostedPartition>& partitions,
                         Step& step);
  void request_offset(ListOffsetsPartition asked, const LocalBroker& local, Step& step);

  FetcherId id_;
  FetchSessionHandler session_;
  std::vector<int32_t> order_;
  std::vector<int32_t> changed_;  // Perhaps more than once.
  std::vector<int32_t> delayed_;  // Left out of the session, by number.
  std::vector<int32_t> out_of_range_;
  bool in_flight_ = false;
  bool backing_off_ = false;
};

}  // namespace models

#endif  // MODELS_REPLICATION_FETCHER_H_
