// SPDX-License-Identifier: Apache-2.0
//
// No replica cuts its log below its own high watermark, or replaces what was there.
//
//   broker 2, watermark 122   [..118)[118..121][122..130]
//   told to cut to 118        [..118)                       violation
//
// Legal when the cluster was released from those records (partition_memory.h: an unclean election, or
// a power loss that took them from everyone), when the log starts past them, when the replica was
// removed and begins anew, and over a crash, where the first sight of a log counts as its beginning.
// Source: core/.../server/AbstractFetcherThread.scala (truncate), KIP-101.

#ifndef MODELS_CHECKERS_CUTS_SPARE_COMMITTED_H_
#define MODELS_CHECKERS_CUTS_SPARE_COMMITTED_H_

#include "models/checkers/invariant.h"

namespace models {

class CutsSpareCommitted final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<CutsSpareCommitted>(*this);
  }
  std::string_view name() const override { return "cuts-spare-committed"; }
  std::string_view why() const override {
    return "A replica knows that what lies below its high watermark is committed; if it cuts "
           "that, the cluster has one copy less than it has promised.";
  }
  std::optional<Violation> on_replica(const ReplicaChange& change) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_CUTS_SPARE_COMMITTED_H_
