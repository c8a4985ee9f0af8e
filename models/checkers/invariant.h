// SPDX-License-Identifier: Apache-2.0
//
// Invariants: properties of the cluster's own state, checked after every event (white box). They
// stand outside the system: the shell tells them which replica changed; they read its log and keep
// their own memory of what must stay true. The judge of what clients saw is models/checkers/history/.

#ifndef MODELS_CHECKERS_INVARIANT_H_
#define MODELS_CHECKERS_INVARIANT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "models/common/metadata_image.h"
#include "models/log/partition_log.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace models {

// One replica as it is now, seen from outside its machine. `log` lives only during the call.
struct ReplicaView {
  NodeId broker = kNoNode;
  const PartitionLog* log = nullptr;
  bool is_leader = false;            // Believes itself the leader...
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  // ...of this epoch.
};

struct Violation {
  std::string_view invariant;        // Static name, such as "committed-data-survives".
  std::string text;                  // What is wrong, in words, with the values.
  std::string signature;             // Equal for violations of the same kind (no times, no offsets).
  sim::SimTime at;
  sim::EventId event;
};

class Invariant {
 public:
  virtual ~Invariant() = default;
  virtual std::unique_ptr<Invariant> clone() const = 0;
  virtual std::string_view name() const = 0;
  virtual std::string_view why() const = 0;

  // A replica's log, watermark, role or epoch changed (or its broker booted).
  virtual std::optional<Violation> on_replica(const ReplicaView& replica) = 0;
  // The controller's committed image changed.
  virtual std::optional<Violation> on_metadata(const MetadataImage& image) = 0;
  // A broker's process ended; `unflushed_lost` tells whether its disk lost bytes with it.
  virtual void on_broker_down(NodeId broker, bool unflushed_lost) = 0;
};

}  // namespace models

#endif  // MODELS_CHECKERS_INVARIANT_H_
