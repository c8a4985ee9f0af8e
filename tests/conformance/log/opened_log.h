// SPDX-License-Identifier: Apache-2.0
//
// What our log code finds in a directory, in the words of kafka_log.sh open.

#ifndef TESTS_CONFORMANCE_LOG_OPENED_LOG_H_
#define TESTS_CONFORMANCE_LOG_OPENED_LOG_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace conformance {

struct OpenSettings {
  int64_t now_ms = 0;
  int64_t producer_id_expiration_ms = 86'400'000;
  nlohmann::json config = nlohmann::json::object();  // The topics'.
};

// Opens `log` ("orders-0") in `folder` with the checkpoints there, recovers it if the clean marker
// is missing, and reads all of it. The files are left as by a kill; the marker stays.
nlohmann::json open_ours(const std::string& folder, const std::string& log,
                         const OpenSettings& settings);
// The same for each partition of the folder but those of the metadata log, by name.
std::vector<nlohmann::json> open_all_ours(const std::string& folder, const OpenSettings& settings);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_OPENED_LOG_H_
