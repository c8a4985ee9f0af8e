// SPDX-License-Identifier: Apache-2.0

#include "scenarios/cli/log_typed.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "scenarios/printable.h"

namespace scenarios::cli {

namespace fs = std::filesystem;

int complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 2;
}

std::optional<Opened> open_typed(const std::string& typed) {
  std::error_code error;
  // A link that was typed is meant; none inside is followed.
  fs::path real = fs::canonical(typed, error);
  if (error) {
    complain(printable(typed) + ": " + error.message());
    return std::nullopt;
  }
  bool is_folder = fs::is_directory(real, error);
  auto files = RealDirectory::open((is_folder ? real : real.parent_path()).string(),
                                   RealDirectory::Mode::kReadOnly);
  if (!files.ok()) {
    complain(std::string(files.status().message()));
    return std::nullopt;
  }
  std::string name = real.filename().string();
  return Opened{*std::move(files), is_folder ? "" : name, name};
}

std::vector<LogPlace> places_in(Opened& opened, const std::string& typed) {
  auto places = find_log_places(opened.files, "");
  if (!places.ok()) {
    complain(printable(typed) + ": " + std::string(places.status().message()));
    return {};
  }
  if (places->empty()) {
    auto names = opened.files.list("");
    complain(printable(typed) +
             (names.ok() && names->empty()
                  ? ": the folder is empty"
                  : ": no log directory: expected segments (00000000000000000000.log), partitions "
                    "(orders-0) or meta.properties in it"));
  }
  return *std::move(places);
}

std::string shown_path(const std::string& typed, const std::string& below) {
  std::string folder = typed;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  if (below.empty()) return folder;
  return folder == "/" ? "/" + below : folder + "/" + below;
}

}  // namespace scenarios::cli
