// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "models/common/config_keys.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"

namespace scenarios::cli {

namespace {

constexpr models::ConfigScope kScopes[] = {
    models::ConfigScope::kBroker, models::ConfigScope::kTopic, models::ConfigScope::kProducer,
    models::ConfigScope::kConsumer};

void print(const models::ConfigKey& key) {
  print_wrapped(fmt::format("{:<9} {:<48} default {:<20} {}", name_of(key.scope), key.name,
                            default_of(key), key.allowed),
                10);
  print_wrapped(std::string(10, ' ') + std::string(key.about), 10);
}

int config(const std::string& wanted) {
  bool found = false;
  for (models::ConfigScope scope : kScopes) {
    for (const models::ConfigKey& key : models::config_keys(scope)) {
      bool matches = wanted.empty() || key.name == wanted ||
                     (wanted.back() == '.' && key.name.starts_with(wanted));
      if (!matches) continue;
      found = true;
      print(key);
    }
    if (!wanted.empty() && models::is_known_unsupported(scope, wanted)) {
      found = true;
      std::printf("%-9s %-48s not supported yet\n", std::string(name_of(scope)).c_str(),
                  wanted.c_str());
    }
  }
  if (found) return 0;
  std::vector<std::string_view> known;
  for (models::ConfigScope scope : kScopes) {
    for (const models::ConfigKey& key : models::config_keys(scope)) known.push_back(key.name);
  }
  return unknown_name("config key", wanted, known, "faultline config");
}

}  // namespace

void add_config(CLI::App& app, int& exit_code) {
  auto key = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("config", "Kafka's settings that are honoured, with defaults");
  command->footer(
      "Examples:\n  faultline config\n  faultline config min.insync.replicas\n  faultline config "
      "replica.");
  command->add_option("KEY", *key, "One key, or a beginning that ends with a dot");
  command->callback([key, &exit_code] { exit_code = config(*key); });
}

}  // namespace scenarios::cli
