// SPDX-License-Identifier: Apache-2.0
//
// Fetches from one leader all partitions that this broker follows there: one request in flight, the
// next one sent as soon as the reply is dealt with. It stands for Kafka's fetcher thread, which
// blocks on each request; a partition whose fetch was out of range makes it ask the leader, with
// ListOffsets, where its log ends and begins, before it fetches on.
//
//   poll -> Fetch -> reply -> poll -> ...          all partitions delayed: poll again after backoff
//                      \-> out of range -> ListOffsets latest [-> earliest] -> poll
//
// Partitions are asked for in turn: one that brought data goes to the end of the line.
// Source: core/.../server/{AbstractFetcherThread,RemoteLeaderEndPoint}.scala.

#ifndef MODELS_REPLICATION_FETCHER_H_
#define MODELS_REPLICATION_FETCHER_H_

#include <cstdint>
#include <vector>

#include "models/common/config.h"
#include "models/common/step.h"
#include "models/protocol/list_offsets.h"
#include "models/replication/hosted_partition.h"

namespace models {

class ReplicaFetcher {
 public:
  explicit ReplicaFetcher(NodeId leader) : leader_(leader) {}

  NodeId leader() const { return leader_; }
  // Partitions by their number at the replica manager, in fetch order.
  const std::vector<int32_t>& order() const { return order_; }
  void add(int32_t partition) { order_.push_back(partition); }
  void remove(int32_t partition);
  // These brought data; keeps their order among themselves.
  void move_to_end(const std::vector<int32_t>& partitions);
  // Its fetch was out of range.
  void ask_range(int32_t partition) { out_of_range_.push_back(partition); }

  // The request in flight was answered or failed.
  void on_answer() { in_flight_ = false; }
  void on_backoff_timer() { backing_off_ = false; }
  // Sends what is due, unless a request is in flight.
  void poll(const LocalBroker& local, const BrokerConfig& config,
            const std::vector<HostedPartition>& partitions, Step& step);
  // The log end was not behind: asks for the log start too.
  void ask_start(const ListOffsetsPartition& asked, const LocalBroker& local, Step& step);

 private:
  bool send_list_offsets(const LocalBroker& local, const std::vector<HostedPartition>& partitions,
                         Step& step);
  void request_offset(ListOffsetsPartition asked, const LocalBroker& local, Step& step);

  NodeId leader_;
  std::vector<int32_t> order_;
  std::vector<int32_t> out_of_range_;
  bool in_flight_ = false;
  bool backing_off_ = false;
};

}  // namespace models

#endif  // MODELS_REPLICATION_FETCHER_H_
