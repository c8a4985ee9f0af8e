// SPDX-License-Identifier: Apache-2.0
//
// Names of timers. Arming a key replaces its former timer; `id` tells apart timers of one kind (a
// peer's node id, a delayed request, a partition's index), and is 0 where there is only one.

#ifndef MODELS_COMMON_TIMER_KEY_H_
#define MODELS_COMMON_TIMER_KEY_H_

#include <compare>
#include <cstdint>
#include <string_view>

namespace models {

enum class Timer : uint16_t {
  // Broker.
  kBrokerHeartbeat,  // Next heartbeat to the controller.
  kIsrCheck,         // replica.lag.time.max.ms / 2.
  kHighWatermarkCheckpoint,
  kLogFlush,              // Recovery point and log start offset checkpoints.
  kLogRetention,          // log.retention.check.interval.ms
  kLogFileRemoval,        // Deleted segments and partitions, file.delete.delay.ms after.
  kLogCleaner,            // Next buffer of a round, or the next look for a log to clean.
  kDelayedProduce,        // id: delayed operation.
  kDelayedFetch,          // id: delayed operation.
  kDelayedDeleteRecords,  // id: delayed operation.
  kFetchBackoff,          // id: leader's node id, and the fetcher's number in the upper half.
  kAlterPartitionRetry,
  kMetadataFetchBackoff,
  kForwardRetry,  // An administrator's request goes to the controller again.
  kProducerIdRetry,
  kBrokerLifecycleLimit,  // id 0: initial registration; 1: controlled shutdown; 2: a failed directory.
  kDirectoryAssignment,  // Replicas' directories are to be told to the controller.
  kProducerExpiration,   // producer.id.expiration.check.interval.ms
  // Controller.
  kBrokerSession,     // Looks for sessions that ran out: broker.session.timeout.ms / 8.
  kControllerAppend,  // Group commit of the metadata log: controller.quorum.append.linger.ms.
  kControllerNoOp,
  kDelayedMetadataFetch,  // id: delayed operation.
  kLeaderBalance,
  kUncleanElection,   // unclean.leader.election.interval.ms
  kQuorumTimeout,     // Election or fetch timeout of the quorum's state.
  kCheckQuorum,       // A leader without a majority's fetches resigns.
  kBeginQuorumEpoch,  // A leader tells voters of itself again.
  kQuorumRetry,       // id: voter; controller.quorum.retry.backoff.ms.
  kQuorumShutdown,    // How long a stopping leader waits for its successor.
  // The metadata log, of controllers and brokers.
  kMetadataSnapshot,     // A snapshot is to be written, beside other work.
  kMetadataLogCleaning,  // Old snapshots and what they hold: each minute, if there are two.
  kMetadataFileRemoval,  // Their files, a minute after.
  // Clients.
  kWorkload,  // Next record of the load.
  kSenderWakeup,
  kMetadataRefresh,
  kInitProducerIdRetry,
  kDeliveryTimeout,
  kConsumerFetch,  // id: node to poll again.
  kPoll,           // The application polls again.
  kAdminRetry,     // id: operation.
  kAdminTimeout,   // id: operation.
  // The shell's own: one connection's.
  kRequestTimeout,
  kReconnect,
  kConnectTimeout,
  kFindController,
  kCount,
};
std::string_view name_of(Timer timer);

// The message that this timer's expiry sends, or empty. A timer that a fault suppressed stands for
// the message that then did not come.
constexpr std::string_view leads_to(Timer timer) {
  switch (timer) {
    case Timer::kBrokerHeartbeat:
      return "BrokerHeartbeatRequest";
    case Timer::kFetchBackoff:
      return "FetchRequest";
    default:
      return {};
  }
}

struct TimerKey {
  Timer kind{};
  int64_t id = 0;
  auto operator<=>(const TimerKey&) const = default;
};

}  // namespace models

#endif  // MODELS_COMMON_TIMER_KEY_H_
