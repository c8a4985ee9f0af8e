// SPDX-License-Identifier: Apache-2.0
//
// Batches that Kafka itself wrote (tests/data/kafka_batches).

#ifndef TESTS_MODELS_LOG_KAFKA_BATCHES_H_
#define TESTS_MODELS_LOG_KAFKA_BATCHES_H_

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/cord.h"
#include "models/log/record_batch.h"
#include "sim/check.h"

namespace models {

inline absl::Cord kafka_batch(const std::string& name) {
  std::ifstream in(
      std::string(FAULTLINE_SOURCE_DIR) + "/tests/data/kafka_batches/" + name + ".batch",
      std::ios::binary);
  SIM_CHECK(in.good(), "no such file", name);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return absl::Cord(bytes.str());
}

// What stands behind the header: records, or one compressed stream.
inline std::string payload_of(const absl::Cord& batch) {
  return std::string(batch.Subcord(static_cast<size_t>(kBatchHeaderBytes), batch.size()));
}

}  // namespace models

#endif  // TESTS_MODELS_LOG_KAFKA_BATCHES_H_
