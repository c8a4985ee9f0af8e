// SPDX-License-Identifier: Apache-2.0
//
// Records, counted and taken into one CRC-32C, as Canonical.java does: tests/conformance/kafka's
// README says how.

#ifndef TESTS_CONFORMANCE_LOG_CANONICAL_H_
#define TESTS_CONFORMANCE_LOG_CANONICAL_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/cord.h"
#include "models/log/record_batch.h"

namespace conformance {

class Canonical {
 public:
  void add(const models::RecordView& record);
  int64_t records() const { return records_; }
  // {"records": N, "crc": "8 hex digits"}
  nlohmann::json report() const;

 private:
  void put(std::optional<std::string_view> bytes);

  absl::Cord bytes_;
  std::string pending_;
  int64_t records_ = 0;
};

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_CANONICAL_H_
