// SPDX-License-Identifier: Apache-2.0
//
// Invariants: properties of the cluster's own state, checked after every event (white box). They
// stand outside the system: the shell tells which replica changed; what they need to remember of
// the cluster is kept once, in models/checkers/partition_memory.h, and shown to each of them. The
// judge of what clients saw is models/checkers/history/.
//
// To add one: a class in a file of its own, a line in invariant_set.cc, a test of a legal history
// that keeps it quiet and of an illegal one that it reports.

#ifndef MODELS_CHECKERS_INVARIANT_H_
#define MODELS_CHECKERS_INVARIANT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/cord.h"
#include "models/checkers/partition_memory.h"
#include "models/checkers/quorum_memory.h"
#include "models/common/held_resource.h"
#include "models/common/metadata_image.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace models {

struct Violation {
  std::string_view invariant;  // Static name, such as "committed-data-survives".
  std::string text;            // What is wrong, in words, with the values.
  std::string signature;       // Equal for violations of the same kind (no times, no offsets).
  sim::SimTime at;             // Both are filled in by the caller.
  sim::EventId event;
};

// A replica's log, watermark, role or epoch changed, or it was seen for the first time.
struct ReplicaChange {
  const ReplicaView& view;
  const ReplicaNews& news;           // What is new since it was last seen.
  const PartitionMemory& partition;  // With this change, but for what it commits.
};

// A broker has answered a produce with acks=all: [first, last] is stored for good.
struct Acknowledgement {
  NodeId broker;
  Offset first;
  Offset last;
  const PartitionMemory& partition;
};

// A broker has given a consumer these records, or (then they are empty) has told it that the
// partition ends at `end`.
struct ServedRead {
  NodeId broker;
  const absl::Cord& records;
  Offset end;
  const PartitionMemory& partition;
};

// A member of the metadata quorum changed, or was seen for the first time in its life.
struct QuorumChange {
  const QuorumView& view;
  const QuorumNews& news;
  const QuorumMemory& quorum;  // With this change.
};

// The controller's committed registration of a partition is new or changed.
struct RegistrationChange {
  const TopicPartition& partition;
  const PartitionRegistration* before;  // Null if it is new.
  const PartitionRegistration& after;
  const TopicImage& topic;
  const PartitionMemory& memory;  // With this change.
};

class Invariant {
 public:
  virtual ~Invariant() = default;
  virtual std::unique_ptr<Invariant> clone() const = 0;
  virtual std::string_view name() const = 0;
  // What it promises and why that matters, in a sentence or two.
  virtual std::string_view why() const = 0;

  virtual std::optional<Violation> on_replica(const ReplicaChange&) { return std::nullopt; }
  // What a leader's watermark has passed is now in the committed history: it rose.
  virtual std::optional<Violation> on_commit(const ReplicaChange&) { return std::nullopt; }
  virtual std::optional<Violation> on_registration(const RegistrationChange&) {
    return std::nullopt;
  }
  virtual std::optional<Violation> on_acknowledgement(const Acknowledgement&) {
    return std::nullopt;
  }
  virtual std::optional<Violation> on_reading(const ServedRead&) { return std::nullopt; }
  virtual std::optional<Violation> on_quorum(const QuorumChange&) { return std::nullopt; }
  // Nothing is under way any more. `holder`: "broker 2".
  virtual std::optional<Violation> on_idle(const std::string& /*holder*/, const HeldResource&) {
    return std::nullopt;
  }
  // A broker's process ended, in whatever way.
  virtual void on_broker_down(NodeId) {}
  // The topic is gone, or another one has its name now: what is remembered of its partitions is of
  // no use.
  virtual void on_topic_gone(const std::string& /*topic*/) {}

 protected:
  // `kind` tells apart the ways in which one invariant can fail.
  Violation violation(std::string_view kind, std::string text) const {
    std::string signature = std::string(name()) + ": " + std::string(kind);
    return {name(), std::move(text), std::move(signature), {}, {}};
  }
};

}  // namespace models

#endif  // MODELS_CHECKERS_INVARIANT_H_
