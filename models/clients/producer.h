// SPDX-License-Identifier: Apache-2.0
//
// A Kafka producer with its application: the load calls send(), records gather in batches by
// partition, the sender drains batches to the partitions' leaders, retries, and acknowledges.
//
//   load --send()--> [queue of partition 0: batch, batch]  --linger or full--> in flight (<= 5) -->
//   ack
//                    [queue of partition 1: batch]               ^--- retry, with the same sequence
//
// Idempotence gives each batch a sequence number in its partition, kept over retries. Source:
// clients/.../producer/internals/{RecordAccumulator,Sender,TransactionManager}.java.

#ifndef MODELS_CLIENTS_PRODUCER_H_
#define MODELS_CLIENTS_PRODUCER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/clients/client_metadata.h"
#include "models/clients/compression_ratio.h"
#include "models/clients/partitioner.h"
#include "models/clients/send_batch.h"
#include "models/clients/workload.h"
#include "models/common/config.h"
#include "models/common/step.h"
#include "models/protocol/produce.h"
#include "models/protocol/producer_ids.h"

namespace models {

struct ProducerOptions {
  int32_t number = 1;  // In RecordIds; unique among the run's producers, from 1.
  std::string client_id;
  std::string topic;
  ProducerConfig config;
  WorkloadOptions load;
  std::vector<NodeId> bootstrap;
};

class Producer {
 public:
  explicit Producer(const ProducerOptions& options);

  void on_start(Step& step);
  // The application stands still, and goes on; the sender's thread sends what it has been given.
  void on_stall(Step& step);
  void on_resume(Step& step);
  void on_metadata_response(NodeId from, const MetadataResponse& response,
                            const MetadataRequest& sent, Step& step);
  void on_produce_response(NodeId from, const ProduceResponse& response, const ProduceRequest& sent,
                           Step& step);
  void on_init_producer_id_response(NodeId from, const InitProducerIdResponse& response,
                                    const InitProducerIdRequest& sent, Step& step);
  // acks=0: the request has left.
  void on_produce_sent(NodeId to, const ProduceRequest& sent, Step& step);
  void on_connected(NodeId node, Step& step);
  // Comes before the failures of what was in flight there.
  void on_disconnected(NodeId node, sim::Duration retry_after, Step& step);
  void on_request_failed(NodeId to, const Message& sent, RequestFailure why, Step& step);
  void on_timer(TimerKey key, Step& step);
  // The application calls send() no more; what it has sent is still delivered.
  void stop_load(Step& step);

  // Nothing is queued, in flight or yet to be sent.
  bool idle() const;
  const std::string& topic() const { return options_.topic; }
  ProducerId producer_id() const { return producer_id_; }  // kNoProducerId: it has none yet.
  int64_t records_queued() const;
  int64_t memory_used() const { return memory_used_; }  // Of buffer.memory.

  static void fields(auto&& f) {
    f("connections", &Producer::connections_);
    f("metadata", &Producer::metadata_);
    f("partitions", &Producer::partitions_);
    f("producer_id", &Producer::producer_id_);
    f("producer_epoch", &Producer::producer_epoch_);
    f("memory_used", &Producer::memory_used_);
  }

 private:
  struct Partition {
    std::vector<SendBatch> queue;  // Oldest first.
    int32_t in_flight = 0;         // Batches.
    Sequence next_sequence{0};
    // Given a sequence and neither stored nor failed, in order: in flight or queued for a retry.
    std::vector<Sequence> outstanding;
    Sequence last_acknowledged = kNoSequence;
    // That the sequences belong to. Behind the producer's: new batches wait until none is
    // outstanding.
    ProducerId producer_id = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    // A batch expired in a retry, and nobody knows whether it was stored: the sequence after it.
    Sequence unresolved = kNoSequence;
    bool restarts = false;  // The next epoch numbers what is outstanding here from 0 again.
    static void fields(auto&& f) {
      f("in_flight", &Partition::in_flight);
      f("next_sequence", &Partition::next_sequence);
      f("last_acknowledged", &Partition::last_acknowledged);
      f("epoch", &Partition::epoch);
      f("unresolved", &Partition::unresolved);
    }
  };
  struct InFlight {
    std::vector<SendBatch> batches;
  };
  struct Peer {
    std::vector<InFlight> in_flight;  // Produce requests, oldest first.
    size_t drain_from = 0;            // Among the partitions that the node leads.
  };

  // producer.cc
  void run_load(Step& step);
  bool try_send(Step& step);
  bool wait_in_send(Step& step);
  void refuse(int32_t partition, ErrorCode error, Step& step);
  int32_t partition_for(std::optional<std::string_view> key, std::span<const LeaderView> leaders,
                        sim::Rng& rng);
  // The partition's last batch if it has room for the record.
  SendBatch* room_for(int32_t partition, const OutgoingRecord& record);
  void draw_record(sim::Rng& rng);
  SendBatch& begin_batch(int32_t partition, int64_t bytes, Step& step);
  // An empty batch with the codec of the producer.
  SendBatch empty_batch(int64_t size_limit) const;
  void arm_load(Step& step);
  void report(const SendBatch& batch, ClientEventKind kind, Offset base, ErrorCode error,
              Step& step);
  TopicPartition name_of(int32_t partition) const { return {options_.topic, partition}; }

  // The oldest produce request to that node, which is answered now.
  InFlight take_oldest(NodeId node);

  // producer_sender.cc
  void run_sender(Step& step);
  bool send_ready(Step& step);
  bool is_ready(const Partition& partition, sim::MonoTime now) const;
  bool is_muted(const Partition& partition) const;
  bool stops_drain(const Partition& partition) const;
  bool drain(NodeId node, std::span<const LeaderView> leaders, Step& step);
  void send(NodeId node, ProduceRequest&& request, InFlight&& flight, Step& step);
  void seal(Partition& partition, SendBatch& batch);
  void expire(Step& step);
  bool is_up(NodeId node, Step& step);
  void arm_sender(Step& step);
  void complete(SendBatch&& batch, const PartitionProduceResponse& reply, Step& step);
  bool can_retry(const SendBatch& batch, ErrorCode error, sim::MonoTime now);
  void acknowledge(SendBatch&& batch, Offset base, Step& step);
  void retry(SendBatch&& batch, Step& step);
  void fail(SendBatch&& batch, ErrorCode error, Step& step);
  void fail_expired(SendBatch& batch, Step& step);
  void release(SendBatch& batch);

  // producer_split.cc
  std::vector<SendBatch> pieces_of(const SendBatch& batch) const;
  SendBatch new_piece(const SendBatch& batch, int64_t size_limit) const;
  void split(SendBatch&& batch, Step& step);

  // producer_sequences.cc
  bool is_idempotent() const { return options_.config.enable_idempotence; }
  void maybe_request_id(Step& step);
  void retry_id_later(Step& step);
  void resolve(Partition& partition, const SendBatch& batch);
  bool is_stale(const Partition& partition) const {
    return partition.epoch != producer_epoch_ || partition.producer_id != producer_id_;
  }
  // Can this error be cured by sending again? May ask for a new epoch.
  bool can_retry_sequenced(const SendBatch& batch, ErrorCode error);
  void request_epoch_bump(Partition& partition);
  void begin_sequences(Partition& partition);
  void restart_sequences(Partition& partition);
  void after_failure(Partition& partition, ErrorCode error, bool retries_left);
  void resolve_sequences();
  void bump_epoch(Step& step);
  void renumber();

  ProducerOptions options_;
  Workload load_;
  ClientConnections connections_;
  ClientMetadata metadata_;
  StickyPartitioner sticky_;
  CompressionRatioEstimator ratio_;
  std::vector<Partition> partitions_;
  absl::btree_map<NodeId, Peer> peers_;
  OutgoingRecord pending_;  // That send() blocks on.
  bool has_pending_ = false;
  bool stalled_ = false;  // The application stands still.
  std::optional<sim::MonoTime> blocked_since_;
  int64_t memory_used_ = 0;
  std::optional<sim::MonoTime> sender_wakes_at_;
  sim::MonoTime nothing_expires_before_ = sim::MonoTime::at_nanos(INT64_MIN);
  std::optional<sim::MonoTime> reconnects_at_;  // To a node that something is due for.
  ProducerId producer_id_ = kNoProducerId;
  ProducerEpoch producer_epoch_ = kNoProducerEpoch;
  bool bump_wanted_ = false;  // By the partitions that restart.
  bool in_doubt_ = false;     // A partition may have unresolved sequences.
  bool asking_for_id_ = false;
  std::optional<sim::MonoTime> id_retry_at_;  // Backoff after a failure.
};

}  // namespace models

#endif  // MODELS_CLIENTS_PRODUCER_H_
