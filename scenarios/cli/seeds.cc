// SPDX-License-Identifier: Apache-2.0

#include "scenarios/cli/seeds.h"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace scenarios::cli {

bool parse_seeds(const std::string& text, bool count_alone, std::pair<uint64_t, uint64_t>& seeds) {
  size_t dots = text.find("..");
  auto number = [](std::string_view part, uint64_t& value) {
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc() && end == part.data() + part.size() && !part.empty();
  };
  seeds.first = 1;
  bool good = dots == std::string::npos
                  ? count_alone && number(text, seeds.second)
                  : number(std::string_view(text).substr(0, dots), seeds.first) &&
                        number(std::string_view(text).substr(dots + 2), seeds.second);
  if (good && seeds.first <= seeds.second && seeds.second - seeds.first < 1'000'000) return true;
  std::fprintf(stderr,
               "--seeds %s: expected %sA..B with A <= B and at most a million seeds, as in --seeds "
               "1..200\n",
               text.c_str(), count_alone ? "a number of seeds, or " : "");
  return false;
}

}  // namespace scenarios::cli
