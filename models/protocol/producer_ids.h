// SPDX-License-Identifier: Apache-2.0
//
// InitProducerId (client to broker) and AllocateProducerIds (broker to controller).

#ifndef MODELS_PROTOCOL_PRODUCER_IDS_H_
#define MODELS_PROTOCOL_PRODUCER_IDS_H_

#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

// Transactional ids come later: this asks for an idempotent producer's id. With a known id and
// epoch, asks to bump that epoch.
struct InitProducerIdRequest {
  static constexpr std::string_view kName = "InitProducerIdRequest";
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  static void fields(auto&& f) {
    f("producer_id", &InitProducerIdRequest::producer_id);
    f("producer_epoch", &InitProducerIdRequest::producer_epoch);
  }
};

struct InitProducerIdResponse {
  static constexpr std::string_view kName = "InitProducerIdResponse";
  ErrorCode error = ErrorCode::kNone;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  static void fields(auto&& f) {
    f("error", &InitProducerIdResponse::error);
    f("producer_id", &InitProducerIdResponse::producer_id);
    f("producer_epoch", &InitProducerIdResponse::producer_epoch);
  }
};

struct AllocateProducerIdsRequest {
  static constexpr std::string_view kName = "AllocateProducerIdsRequest";
  NodeId broker_id = kNoNode;
  BrokerEpoch broker_epoch = kNoBrokerEpoch;
  static void fields(auto&& f) {
    f("broker_id", &AllocateProducerIdsRequest::broker_id);
    f("broker_epoch", &AllocateProducerIdsRequest::broker_epoch);
  }
};

struct AllocateProducerIdsResponse {
  static constexpr std::string_view kName = "AllocateProducerIdsResponse";
  ErrorCode error = ErrorCode::kNone;
  int64_t producer_id_start = 0;
  int32_t producer_id_len = 0;
  static void fields(auto&& f) {
    f("error", &AllocateProducerIdsResponse::error);
    f("producer_id_start", &AllocateProducerIdsResponse::producer_id_start);
    f("producer_id_len", &AllocateProducerIdsResponse::producer_id_len);
  }
};

}  // namespace models

#endif  // MODELS_PROTOCOL_PRODUCER_IDS_H_
