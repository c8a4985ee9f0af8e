// SPDX-License-Identifier: Apache-2.0
//
// Two replicas' logs agree:
//   - a batch is named by its leader epoch and base offset: two batches of one name are equal, on
//     whatever replicas and at whatever time, for only one leader writes in an epoch;
//   - below its own watermark each replica holds the committed history, so below the lesser of two
//     watermarks two logs are identical.
//
// Above its watermark a replica may hold batches of an older epoch that nobody else has; it cuts
// them when it hears of the new leader. So it may keep what the cluster was released from.

#ifndef MODELS_CHECKERS_LOG_MATCHING_H_
#define MODELS_CHECKERS_LOG_MATCHING_H_

#include "models/checkers/invariant.h"

namespace models {

class LogMatching final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override { return std::make_unique<LogMatching>(*this); }
  std::string_view name() const override { return "log-matching"; }
  std::string_view why() const override {
    return "Replicas hold equal batches where epoch and offset are equal, and equal logs below "
           "their high watermarks; otherwise consumers see different records after a failover.";
  }
  std::optional<Violation> on_replica(const ReplicaChange& change) override;

 private:
  std::optional<Violation> check_names(const ReplicaChange& change) const;
  std::optional<Violation> check_below_watermark(const ReplicaChange& change) const;
};

}  // namespace models

#endif  // MODELS_CHECKERS_LOG_MATCHING_H_
