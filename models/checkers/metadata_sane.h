// SPDX-License-Identifier: Apache-2.0
//
// What the controller has committed about a partition makes sense: the leader is in the ISR, the
// ISR is a part of the replicas and is not empty, epochs never go back, each change has a partition
// epoch of its own, and a leader comes from the ISR unless unclean elections are allowed.
// Source: metadata/.../controller/PartitionChangeBuilder.java.

#ifndef MODELS_CHECKERS_METADATA_SANE_H_
#define MODELS_CHECKERS_METADATA_SANE_H_

#include "models/checkers/invariant.h"

namespace models {

class MetadataSane final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<MetadataSane>(*this);
  }
  std::string_view name() const override { return "metadata-sane"; }
  std::string_view why() const override {
    return "Brokers and clients act on the controller's word alone; a leader outside the ISR or an "
           "epoch that goes back would let them act on different histories.";
  }
  std::optional<Violation> on_registration(const RegistrationChange& change) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_METADATA_SANE_H_
