// SPDX-License-Identifier: Apache-2.0

#include "models/log/log_file_name.h"

#include <algorithm>
#include <charconv>

namespace models {

namespace {

constexpr size_t kOffsetDigits = 20;
constexpr size_t kUniqueDigits = 32;

constexpr std::string_view kKinds[] = {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix,
                                       kTxnIndexSuffix, kSnapshotSuffix};
constexpr std::string_view kStates[] = {kCleanedSuffix, kSwapSuffix, kDeletedSuffix};

template <class Number>
std::optional<Number> number_in(std::string_view digits) {
  Number value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

// What follows the dot of "orders-0.<unique>-delete"; nothing if it is not of that form.
std::optional<LogDirectoryState> state_in(std::string_view ending) {
  if (ending.size() <= kUniqueDigits) return std::nullopt;
  std::string_view unique = ending.substr(0, kUniqueDigits);
  auto is_hex = [](char c) { return ('0' <= c && c <= '9') || ('a' <= c && c <= 'f'); };
  if (!std::all_of(unique.begin(), unique.end(), is_hex)) return std::nullopt;
  std::string_view state = ending.substr(kUniqueDigits);
  if (state == "-delete") return LogDirectoryState::kDelete;
  if (state == "-future") return LogDirectoryState::kFuture;
  if (state == "-stray") return LogDirectoryState::kStray;
  return std::nullopt;
}

}  // namespace

std::string segment_file_name(Offset base, std::string_view suffix) {
  std::string digits = std::to_string(base.value());
  return std::string(kOffsetDigits - digits.size(), '0') + digits + std::string(suffix);
}

std::optional<LogFileName> parse_log_file_name(std::string_view name) {
  if (name.size() <= kOffsetDigits) return std::nullopt;
  auto base = number_in<int64_t>(name.substr(0, kOffsetDigits));
  if (!base) return std::nullopt;
  std::string_view ending = name.substr(kOffsetDigits);
  for (std::string_view kind : kKinds) {
    if (ending == kind) return LogFileName{Offset(*base), kind, {}};
    for (std::string_view state : kStates) {
      if (ending.size() == kind.size() + state.size() && ending.starts_with(kind) &&
          ending.ends_with(state))
        return LogFileName{Offset(*base), kind, state};
    }
  }
  return std::nullopt;
}

std::optional<LogDirectoryName> parse_log_directory_name(std::string_view name) {
  LogDirectoryName found;
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    auto state = state_in(name.substr(dot + 1));
    if (!state) continue;  // A topic's name may have dots.
    found.state = *state;
    name = name.substr(0, dot);
    break;
  }
  size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  auto partition = number_in<int32_t>(name.substr(dash + 1));
  if (!partition) return std::nullopt;
  found.partition = {std::string(name.substr(0, dash)), *partition};
  return found;
}

}  // namespace models
