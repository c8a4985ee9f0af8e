// SPDX-License-Identifier: Apache-2.0
//
// A client's view of the cluster: partitions, their leaders and the leaders' epochs. Refreshed when
// it is old, when a leader is unknown, and when a reply says that it is wrong; a refresh that fails
// is tried again after a backoff. A lower leader epoch than the known one is ignored.
// Source: clients/.../Metadata.java, NetworkClient.java (DefaultMetadataUpdater).

#ifndef MODELS_CLIENTS_CLIENT_METADATA_H_
#define MODELS_CLIENTS_CLIENT_METADATA_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/step.h"
#include "models/protocol/metadata.h"

namespace models {

struct LeaderView {
  NodeId leader = kNoNode;
  LeaderEpoch epoch = kNoLeaderEpoch;
  bool operator==(const LeaderView&) const = default;
  static void fields(auto&& f) {
    f("leader", &LeaderView::leader);
    f("epoch", &LeaderView::epoch);
  }
};

struct ClientMetadataOptions {
  std::vector<std::string> topics;
  std::vector<NodeId> bootstrap;
  sim::Duration max_age = sim::Duration::seconds(300);
  sim::Duration retry_backoff = sim::Duration::millis(100);
  sim::Duration retry_backoff_max = sim::Duration::millis(1000);
};

class ClientMetadata {
 public:
  explicit ClientMetadata(ClientMetadataOptions options) : options_(std::move(options)) {}

  // Asks for a refresh: now, or when the backoff of the last one has passed. Uses the timer
  // Timer::kMetadataRefresh.
  void request_update(Step& step);
  // True if a partition's leader or epoch changed, or partitions appeared.
  bool on_response(const MetadataResponse& response, Step& step);
  void on_failed(Step& step);
  void on_timer(Step& step);

  // Number of partitions of a topic; 0: unknown.
  int32_t partition_count(const std::string& topic) const;
  LeaderView leader_of(const TopicPartition& partition) const;
  // Of all partitions of a topic, by number; empty if nothing is known of it. Lives until the next
  // call that is not const.
  std::span<const LeaderView> leaders_of(const std::string& topic) const;
  // A produce or fetch reply named the new leader (KIP-951). True if that is news.
  bool learn_leader(const TopicPartition& partition, NodeId leader, LeaderEpoch epoch);
  const std::vector<NodeId>& brokers() const { return brokers_; }
  // Some broker to ask: a known one if there is one, chosen at random.
  NodeId some_broker(Step& step) const;

  static void fields(auto&& f) {
    f("leaders", &ClientMetadata::leaders_);
    f("failures", &ClientMetadata::failures_);
  }

 private:
  void send(Step& step);
  void arm(sim::Duration after, Step& step);

  ClientMetadataOptions options_;
  absl::btree_map<std::string, std::vector<LeaderView>> leaders_;
  std::vector<NodeId> brokers_;
  bool in_flight_ = false;
  bool wanted_ = false;
  int32_t failures_ = 0;
  std::optional<sim::WallTime> last_attempt_;
};

// retry.backoff: `base` doubled for each failure after the first, at most `max`, +-20 per cent.
sim::Duration exponential_backoff(sim::Duration base, sim::Duration max, int32_t failures, sim::Rng& rng);

}  // namespace models

#endif  // MODELS_CLIENTS_CLIENT_METADATA_H_
