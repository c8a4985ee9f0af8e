// SPDX-License-Identifier: Apache-2.0

#include "models/transactions/producer_id_manager.h"

#include <limits>

namespace models {

namespace {

constexpr int64_t kPrefetchPercent = 90;
constexpr sim::Duration kRetryBackoff = sim::Duration::millis(50);

}  // namespace

void ProducerIdManager::on_init_producer_id(RequestToken token, const InitProducerIdRequest&,
                                            BrokerEpoch broker_epoch, Step& step) {
  InitProducerIdResponse response;
  if (std::optional<ProducerId> id = claim(broker_epoch, step)) {
    response.producer_id = *id;
    response.producer_epoch = ProducerEpoch(0);
  } else {
    response.error = ErrorCode::kCoordinatorLoadInProgress;
  }
  step.effects.reply(token, response);
}

std::optional<ProducerId> ProducerIdManager::claim(BrokerEpoch broker_epoch, Step& step) {
  if (current_.used == current_.size && next_) {
    current_ = *next_;
    next_.reset();
  }
  if (current_.used == current_.size) {
    request_block(broker_epoch, step);
    return std::nullopt;
  }
  ProducerId id(current_.first + current_.used);
  if (current_.used == current_.size * kPrefetchPercent / 100) request_block(broker_epoch, step);
  ++current_.used;
  return id;
}

void ProducerIdManager::request_block(BrokerEpoch broker_epoch, Step& step) {
  if (backoff_until_ && step.wall < *backoff_until_) return;
  if (next_ || in_flight_) return;
  in_flight_ = true;
  backoff_until_.reset();
  step.effects.request(Channel::kToController, kNoNode,
                       AllocateProducerIdsRequest{node_id_, broker_epoch});
}

void ProducerIdManager::on_allocate_producer_ids_response(
    const AllocateProducerIdsResponse& response, Step& step) {
  in_flight_ = false;
  int64_t first = response.producer_id_start;
  int32_t size = response.producer_id_len;
  bool sane = first >= 0 && size > 0 && first <= std::numeric_limits<int64_t>::max() - size &&
              first >= current_.first + current_.size;
  if (response.error == ErrorCode::kNone && sane) {
    next_ = Block{first, size};
  } else {
    backoff_until_ = step.wall + kRetryBackoff;
  }
}

void ProducerIdManager::on_allocate_producer_ids_failed(RequestFailure, Step&) {
  in_flight_ = false;
}

}  // namespace models
