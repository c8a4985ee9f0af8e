// SPDX-License-Identifier: Apache-2.0

#include "models/log/cleaned_transactions.h"

#include "models/log/control_records.h"

namespace models {

void CleanedTransactions::add(const std::vector<AbortedTxn>& aborted) {
  for (const AbortedTxn& txn : aborted) ahead_.emplace(txn.first_offset, txn);
}

void CleanedTransactions::begin_up_to(Offset offset) {
  while (!ahead_.empty() && ahead_.begin()->first <= offset) {
    const AbortedTxn& txn = ahead_.begin()->second;
    aborted_.try_emplace(txn.producer_id, Aborted{txn});
    ahead_.erase(ahead_.begin());
  }
}

CleanedTransactions::Verdict CleanedTransactions::on_batch(const absl::Cord& batch,
                                                           const BatchHeader& header) {
  begin_up_to(header.last_offset());
  ProducerId producer = header.producer_id;
  if (!header.is_control()) {
    if (!header.is_transactional()) return {};
    auto aborted = aborted_.find(producer);
    if (aborted == aborted_.end()) {
      committed_.insert(producer);
      return {};
    }
    aborted->second.has_data = true;
    return {.may_drop = true};
  }
  if (header.record_count == 0) return {.may_drop = true};  // Emptied by an earlier round.
  std::optional<EndTxnMarker> marker = end_txn_marker_of(batch, header);
  if (!marker) return {};
  if (!marker->is_abort) return {.may_drop = committed_.erase(producer) == 0};
  auto aborted = aborted_.find(producer);
  if (aborted == aborted_.end()) return {.may_drop = true};
  Verdict verdict{.may_drop = !aborted->second.has_data};
  if (aborted->second.has_data) verdict.keep_in_index = aborted->second.txn;
  aborted_.erase(aborted);
  return verdict;
}

}  // namespace models
