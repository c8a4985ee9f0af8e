// SPDX-License-Identifier: Apache-2.0
//
// A Kafka consumer with its application, reading partitions that were assigned to it from outside
// (assign(), no group). The application polls, works on each record, and polls again; while it works,
// the next fetches are already on their way.
//
//   [orders-0] position ---fetch---> leader            one fetch a node in flight, in a session
//              buffer: batch decoded, not yet polled   poll(): at most max.poll.records
//
// A partition without a position asks for one (ListOffsets, by auto.offset.reset), also after
// OFFSET_OUT_OF_RANGE. A leader may name a replica near by, to be read for metadata.max.age.ms
// (client.rack, KIP-392); what goes wrong there sends the consumer back to the leader.
// Source: clients/.../consumer/internals/{AbstractFetch,FetchCollector,OffsetFetcher}.java.

#ifndef MODELS_CLIENTS_CONSUMER_H_
#define MODELS_CLIENTS_CONSUMER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/clients/client_metadata.h"
#include "models/common/client_event.h"
#include "models/common/config.h"
#include "models/common/step.h"
#include "models/log/record_batch.h"
#include "models/protocol/fetch.h"
#include "models/protocol/fetch_session_handler.h"
#include "models/protocol/list_offsets.h"

namespace models {

struct ConsumerOptions {
  int32_t number = 1;  // Unique among the run's clients.
  std::string client_id;
  std::vector<TopicPartition> assignment;
  ConsumerConfig config;
  sim::Duration processing;  // The application's time for one record.
  std::vector<NodeId> bootstrap;
  bool passes_over_corrupt = false;  // The application seeks past a batch that cannot be read.
};

class Consumer {
 public:
  explicit Consumer(const ConsumerOptions& options);

  void on_start(Step& step);
  // The application stands still, and goes on; what was asked for still arrives.
  void on_stall(Step& step);
  void on_resume(Step& step);
  void on_metadata_response(NodeId from, const MetadataResponse& response,
                            const MetadataRequest& sent, Step& step);
  void on_fetch_response(NodeId from, const FetchResponse& response, const FetchRequest& sent,
                         Step& step);
  void on_list_offsets_response(NodeId from, const ListOffsetsResponse& response,
                                const ListOffsetsRequest& sent, Step& step);
  void on_connected(NodeId node, Step& step);
  // Comes before the failures of what was in flight there.
  void on_disconnected(NodeId node, sim::Duration retry_after, Step& step);
  void on_request_failed(NodeId to, const Message& sent, RequestFailure why, Step& step);
  void on_timer(TimerKey key, Step& step);

  const std::vector<TopicPartition>& assignment() const { return options_.assignment; }
  // The next offset that the application will be given; kNoOffset: not known yet.
  Offset position(const TopicPartition& partition) const;
  // The application has been given all that the last replies said there is, of every partition.
  bool caught_up() const;

  static void fields(auto&& f) {
    f("connections", &Consumer::connections_);
    f("metadata", &Consumer::metadata_);
    f("partitions", &Consumer::partitions_);
    f("fetching", &Consumer::fetching_);
    f("sessions", &Consumer::sessions_);
  }

 private:
  struct Partition {
    Offset position = kNoOffset;                // Of the application.
    Offset fetched = kNoOffset;                 // The next to fetch: past what is buffered.
    Offset high_watermark = kNoOffset;          // As of the last reply.
    NodeId preferred = kNoNode;                 // The replica to read, if not the leader ...
    sim::WallTime preferred_until;              // ... until then,
    LeaderEpoch preferred_in = kNoLeaderEpoch;  // ... and in this leader epoch.
    bool asking = false;                        // A ListOffsets for it is in flight.
    bool stopped = false;            // Out of range with auto.offset.reset=none, or corrupt.
    sim::MonoTime not_before;        // Backoff after an error.
    std::vector<RecordSeen> buffer;  // Fetched; [buffered_from..] not polled yet.
    size_t buffered_from = 0;
    bool has_buffered() const { return buffered_from < buffer.size(); }
    static void fields(auto&& f) {
      f("position", &Partition::position);
      f("fetched", &Partition::fetched);
      f("high_watermark", &Partition::high_watermark);
      f("preferred", &Partition::preferred);
      f("buffer", &Partition::buffer);
    }
  };

  void run(Step& step);
  void poll(Step& step);
  void take(const TopicPartition& name, Partition& partition, size_t most, Step& step);
  void send_fetches(Step& step);
  NodeId node_to_read(const TopicPartition& name, Partition& partition, Step& step);
  void read_from_leader(Partition& partition, Step& step);
  std::vector<NodeId> nodes_with_buffered(Step& step);
  bool is_up(NodeId node, Step& step);
  void send_list_offsets(Step& step);
  void take_data(Partition& partition, const FetchPartitionData& data, Step& step);
  bool take_corrupt(Partition& partition, const TopicPartition& name, const BatchHeader& header,
                    Step& step);
  void take_error(Partition& partition, const FetchPartitionData& data, Step& step);
  void reset(Partition& partition, Step& step);
  void back_off(Partition& partition, Step& step);
  bool is_ready(const Partition& partition, sim::MonoTime now) const {
    return !partition.stopped && partition.not_before <= now;
  }
  Partition* find(const TopicPartition& partition);

  ConsumerOptions options_;
  ClientConnections connections_;
  ClientMetadata metadata_;
  absl::btree_map<TopicPartition, Partition> partitions_;
  std::vector<NodeId> fetching_;  // Nodes with a fetch in flight.
  absl::btree_map<NodeId, FetchSessionHandler> sessions_;
  bool stalled_ = false;        // The application stands still.
  sim::MonoTime busy_until_;    // The application works until then.
  TopicPartition polled_last_;  // poll() goes on after it, so that none starves.
};

}  // namespace models

#endif  // MODELS_CLIENTS_CONSUMER_H_
