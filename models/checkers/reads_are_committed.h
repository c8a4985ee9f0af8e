// SPDX-License-Identifier: Apache-2.0
//
// Consumers see what is committed and nothing else: each batch that a broker gives to one begins
// below that broker's high watermark and is the batch of its place in the committed history; and a
// consumer that asks where a partition ends is told no more than the high watermark.
//
//   watermark 122        [..118)[118..121][122..130]
//   given to a consumer          [118..121][122..130]   violation: above the watermark
//
// Quiet about what a broker of an older history gives after the cluster was released from it.
// Source: core/.../cluster/Partition.scala (readRecords).

#ifndef MODELS_CHECKERS_READS_ARE_COMMITTED_H_
#define MODELS_CHECKERS_READS_ARE_COMMITTED_H_

#include "models/checkers/invariant.h"

namespace models {

class ReadsAreCommitted final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<ReadsAreCommitted>(*this);
  }
  std::string_view name() const override { return "reads-are-committed"; }
  std::string_view why() const override {
    return "A consumer must not act on a record that a failover can take away: it gets what is "
           "below the high watermark, as it was committed.";
  }
  std::optional<Violation> on_reading(const ServedRead& read) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_READS_ARE_COMMITTED_H_
