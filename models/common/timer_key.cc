// SPDX-License-Identifier: Apache-2.0

#include "models/common/timer_key.h"

namespace models {

std::string_view name_of(Timer timer) {
  switch (timer) {
    case Timer::kAdminTimeout:
      return "AdminTimeout";
    case Timer::kAdminRetry:
      return "AdminRetry";
    case Timer::kUncleanElection:
      return "UncleanElection";
    case Timer::kForwardRetry:
      return "ForwardRetry";
    case Timer::kBrokerHeartbeat:
      return "BrokerHeartbeat";
    case Timer::kIsrCheck:
      return "IsrCheck";
    case Timer::kHighWatermarkCheckpoint:
      return "HighWatermarkCheckpoint";
    case Timer::kLogFlush:
      return "LogFlush";
    case Timer::kLogRetention:
      return "LogRetention";
    case Timer::kLogFileRemoval:
      return "LogFileRemoval";
    case Timer::kLogCleaner:
      return "LogCleaner";
    case Timer::kDelayedProduce:
      return "DelayedProduce";
    case Timer::kDelayedFetch:
      return "DelayedFetch";
    case Timer::kFetchBackoff:
      return "FetchBackoff";
    case Timer::kAlterPartitionRetry:
      return "AlterPartitionRetry";
    case Timer::kMetadataFetchBackoff:
      return "MetadataFetchBackoff";
    case Timer::kProducerIdRetry:
      return "ProducerIdRetry";
    case Timer::kBrokerLifecycleLimit:
      return "BrokerLifecycleLimit";
    case Timer::kDirectoryAssignment:
      return "DirectoryAssignment";
    case Timer::kProducerExpiration:
      return "ProducerExpiration";
    case Timer::kBrokerSession:
      return "BrokerSession";
    case Timer::kControllerAppend:
      return "ControllerAppend";
    case Timer::kControllerNoOp:
      return "ControllerNoOp";
    case Timer::kDelayedMetadataFetch:
      return "DelayedMetadataFetch";
    case Timer::kLeaderBalance:
      return "LeaderBalance";
    case Timer::kQuorumTimeout:
      return "QuorumTimeout";
    case Timer::kCheckQuorum:
      return "CheckQuorum";
    case Timer::kBeginQuorumEpoch:
      return "BeginQuorumEpoch";
    case Timer::kQuorumRetry:
      return "QuorumRetry";
    case Timer::kQuorumShutdown:
      return "QuorumShutdown";
    case Timer::kWorkload:
      return "Workload";
    case Timer::kSenderWakeup:
      return "SenderWakeup";
    case Timer::kMetadataRefresh:
      return "MetadataRefresh";
    case Timer::kInitProducerIdRetry:
      return "InitProducerIdRetry";
    case Timer::kDeliveryTimeout:
      return "DeliveryTimeout";
    case Timer::kConsumerFetch:
      return "ConsumerFetch";
    case Timer::kPoll:
      return "Poll";
    case Timer::kRequestTimeout:
      return "RequestTimeout";
    case Timer::kReconnect:
      return "Reconnect";
    case Timer::kConnectTimeout:
      return "ConnectTimeout";
    case Timer::kFindController:
      return "FindController";
    case Timer::kCount:
      break;
  }
  return "?";
}

}  // namespace models
