// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "scenarios/cli/command.h"

namespace scenarios::cli {

namespace {

int list() {
  std::string folder = library_folder();
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  if (error || files.empty()) {
    std::fprintf(stderr, "%s: no scenarios there; set FAULTLINE_LIBRARY to their folder\n", folder.c_str());
    return 2;
  }
  std::sort(files.begin(), files.end());
  int exit_code = 0;
  for (const std::string& file : files) {
    auto scenario = load_or_complain(file, {});
    if (!scenario) {
      exit_code = 2;
      continue;
    }
    std::printf("%-18s %s\n%-18s %s\n", scenario->name.c_str(), scenario->title.c_str(), "", scenario->why.c_str());
  }
  return exit_code;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("list", "The shipped scenarios and what each teaches");
  command->footer("Example:\n  faultline list\n  faultline run leader_crash");
  command->callback([&exit_code] { exit_code = list(); });
}

}  // namespace scenarios::cli
