// SPDX-License-Identifier: Apache-2.0

#include "models/log/control_marker.h"

#include "models/log/byte_order.h"

namespace models {

std::optional<EndTxnMarker> end_txn_marker_of(const absl::Cord& batch, const BatchHeader& header) {
  if (!header.is_control() || header.record_count == 0) return std::nullopt;
  std::optional<EndTxnMarker> marker;
  (void)for_each_record(batch, header, [&](const RecordView& record) {
    if (!record.key || record.key->size() < 4 || !record.value || record.value->size() < 6) return;
    int16_t type = load_big_endian<int16_t>(record.key->data() + 2);
    if (type != 0 && type != 1) return;  // ABORT, COMMIT
    marker = EndTxnMarker{type == 0, load_big_endian<int32_t>(record.value->data() + 2)};
  });
  return marker;
}

}  // namespace models
