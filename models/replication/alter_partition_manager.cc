// SPDX-License-Identifier: Apache-2.0

#include "models/replication/alter_partition_manager.h"

#include <utility>

namespace models {
namespace {

constexpr sim::Duration kRefusedBackoff = sim::Duration::millis(50);
constexpr sim::Duration kNoControllerBackoff = sim::Duration::millis(100);
constexpr TimerKey kRetryTimer{Timer::kAlterPartitionRetry, 0};

}  // namespace

bool AlterPartitionManager::submit(AlterPartitionData proposal, const LocalBroker& local,
                                   Step& step) {
  Key key = key_of(proposal);
  if (!unanswered_.try_emplace(key, std::move(proposal)).second) return false;
  send_unanswered(local, step);
  return true;
}

void AlterPartitionManager::finish(const LocalBroker& local, Step& step) {
  in_flight_ = false;
  send_unanswered(local, step);
}

void AlterPartitionManager::retry_later(Step& step) {
  in_flight_ = false;
  step.mark(Mark::kAlterPartitionRetried);
  step.effects.arm(kRetryTimer, kRefusedBackoff);
}

void AlterPartitionManager::resend_later(const AlterPartitionRequest& sent, Step& step) {
  to_resend_ = sent;
  step.mark(Mark::kAlterPartitionRetried);
  step.effects.arm(kRetryTimer, kNoControllerBackoff);
}

void AlterPartitionManager::on_retry_timer(const LocalBroker& local, Step& step) {
  if (to_resend_) {
    step.effects.request(Channel::kToController, kNoNode, std::move(*to_resend_));
    to_resend_.reset();
    return;
  }
  send_unanswered(local, step);
}

void AlterPartitionManager::send_unanswered(const LocalBroker& local, Step& step) {
  if (in_flight_ || unanswered_.empty()) return;
  in_flight_ = true;
  AlterPartitionRequest request{.broker_id = local.id, .broker_epoch = local.epoch};
  request.partitions.reserve(unanswered_.size());
  for (const auto& [key, proposal] : unanswered_) request.partitions.push_back(proposal);
  step.effects.request(Channel::kToController, kNoNode, std::move(request));
}

}  // namespace models
