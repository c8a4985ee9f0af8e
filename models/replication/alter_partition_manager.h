// SPDX-License-Identifier: Apache-2.0
//
// Carries a broker's ISR proposals to the controller: one request in flight, which holds all that
// waits; one proposal a partition. A request that got no answer is sent again as it was, for ever;
// a refused one is built anew.
//
// Source: core/.../server/AlterPartitionManager.scala, NodeToControllerChannelManagerImpl.

#ifndef MODELS_REPLICATION_ALTER_PARTITION_MANAGER_H_
#define MODELS_REPLICATION_ALTER_PARTITION_MANAGER_H_

#include <optional>
#include <utility>

#include "absl/container/btree_map.h"
#include "models/common/step.h"
#include "models/protocol/alter_partition.h"
#include "models/replication/leader_replica.h"

namespace models {

class AlterPartitionManager {
 public:
  // Queues a proposal and sends it if nothing is in flight. False if one of that partition is
  // already queued (OPERATION_NOT_ATTEMPTED).
  bool submit(AlterPartitionData proposal, const LocalBroker& local, Step& step);
  // The controller has answered for this partition.
  void remove(const AlterPartitionData& proposal) { unanswered_.erase(key_of(proposal)); }
  // The request in flight has been dealt with; sends what was queued meanwhile.
  void finish(const LocalBroker& local, Step& step);
  // The whole request was refused: another one in a while.
  void retry_later(Step& step);
  // The request got no answer, or not from the active controller: the same again in a while.
  void resend_later(const AlterPartitionRequest& sent, Step& step);
  void on_retry_timer(const LocalBroker& local, Step& step);

 private:
  // A topic that was made anew under its name is another (Kafka's TopicIdPartition).
  using Key = std::pair<Uuid, int32_t>;
  static Key key_of(const AlterPartitionData& proposal) {
    return {proposal.topic_id, proposal.partition.partition};
  }
  void send_unanswered(const LocalBroker& local, Step& step);

  absl::btree_map<Key, AlterPartitionData> unanswered_;
  bool in_flight_ = false;
  std::optional<AlterPartitionRequest> to_resend_;
};

}  // namespace models

#endif  // MODELS_REPLICATION_ALTER_PARTITION_MANAGER_H_
