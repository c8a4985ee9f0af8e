// SPDX-License-Identifier: Apache-2.0
//
// What the active controller looks for now and then: sessions that ran out, leaders that are not the
// preferred ones, partitions without leader. A round that may have left something over is followed
// by another soon. Source: QuorumController.java (register*), PeriodicTaskControlManager.java.

#include <algorithm>

#include "models/controller/controller.h"

namespace models {

namespace {

constexpr size_t kElectionsPerRound = 1000;  // MAX_ELECTIONS_PER_IMBALANCE
constexpr sim::Duration kAgainSoon = sim::Duration::millis(10);
constexpr int64_t kSessionLooks = 8;  // In one session timeout.

}  // namespace

void Controller::start_periodic_tasks(Step& step) {
  arm_no_op(step);
  if (options_.config.auto_leader_rebalance_enable) {
    step.effects.arm({Timer::kLeaderBalance},
                     options_.config.leader_imbalance_check_interval_seconds);
  }
  step.effects.arm({Timer::kUncleanElection}, options_.config.unclean_leader_election_interval_ms);
}

void Controller::on_periodic_timer(TimerKey timer, Step& step) {
  if (timer.kind == Timer::kControllerNoOp) {
    // Keeps the metadata offset moving, so that a broker that lags shows.
    append({NoOpRecord{}}, "", step);
    arm_no_op(step);
  } else if (timer.kind == Timer::kBrokerSession) {
    fence_if_stale(NodeId(static_cast<int32_t>(timer.id)), step);
  } else if (timer.kind == Timer::kLeaderBalance) {
    on_leader_balance(step);
  } else {
    on_unclean_election(step);
  }
}

void Controller::arm_no_op(Step& step) {
  sim::Duration idle = options_.config.metadata_max_idle_interval_ms;
  if (idle > sim::Duration())
    step.effects.arm({Timer::kControllerNoOp}, idle);  // 0: no such records.
}

void Controller::arm_session(NodeId id, Step& step) {
  std::optional<sim::MonoTime> contact = heartbeats_.oldest_contact(id);
  if (!contact) return;
  const sim::Duration timeout = options_.config.broker_session_timeout_ms;
  sim::Duration period = std::max(timeout / kSessionLooks, sim::Duration::millis(1));
  int64_t looks = (*contact + timeout - looks_from_).nanos() / period.nanos() + 1;
  step.effects.arm({Timer::kBrokerSession, id.value()}, looks_from_ + period * looks - step.mono,
                   id, BrokerHeartbeatRequest::kName);
}

void Controller::on_leader_balance(Step& step) {
  Records records;
  for (const auto& [name, topic] : latest_.image().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      const PartitionRegistration& partition = topic.partitions[i];
      if (records.size() >= kElectionsPerRound) break;
      if (partition.leader == partition.replicas.front()) continue;
      change(topic, target_of(topic, i, Election::kPreferred), records);
    }
  }
  append(records, "the preferred leader is back in the ISR", step);
  bool soon = records.size() >= kElectionsPerRound;
  step.effects.arm({Timer::kLeaderBalance},
                   soon ? kAgainSoon : options_.config.leader_imbalance_check_interval_seconds);
}

void Controller::on_unclean_election(Step& step) {
  Records records;
  for (const auto& [name, topic] : latest_.image().topics) {
    if (!topic.config.unclean_leader_election_enable) continue;
    for (size_t i = 0; i < topic.partitions.size(); ++i) {
      if (records.size() >= kElectionsPerRound) break;
      if (topic.partitions[i].leader != kNoNode) continue;
      change(topic, target_of(topic, i, Election::kUnclean), records);
    }
  }
  append(records, "no replica in sync is left", step);
  bool soon = records.size() >= kElectionsPerRound;
  step.effects.arm({Timer::kUncleanElection},
                   soon ? kAgainSoon : options_.config.unclean_leader_election_interval_ms);
}

}  // namespace models
