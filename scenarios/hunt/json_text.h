// SPDX-License-Identifier: Apache-2.0
//
// A scenario file as a person would lay it out: what fits stands on one line.

#ifndef SCENARIOS_HUNT_JSON_TEXT_H_
#define SCENARIOS_HUNT_JSON_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace scenarios {

// With a line end.
std::string json_text(const nlohmann::ordered_json& value);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_JSON_TEXT_H_
