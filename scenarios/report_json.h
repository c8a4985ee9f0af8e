// SPDX-License-Identifier: Apache-2.0
//
// Parts of the JSON reports that a run and a summary of many seeds share.

#ifndef SCENARIOS_REPORT_JSON_H_
#define SCENARIOS_REPORT_JSON_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "scenarios/run_result.h"

namespace scenarios {

std::string digest_hex(uint64_t digest);  // "5f1c9a0277d13e80"
nlohmann::ordered_json json_of(const CheckedExpectation& checked);
// How many anomalies there are in all, and how many of them "anomalies" lists.
nlohmann::ordered_json json_of(const models::AnomalyCount& count);
// {"isr_shrunk": 2, ...}, those never reached included.
nlohmann::ordered_json json_of(const MarkCounts& marks);

}  // namespace scenarios

#endif  // SCENARIOS_REPORT_JSON_H_
