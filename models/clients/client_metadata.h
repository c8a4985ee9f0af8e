// SPDX-License-Identifier: Apache-2.0
//
// A client's view of the cluster: partitions, their leaders and the leaders' epochs. Refreshed when
// it is old, when a leader is unknown, when a reply says that it is wrong, and when a connection
// breaks; not before a backoff, which grows while refreshes fail or bring no news. The least loaded
// broker is asked; while none can be, an update stays due. A lower leader epoch than the known one is
// ignored.
// Source: clients/.../Metadata.java, NetworkClient.java (DefaultMetadataUpdater).

#ifndef MODELS_CLIENTS_CLIENT_METADATA_H_
#define MODELS_CLIENTS_CLIENT_METADATA_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/clients/client_connections.h"
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

  // An update is wanted as soon as it is allowed. A request that is out counts as that update.
  void request_update() { wanted_ = true; }
  // Sends the request if an update is due and a broker can take it, else begins to connect or arms
  // Timer::kMetadataRefresh. To be called after everything that may have changed one of these.
  void maybe_update(ClientConnections& connections, Step& step);
  // Until the request is out nothing else may be sent (NetworkClient.isReady).
  bool is_due(sim::WallTime now) const { return !in_flight_ && now >= due_at(); }
  // True if a partition's leader or epoch changed, or partitions appeared.
  bool on_response(const MetadataResponse& response, Step& step);
  void on_failed(Step& step);
  // A connection broke or did not come about: the least that it says is that this view may be old.
  void on_disconnected(Step& step);
  void on_timer() { wakes_at_.reset(); }

  // Number of partitions of a topic; 0: unknown.
  int32_t partition_count(const std::string& topic) const;
  LeaderView leader_of(const TopicPartition& partition) const;
  // Of all partitions of a topic, by number; empty if nothing is known of it. Lives until the next
  // call that is not const.
  std::span<const LeaderView> leaders_of(const std::string& topic) const;
  // A produce or fetch reply named the new leader (KIP-951). True if that is news.
  bool learn_leader(const TopicPartition& partition, NodeId leader, LeaderEpoch epoch);
  // The known ones, or those to begin with.
  const std::vector<NodeId>& brokers() const {
    return brokers_.empty() ? options_.bootstrap : brokers_;
  }

  static void fields(auto&& f) {
    f("leaders", &ClientMetadata::leaders_);
    f("failures", &ClientMetadata::failures_);
  }

 private:
  sim::WallTime due_at() const;
  void finish(bool succeeded, bool has_news, Step& step);
  void wake_in(sim::Duration after, Step& step);

  ClientMetadataOptions options_;
  absl::btree_map<std::string, std::vector<LeaderView>> leaders_;
  std::vector<NodeId> brokers_;
  bool in_flight_ = false;
  bool wanted_ = true;
  int32_t failures_ = 0;          // In a row.
  int32_t without_news_ = 0;      // Successes in a row that told nothing new.
  sim::WallTime not_before_;      // The backoff after the last refresh.
  std::optional<sim::WallTime> last_success_;
  std::optional<sim::WallTime> wakes_at_;
};

}  // namespace models

#endif  // MODELS_CLIENTS_CLIENT_METADATA_H_
