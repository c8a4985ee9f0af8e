// SPDX-License-Identifier: Apache-2.0
//
// Small builders shared by the tests of models/clients: metadata, batches, what an application saw.

#ifndef TESTS_MODELS_CLIENTS_CLIENT_FIXTURE_H_
#define TESTS_MODELS_CLIENTS_CLIENT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "models/log/byte_order.h"
#include "models/log/record_batch.h"
#include "tests/support/step_fixture.h"

namespace models {

using namespace sim::literals;  // NOLINT: 10_s in tests.

inline const NodeId kOne{1};
inline const NodeId kTwo{2};
inline const NodeId kThree{3};

inline TopicPartition orders(int32_t partition = 0) { return {"orders", partition}; }

// Topic "orders": partition i is led by leaders[i] in `epoch`.
inline MetadataResponse metadata(const std::vector<NodeId>& leaders, int epoch = 1) {
  MetadataResponse response;
  response.brokers = {kOne, kTwo, kThree};
  MetadataTopic topic;
  topic.name = "orders";
  for (size_t i = 0; i < leaders.size(); ++i) {
    MetadataPartition partition;
    partition.partition = static_cast<int32_t>(i);
    partition.leader = leaders[i];
    partition.leader_epoch = LeaderEpoch(epoch);
    if (leaders[i] == kNoNode) partition.error = ErrorCode::kLeaderNotAvailable;
    topic.partitions.push_back(partition);
  }
  response.topics.push_back(topic);
  return response;
}

inline std::vector<ClientEvent> events(const StepFixture& at, ClientEventKind kind) {
  std::vector<ClientEvent> found;
  for (const Observed& seen : at.all<Observed>()) {
    if (seen.event.kind == kind) found.push_back(seen.event);
  }
  return found;
}

// How long the last timer of this kind was armed for; -1 ns: it was not.
inline sim::Duration armed(const StepFixture& at, Timer kind) {
  sim::Duration after = sim::Duration::nanos(-1);
  for (const ArmTimer& timer : at.all<ArmTimer>()) {
    if (timer.key.kind == kind) after = timer.after;
  }
  return after;
}

}  // namespace models

#endif  // TESTS_MODELS_CLIENTS_CLIENT_FIXTURE_H_
