// SPDX-License-Identifier: Apache-2.0
//
// Batches from a script's description (tests/conformance/kafka/FORMATS.md), by our own builder.

#ifndef TESTS_CONFORMANCE_LOG_DESCRIBED_BATCH_H_
#define TESTS_CONFORMANCE_LOG_DESCRIBED_BATCH_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/cord.h"

namespace conformance {

// null, base64, {"text", "modulo"} or {"bytes", "seed"}; `index` counts a record's repeats.
std::optional<std::string> described_bytes(const nlohmann::json& spec, int64_t index);
absl::Cord described_batch(const nlohmann::json& batch);
// A batch of transactions' ends or of Raft.
bool is_control_batch(const nlohmann::json& batch);
// Its bytes need not be Kafka's: the codec's library is another one, or another version.
bool depends_on_library(const nlohmann::json& batch);

std::string from_base64(std::string_view text);
std::string to_base64(std::string_view bytes);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_DESCRIBED_BATCH_H_
