// SPDX-License-Identifier: Apache-2.0
//
// Which batches and markers of transactions the cleaner may drop, told while it walks a log:
//
//   data of an aborted transaction   may go at once
//   marker of a transaction          may go, after its delete horizon, once no data of the
//                                    transaction is left below it; an abort marker with data left
//                                    keeps its entry in the transaction index
//
// Source: storage/.../log/CleanedTransactionMetadata.java.

#ifndef MODELS_LOG_CLEANED_TRANSACTIONS_H_
#define MODELS_LOG_CLEANED_TRANSACTIONS_H_

#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/cord.h"
#include "models/log/index_entries.h"
#include "models/log/record_batch.h"

namespace models {

class CleanedTransactions {
 public:
  // Aborted transactions of the part that is walked next.
  void add(const std::vector<AbortedTxn>& aborted);

  struct Verdict {
    bool may_drop = false;
    std::optional<AbortedTxn> keep_in_index;  // To be written to the cleaned segment's index.
  };
  // Call for each batch, in order.
  Verdict on_batch(const absl::Cord& batch, const BatchHeader& header);

 private:
  struct Aborted {
    AbortedTxn txn;
    bool has_data = false;
  };
  void begin_up_to(Offset offset);

  absl::btree_multimap<Offset, AbortedTxn> ahead_;  // By first offset.
  absl::btree_map<ProducerId, Aborted> aborted_;
  absl::btree_set<ProducerId> committed_;
};

}  // namespace models

#endif  // MODELS_LOG_CLEANED_TRANSACTIONS_H_
