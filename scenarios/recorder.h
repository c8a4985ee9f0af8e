// SPDX-License-Identifier: Apache-2.0
//
// Follows a run from outside: the cluster's metadata as its controller commits it, and what nodes
// note, become metric series and the report's timeline. A value, copied with the run.

#ifndef SCENARIOS_RECORDER_H_
#define SCENARIOS_RECORDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "models/checkers/history/judge_types.h"
#include "models/common/metadata_image.h"
#include "models/node/node_shell.h"
#include "scenarios/run_result.h"
#include "scenarios/series.h"

namespace scenarios {

class Recorder {
 public:
  // The controller's committed image changed.
  void on_image(const models::MetadataImage& image, sim::SimTime at);
  // `node`: who tells; kNoNode: a client.
  void on_note(const models::NodeReport::Told& told, models::NodeId node, bool is_controller,
               sim::SimTime at);
  void add(TimelineEntry entry) { timeline_.push_back(std::move(entry)); }
  void sample(std::string_view metric, std::string_view argument, sim::SimTime at, int64_t value) {
    series_[{std::string(metric), std::string(argument)}].set(at, value);
    ++changes_;
  }
  // Whether this controller is the active one, as it sees itself.
  void on_controller(models::NodeId node, bool is_active, sim::SimTime at) {
    bool changed = is_active ? active_.insert(node).second : active_.erase(node) > 0;
    if (changed) sample("active_controllers", "", at, static_cast<int64_t>(active_.size()));
  }
  // Goes up with each value that may have changed.
  uint64_t changes() const { return changes_; }
  // What a gauge or counter is now; nothing: a gauge that has not been seen yet.
  std::optional<int64_t> current(const Expectation& asked) const;

  const SeriesMap& series() const { return series_; }
  // Null: nothing was recorded.
  const Series* find(std::string_view metric, std::string_view argument) const;
  const std::vector<TimelineEntry>& timeline() const { return timeline_; }
  struct PartitionChange {
    sim::SimTime at;
    std::string partition;
    models::NodeId leader;
    models::LeaderEpoch epoch;
    std::string isr;  // "1,3"
  };
  const std::vector<PartitionChange>& partition_changes() const { return partition_changes_; }
  // Time and old leader of each election after the first of its partition.
  struct Election {
    sim::SimTime at;
    models::TopicPartition partition;
    models::NodeId from, to;
    models::LeaderEpoch epoch;
    sim::EventId event;
    bool unclean = false;
  };
  const std::vector<Election>& elections() const { return elections_; }
  struct Truncation {
    models::TopicPartition partition;
    models::Offset to;
    int64_t records = 0;
    sim::SimTime at;
    sim::EventId event;
    std::string text;  // "00:50.870 orders-0: broker 1 removed ..."
  };
  const std::vector<Truncation>& truncations() const { return truncations_; }
  // Each time the beginning of a partition was deleted further than on any replica before.
  const std::vector<models::LogStartMove>& log_starts() const { return log_starts_; }
  const std::vector<models::ForgottenBatch>& forgotten_batches() const {
    return forgotten_batches_;
  }
  const std::vector<models::UnknownProducer>& unknown_producers() const {
    return unknown_producers_;
  }

 private:
  void on_partition(const std::string& name, const std::string& topic,
                    const models::PartitionRegistration& now, sim::SimTime at);
  void count(std::string_view metric, const std::string& partition, const std::string& topic,
             sim::SimTime at, int64_t by = 1);
  // Notes of the controllers' quorum; false: it is none.
  bool on_quorum_note(const models::NodeReport::Told& told, models::NodeId node, sim::SimTime at);
  void on_election(const models::NodeReport::Told& told, sim::SimTime at);
  void on_truncation(const models::NodeReport::Told& told, models::NodeId node, sim::SimTime at);
  void on_deletion(const models::NodeReport::Told& told, sim::SimTime at);
  void on_forgotten_batch(const models::NodeReport::Told& told, sim::SimTime at);
  void on_unknown_producer(const models::NodeReport::Told& told, sim::SimTime at);
  void on_cleaning(const models::NodeReport::Told& told, models::NodeId node, sim::SimTime at);
  void tell(const models::NodeReport::Told& told, sim::SimTime at, std::string kind,
            std::string subject, std::string text, std::string cause,
            std::string_view direction = {});

  absl::btree_set<models::NodeId> active_;  // Controllers.
  absl::btree_map<std::string, models::PartitionRegistration> partitions_;
  SeriesMap series_;
  uint64_t changes_ = 0;
  std::vector<TimelineEntry> timeline_;
  std::vector<PartitionChange> partition_changes_;
  std::vector<Election> elections_;
  std::vector<Truncation> truncations_;
  std::vector<models::LogStartMove> log_starts_;
  std::vector<models::UnknownProducer> unknown_producers_;
  std::vector<models::ForgottenBatch> forgotten_batches_;
  absl::btree_map<models::TopicPartition, models::Offset> log_start_;
};

// "orders-0" -> ("orders", 0). The text must have that form.
models::TopicPartition partition_named(std::string_view text);

}  // namespace scenarios

#endif  // SCENARIOS_RECORDER_H_
