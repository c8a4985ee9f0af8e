// SPDX-License-Identifier: Apache-2.0
//
// Everything below a leader's high watermark is in the log of each member of the ISR, batch for batch.
//
//   leader 1, epoch 3, watermark 122   [..118)[118..121][122..130]
//   broker 2, in the ISR               [..118)[118..121]            holds
//   broker 3, in the ISR               [..118)                      violation: behind
//
// The ISR is the controller's, so only leaders of its latest epoch are judged. Quiet about a member
// that lost bytes with the power: the controller drops it when it comes back. A watermark that is
// pulled along by the log's start (KAFKA-5634) shows here.
// Source: core/.../cluster/Partition.scala (maybeIncrementLeaderHW).

#ifndef MODELS_CHECKERS_ISR_HOLDS_COMMITTED_H_
#define MODELS_CHECKERS_ISR_HOLDS_COMMITTED_H_

#include "models/checkers/invariant.h"

namespace models {

class IsrHoldsCommitted final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<IsrHoldsCommitted>(*this);
  }
  std::string_view name() const override { return "isr-holds-committed"; }
  std::string_view why() const override {
    return "Each member of the ISR may be elected without any loss, so everything below a "
           "leader's high watermark must be in the log of each.";
  }
  std::optional<Violation> on_commit(const ReplicaChange& change) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_ISR_HOLDS_COMMITTED_H_
