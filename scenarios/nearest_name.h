// SPDX-License-Identifier: Apache-2.0
//
// "Did you mean": the known name that a misspelt one is nearest to.

#ifndef SCENARIOS_NEAREST_NAME_H_
#define SCENARIOS_NEAREST_NAME_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scenarios {

// Edits between two names: insert, delete, replace a character, swap two neighbours
// (Damerau-Levenshtein, each part edited once). Stops counting above `most`.
int edit_distance(std::string_view a, std::string_view b, int most);

// The nearest of `known` within two edits (one, for names of up to four characters), else the first
// that begins with `name` or that `name` begins with (three characters at least). The first of
// equals.
std::optional<std::string_view> nearest_name(std::string_view name,
                                             const std::vector<std::string_view>& known);

// `; did you mean "partition"?`, or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known);

// A name from a file for a message: in quotes, without control characters, cut when long.
std::string in_quotes(std::string_view name);

}  // namespace scenarios

#endif  // SCENARIOS_NEAREST_NAME_H_
