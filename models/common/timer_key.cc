// SPDX-License-Identifier: Apache-2.0

#include "models/common/timer_key.h"

#include <iterator>

namespace models {

namespace {

struct TimerName {
  Timer which;
  std::string_view name;
};

// In the order of the enum.
constexpr TimerName kTimerNames[] = {
    {Timer::kBrokerHeartbeat, "BrokerHeartbeat"},
    {Timer::kIsrCheck, "IsrCheck"},
    {Timer::kHighWatermarkCheckpoint, "HighWatermarkCheckpoint"},
    {Timer::kLogFlush, "LogFlush"},
    {Timer::kLogRetention, "LogRetention"},
    {Timer::kLogFileRemoval, "LogFileRemoval"},
    {Timer::kLogCleaner, "LogCleaner"},
    {Timer::kDelayedProduce, "DelayedProduce"},
    {Timer::kDelayedFetch, "DelayedFetch"},
    {Timer::kDelayedDeleteRecords, "DelayedDeleteRecords"},
    {Timer::kFetchBackoff, "FetchBackoff"},
    {Timer::kAlterPartitionRetry, "AlterPartitionRetry"},
    {Timer::kMetadataFetchBackoff, "MetadataFetchBackoff"},
    {Timer::kForwardRetry, "ForwardRetry"},
    {Timer::kProducerIdRetry, "ProducerIdRetry"},
    {Timer::kBrokerLifecycleLimit, "BrokerLifecycleLimit"},
    {Timer::kDirectoryAssignment, "DirectoryAssignment"},
    {Timer::kProducerExpiration, "ProducerExpiration"},
    {Timer::kBrokerSession, "BrokerSession"},
    {Timer::kControllerAppend, "ControllerAppend"},
    {Timer::kControllerNoOp, "ControllerNoOp"},
    {Timer::kDelayedMetadataFetch, "DelayedMetadataFetch"},
    {Timer::kLeaderBalance, "LeaderBalance"},
    {Timer::kUncleanElection, "UncleanElection"},
    {Timer::kQuorumTimeout, "QuorumTimeout"},
    {Timer::kCheckQuorum, "CheckQuorum"},
    {Timer::kBeginQuorumEpoch, "BeginQuorumEpoch"},
    {Timer::kQuorumRetry, "QuorumRetry"},
    {Timer::kQuorumShutdown, "QuorumShutdown"},
    {Timer::kMetadataSnapshot, "MetadataSnapshot"},
    {Timer::kMetadataLogCleaning, "MetadataLogCleaning"},
    {Timer::kMetadataFileRemoval, "MetadataFileRemoval"},
    {Timer::kWorkload, "Workload"},
    {Timer::kSenderWakeup, "SenderWakeup"},
    {Timer::kMetadataRefresh, "MetadataRefresh"},
    {Timer::kInitProducerIdRetry, "InitProducerIdRetry"},
    {Timer::kDeliveryTimeout, "DeliveryTimeout"},
    {Timer::kConsumerFetch, "ConsumerFetch"},
    {Timer::kPoll, "Poll"},
    {Timer::kAdminRetry, "AdminRetry"},
    {Timer::kAdminTimeout, "AdminTimeout"},
    {Timer::kRequestTimeout, "RequestTimeout"},
    {Timer::kReconnect, "Reconnect"},
    {Timer::kConnectTimeout, "ConnectTimeout"},
    {Timer::kFindController, "FindController"},
};

constexpr bool is_in_order() {
  for (size_t i = 0; i < std::size(kTimerNames); ++i) {
    if (kTimerNames[i].which != static_cast<Timer>(i)) return false;
  }
  return std::size(kTimerNames) == static_cast<size_t>(Timer::kCount);
}
static_assert(is_in_order(), "each has a name");

}  // namespace

std::string_view name_of(Timer which) { return kTimerNames[static_cast<size_t>(which)].name; }

}  // namespace models
