// SPDX-License-Identifier: Apache-2.0

#include "scenarios/nearest_name.h"

#include <algorithm>
#include <span>

#include "fmt/format.h"

namespace scenarios {

namespace {

constexpr size_t kLongestCompared = 256;
constexpr size_t kMostCompared = 1000;
constexpr size_t kLongestQuoted = 80;
constexpr size_t kShortestPrefix = 3;

bool one_begins_with_other(std::string_view a, std::string_view b) {
  size_t common = std::min(a.size(), b.size());
  return common >= kShortestPrefix && a.substr(0, common) == b.substr(0, common);
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b, int most) {
  size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > static_cast<size_t>(most) || std::max(a.size(), b.size()) > kLongestCompared) {
    return most + 1;
  }
  std::vector<int> two_back(b.size() + 1), back(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) back[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      int replaced = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({back[j] + 1, row[j - 1] + 1, replaced});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], two_back[j - 2] + 1);
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return std::min(back[b.size()], most + 1);
}

std::optional<std::string_view> nearest_name(std::string_view name,
                                             const std::vector<std::string_view>& all) {
  // A hostile file may declare any number of names and misspell them as often.
  std::span<const std::string_view> known(all.data(), std::min(all.size(), kMostCompared));
  const int most = name.size() <= 4 ? 1 : 2;
  std::optional<std::string_view> nearest;
  int least = most + 1;
  for (std::string_view candidate : known) {
    int distance = edit_distance(name, candidate, most);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  if (nearest) return nearest;
  for (std::string_view candidate : known) {
    if (one_begins_with_other(name, candidate)) return candidate;
  }
  return std::nullopt;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known) {
  std::optional<std::string_view> nearest = nearest_name(name, known);
  return nearest ? fmt::format("; did you mean {}?", in_quotes(*nearest)) : "";
}

std::string in_quotes(std::string_view name) {
  std::string text = "\"";
  for (char c : name.substr(0, kLongestQuoted)) {
    bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    text += control ? '?' : c;
  }
  // A cut must not leave half a character behind.
  if (name.size() > kLongestQuoted) {
    while (text.size() > 1 && (text.back() & 0x80)) text.pop_back();
    text += "...";
  }
  return text + "\"";
}

}  // namespace scenarios
