// SPDX-License-Identifier: Apache-2.0
//
// A replica that the controller adds to the ISR holds everything that is committed: it may be the
// next leader. It must have reached both the leader's watermark and the start of the leader's
// epoch, for a new leader's watermark may lag behind what its predecessor committed (KAFKA-7128).
//
// Only the joining is checked: a member may well lose bytes with the power before the controller
// drops it. Source: core/.../cluster/Partition.scala (isFollowerInSync).

#ifndef MODELS_CHECKERS_IN_SYNC_MEANS_COMMITTED_H_
#define MODELS_CHECKERS_IN_SYNC_MEANS_COMMITTED_H_

#include "models/checkers/invariant.h"

namespace models {

class InSyncMeansCommitted final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<InSyncMeansCommitted>(*this);
  }
  std::string_view name() const override { return "in-sync-means-committed"; }
  std::string_view why() const override {
    return "A replica in the ISR may be elected without any loss, so it must hold all committed "
           "records when it joins.";
  }
  std::optional<Violation> on_registration(const RegistrationChange& change) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_IN_SYNC_MEANS_COMMITTED_H_
