// SPDX-License-Identifier: Apache-2.0
//
// Hands out producer ids from blocks that the controller allocates. At 90 % of a block the next one
// is asked for; a request that finds no id is told COORDINATOR_LOAD_IN_PROGRESS, asks for a block
// as it goes, and is tried again by its client.
//
//   block [1000..1999]   1900 handed out: prefetch [3000..3999]   1999 handed out: go on with 3000
//
// A producer without a transactional id gets a new id with epoch 0 each time: it bumps its own
// epoch by itself. Source:
// core/.../coordinator/transaction/{ProducerIdManager,TransactionCoordinator}.scala.

#ifndef MODELS_TRANSACTIONS_PRODUCER_ID_MANAGER_H_
#define MODELS_TRANSACTIONS_PRODUCER_ID_MANAGER_H_

#include <cstdint>
#include <optional>

#include "models/common/step.h"
#include "models/protocol/producer_ids.h"

namespace models {

class ProducerIdManager {
 public:
  explicit ProducerIdManager(NodeId node_id) : node_id_(node_id) {}

  // `broker_epoch` is the broker's present one.
  void on_init_producer_id(RequestToken token, const InitProducerIdRequest& request,
                           BrokerEpoch broker_epoch, Step& step);
  void on_allocate_producer_ids_response(const AllocateProducerIdsResponse& response, Step& step);
  void on_allocate_producer_ids_failed(RequestFailure failure, Step& step);

  static void fields(auto&& f) {
    f("current", &ProducerIdManager::current_);
    f("next", &ProducerIdManager::next_);
    f("in_flight", &ProducerIdManager::in_flight_);
  }

 private:
  struct Block {
    int64_t first = 0;
    int32_t size = 0;
    int32_t used = 0;
    static void fields(auto&& f) {
      f("first", &Block::first);
      f("size", &Block::size);
      f("used", &Block::used);
    }
  };

  std::optional<ProducerId> claim(BrokerEpoch broker_epoch, Step& step);
  void request_block(BrokerEpoch broker_epoch, Step& step);

  NodeId node_id_;
  Block current_;
  std::optional<Block> next_;
  bool in_flight_ = false;
  std::optional<sim::WallTime> backoff_until_;
};

}  // namespace models

#endif  // MODELS_TRANSACTIONS_PRODUCER_ID_MANAGER_H_
