// SPDX-License-Identifier: Apache-2.0
//
// THE list of messages. To add an RPC: two structs in a header of this folder, two names here (now
// the build fails where work is left), one route each way in models/node/*_routes.cc, the handler,
// a test.

#ifndef MODELS_PROTOCOL_MESSAGE_H_
#define MODELS_PROTOCOL_MESSAGE_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "models/protocol/admin.h"
#include "models/protocol/alter_partition.h"
#include "models/protocol/assign_replicas_to_dirs.h"
#include "models/protocol/broker_lifecycle.h"
#include "models/protocol/create_topics.h"
#include "models/protocol/delete_records.h"
#include "models/protocol/fetch.h"
#include "models/protocol/fetch_snapshot.h"
#include "models/protocol/list_offsets.h"
#include "models/protocol/metadata.h"
#include "models/protocol/offset_for_leader_epoch.h"
#include "models/protocol/produce.h"
#include "models/protocol/producer_ids.h"
#include "models/protocol/quorum.h"
#include "sim/message.h"

namespace models {

using Message = std::variant<
    ProduceRequest, ProduceResponse, FetchRequest, FetchResponse, ListOffsetsRequest,
    ListOffsetsResponse, MetadataRequest, MetadataResponse, InitProducerIdRequest,
    InitProducerIdResponse, AllocateProducerIdsRequest, AllocateProducerIdsResponse,
    BrokerRegistrationRequest, BrokerRegistrationResponse, BrokerHeartbeatRequest,
    BrokerHeartbeatResponse, AlterPartitionRequest, AlterPartitionResponse, CreateTopicsRequest,
    CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse, CreatePartitionsRequest,
    CreatePartitionsResponse, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse, ElectLeadersRequest,
    ElectLeadersResponse, UnregisterBrokerRequest, UnregisterBrokerResponse, VoteRequest,
    VoteResponse, BeginQuorumEpochRequest, BeginQuorumEpochResponse, EndQuorumEpochRequest,
    EndQuorumEpochResponse, DeleteRecordsRequest, DeleteRecordsResponse,
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, AssignReplicasToDirsRequest,
    AssignReplicasToDirsResponse, FetchSnapshotRequest, FetchSnapshotResponse>;

std::string_view name_of(const Message& message);

// A message on the wire: Kafka's request or response header (correlation id, client) and the body.
class Envelope final : public sim::MessageBody {
 public:
  Envelope(int32_t correlation_id, bool is_request, Message body);

  int32_t correlation_id() const { return correlation_id_; }
  bool is_request() const { return is_request_; }
  const Message& body() const { return body_; }

  std::string_view name() const override;
  int64_t encoded_size() const override { return encoded_size_; }
  void show(sim::FieldSink& sink) const override;

 private:
  int32_t correlation_id_;
  bool is_request_;
  Message body_;
  int64_t encoded_size_;
};

}  // namespace models

#endif  // MODELS_PROTOCOL_MESSAGE_H_
