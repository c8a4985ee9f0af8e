// SPDX-License-Identifier: Apache-2.0
//
// What acks=all has promised is kept when it is promised:
//   - an acknowledged record is committed: it lies in the history that the leader's watermark has
//     passed;
//   - at least min.insync.replicas of the replicas have it (all, if there are fewer);
//   - a leader's watermark stands still while the ISR that it acts on is smaller than that (KIP-966).
//
// A replica that lost power, or whose disk does not answer, counts as one that has it: it had it when
// it said so. Source: core/.../cluster/Partition.scala (checkEnoughReplicasReachOffset,
// isUnderMinIsr).

#ifndef MODELS_CHECKERS_ACKNOWLEDGED_IS_STORED_H_
#define MODELS_CHECKERS_ACKNOWLEDGED_IS_STORED_H_

#include "models/checkers/invariant.h"

namespace models {

class AcknowledgedIsStored final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<AcknowledgedIsStored>(*this);
  }
  std::string_view name() const override { return "acknowledged-is-stored"; }
  std::string_view why() const override {
    return "acks=all promises that min.insync.replicas replicas have the record before the "
           "producer hears of it; with fewer, one lost disk loses it.";
  }
  std::optional<Violation> on_replica(const ReplicaChange& change) override;
  std::optional<Violation> on_acknowledgement(const Acknowledgement& told) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_ACKNOWLEDGED_IS_STORED_H_
