// SPDX-License-Identifier: Apache-2.0

#include "scenarios/cli/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "scenarios/nearest_name.h"

namespace scenarios::cli {

namespace {

const CLI::App* deepest_parsed(const CLI::App* app) {
  for (;;) {
    std::vector<CLI::App*> parsed = app->get_subcommands();
    if (parsed.empty()) return app;
    app = parsed.back();
  }
}

// "faultline log verify".
std::string full_name(const CLI::App* command) {
  std::string name = command->get_name();
  for (const CLI::App* at = command->get_parent(); at != nullptr; at = at->get_parent())
    name = at->get_name() + " " + name;
  return name;
}

std::string unknown_command(const CLI::App* app, const std::string& typed) {
  std::vector<std::string_view> names;
  std::vector<std::string> kept;
  for (const CLI::App* command : app->get_subcommands({})) kept.push_back(command->get_name());
  bool is_top = app->get_parent() == nullptr;
  if (is_top)
    kept.insert(kept.end(), {"test", "bench"});  // Of the script that starts this program.
  names.assign(kept.begin(), kept.end());
  return fmt::format("unknown command {}{}", in_quotes(typed), did_you_mean(typed, names));
}

std::string unknown_option(const CLI::App* command, const std::string& typed) {
  std::string name = typed.substr(0, typed.find('='));
  std::vector<std::string> kept;
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& each : option->get_lnames()) kept.push_back("--" + each);
  }
  if (std::find(kept.begin(), kept.end(), name) != kept.end()) {
    return fmt::format("{} stands before its command; write {} ... {}", in_quotes(name),
                       full_name(command), name);
  }
  std::vector<std::string_view> names(kept.begin(), kept.end());
  return fmt::format("unknown option {}{}", in_quotes(name), did_you_mean(name, names));
}

std::string without_line_ends(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// The command line's own account of what it could not use.
std::string account_of(const CLI::App* app, const CLI::App* command, const CLI::Error& error) {
  std::vector<std::string> left = app->remaining(true);
  bool missing_command = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
                         !command->get_subcommands({}).empty();
  if (missing_command)
    return left.empty() ? "no command given" : unknown_command(command, left.front());
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || left.empty())
    return without_line_ends(error.what());
  for (const std::string& each : left) {
    if (each.size() > 1 && each.front() == '-') return unknown_option(command, each);
  }
  return fmt::format("cannot use {}", in_quotes(left.front()));
}

}  // namespace

CLI::Validator whole_number(uint64_t least, uint64_t most) {
  return CLI::Validator(
      [least, most](std::string& text) {
        uint64_t value = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        bool number = error == std::errc() && end == text.data() + text.size() && !text.empty();
        if (number && least <= value && value <= most) return std::string();
        return fmt::format("{} is not a whole number from {} to {}", in_quotes(text), least, most);
      },
      "");
}

CLI::Validator not_empty(std::string example) {
  return CLI::Validator(
      [example](std::string& text) {
        return text.empty() ? fmt::format("is empty; expected a value, as {}", example)
                            : std::string();
      },
      "");
}

std::string usage_problem(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* command = deepest_parsed(app);
  std::string help = full_name(command);
  return fmt::format("{}: {}  ({} --help tells more)\n", help, account_of(app, command, error),
                     help);
}

int unknown_name(std::string_view what, std::string_view name,
                 const std::vector<std::string_view>& known, std::string_view list_command) {
  std::string line = fmt::format("unknown {} {}{}  ({} lists all)\n", what, in_quotes(name),
                                 did_you_mean(name, known), list_command);
  std::fputs(line.c_str(), stderr);
  return 2;
}

}  // namespace scenarios::cli
