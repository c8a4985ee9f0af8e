// SPDX-License-Identifier: Apache-2.0

#include "scenarios/message_names.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "fmt/format.h"
#include "models/protocol/message.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

constexpr std::string_view kRequest = "Request";

template <size_t... I>
std::vector<std::string> names(std::index_sequence<I...>) {
  return {std::string(std::variant_alternative_t<I, models::Message>::kName)...};
}

std::vector<std::string> full_names() {
  return names(std::make_index_sequence<std::variant_size_v<models::Message>>());
}

}  // namespace

std::vector<std::string> names_of_messages() {
  std::vector<std::string> all = full_names();
  for (size_t i = 0, count = all.size(); i < count; ++i) {
    std::string_view name = all[i];
    if (name.ends_with(kRequest)) all.emplace_back(name.substr(0, name.size() - kRequest.size()));
  }
  std::sort(all.begin(), all.end());
  return all;
}

absl::StatusOr<std::string> message_named(std::string_view name) {
  for (const std::string& full : full_names()) {
    if (full == name || full == std::string(name).append(kRequest)) return full;
  }
  std::vector<std::string> known = names_of_messages();
  std::string nearest = did_you_mean(name, {known.begin(), known.end()});
  if (nearest.empty()) nearest = "; write a request of Kafka's, as \"AlterPartition\"";
  return absl::InvalidArgumentError(
      fmt::format("there is no message {}{}", in_quotes(name), nearest));
}

}  // namespace scenarios
