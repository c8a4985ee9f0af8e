// SPDX-License-Identifier: Apache-2.0
//
// What was committed is in the log of each later leader, batch for batch.
//
//   epoch 3, leader 1   [..118)[118..121]   watermark 122 was seen: 118..121 is committed
//   epoch 4, leader 2   [..118)             violation: lost
//   epoch 4, leader 2   [..118)[118..119]   violation: replaced
//
// Quiet when the cluster was released from the records (partition_memory.h): an unclean election,
// or a power loss that took them from everyone whom the controller could elect. Also quiet about a
// leader of an older epoch that has not heard of its successor.

#ifndef MODELS_CHECKERS_COMMITTED_DATA_SURVIVES_H_
#define MODELS_CHECKERS_COMMITTED_DATA_SURVIVES_H_

#include "models/checkers/invariant.h"

namespace models {

class CommittedDataSurvives final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<CommittedDataSurvives>(*this);
  }
  std::string_view name() const override { return "committed-data-survives"; }
  std::string_view why() const override {
    return "A record that a high watermark has passed was shown to consumers and acknowledged to "
           "producers with acks=all; each later leader must still have it, byte for byte.";
  }
  std::optional<Violation> on_replica(const ReplicaChange& change) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_COMMITTED_DATA_SURVIVES_H_
