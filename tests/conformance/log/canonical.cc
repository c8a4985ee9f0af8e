// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/canonical.h"

#include <cstdio>

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"

namespace conformance {

void Canonical::put(std::optional<std::string_view> bytes) {
  models::append_big_endian(pending_, bytes ? static_cast<int32_t>(bytes->size()) : -1);
  if (bytes) pending_.append(*bytes);
}

void Canonical::add(const models::RecordView& record) {
  ++records_;
  models::append_big_endian(pending_, record.offset.value());
  models::append_big_endian(pending_, record.timestamp_ms);
  put(record.key);
  put(record.value);
  models::append_big_endian(pending_, static_cast<int32_t>(record.headers.size()));
  for (const auto& [key, value] : record.headers) {
    put(key);
    put(value);
  }
  if (pending_.size() < (1 << 16)) return;
  bytes_.Append(pending_);
  pending_.clear();
}

nlohmann::json Canonical::report() const {
  absl::Cord all = bytes_;
  all.Append(pending_);
  char crc[16];
  std::snprintf(crc, sizeof(crc), "%08x", models::crc32c(all));
  return {{"records", records_}, {"crc", crc}};
}

}  // namespace conformance
