// SPDX-License-Identifier: Apache-2.0

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "scenarios/cli/command.h"
#include "scenarios/nearest_name.h"
#include "scenarios/report_parts.h"

namespace scenarios::cli {

namespace {

std::atomic<bool> g_interrupted{false};
std::string g_program = "faultline";

void on_signal(int signal) {
  // A second one does not wait for a partial report.
  if (g_interrupted.exchange(true)) std::_Exit(128 + signal);
}

bool is_dumb() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) == "dumb";
}

std::optional<size_t> columns_of_terminal(int file) {
  winsize size{};
  if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  long said = columns == nullptr ? 0 : std::strtol(columns, nullptr, 10);
  if (said > 0 && said < 10'000) return static_cast<size_t>(said);
  return std::nullopt;
}

}  // namespace

void set_program_name(std::string argv0) { g_program = std::move(argv0); }

std::string program_name() {
  const char* called_as = std::getenv("FAULTLINE_CALLED_AS");
  return called_as != nullptr && *called_as != '\0' ? called_as : g_program;
}

const std::atomic<bool>& interrupted() { return g_interrupted; }

void watch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) != 0 && !is_dumb(); }

size_t stderr_columns() { return columns_of_terminal(STDERR_FILENO).value_or(80); }

size_t stdout_columns() {
  if (isatty(STDOUT_FILENO) == 0) return kReportColumns;
  return std::clamp<size_t>(columns_of_terminal(STDOUT_FILENO).value_or(80), 40, kReportColumns);
}

void print_wrapped(std::string_view text, size_t hang) {
  std::printf("%s\n", wrapped(text, hang, stdout_columns()).c_str());
}

bool stdout_is_colorful(bool no_color) {
  const char* no_color_set = std::getenv("NO_COLOR");
  bool refused = no_color || (no_color_set != nullptr && *no_color_set != '\0');
  return !refused && !is_dumb() && isatty(STDOUT_FILENO) != 0;
}

std::string library_folder() {
  if (const char* set = std::getenv("FAULTLINE_LIBRARY"); set != nullptr && *set != '\0')
    return set;
  std::error_code error;
  std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (std::filesystem::path at = program.parent_path(); !error && at != at.root_path();
       at = at.parent_path()) {
    std::filesystem::path library = at / "scenarios" / "library";
    if (std::filesystem::is_directory(library, error)) return library.string();
    error.clear();
  }
  return "scenarios/library";
}

std::string scenario_path(const std::string& typed) {
  std::error_code error;
  if (std::filesystem::exists(typed, error) || typed.find('/') != std::string::npos) return typed;
  std::filesystem::path shipped = std::filesystem::path(library_folder()) / (typed + ".json");
  return std::filesystem::exists(shipped, error) ? shipped.string() : typed;
}

std::vector<std::string> shipped_scenarios() {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(library_folder(), error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

namespace {

// A bare word that is neither a file nor shipped.
bool names_no_file(const std::string& path) {
  std::error_code error;
  bool is_word = path.find('/') == std::string::npos && path != "-";
  return is_word && !std::filesystem::exists(path, error);
}

void complain_of_name(const std::string& typed) {
  std::vector<std::string> names;
  for (const std::string& file : shipped_scenarios())
    names.push_back(std::filesystem::path(file).stem().string());
  if (names.empty()) {
    std::fprintf(stderr,
                 "%s: no such file; shipped scenarios are not found from here, set "
                 "FAULTLINE_LIBRARY to their folder, scenarios/library\n",
                 in_quotes(typed).c_str());
    return;
  }
  std::string suggestion = did_you_mean(typed, {names.begin(), names.end()});
  std::fprintf(stderr,
               "%s: no such file, and no shipped scenario%s  (faultline list shows those)\n",
               in_quotes(typed).c_str(), suggestion.c_str());
}

// The first of them: who has made a thousand mistakes has made one.
void print(const std::vector<Problem>& problems) {
  constexpr size_t kMostShown = 20;
  for (size_t i = 0; i < problems.size() && i < kMostShown; ++i)
    std::fprintf(stderr, "%s\n", to_string(problems[i]).c_str());
  if (problems.size() > kMostShown)
    std::fprintf(stderr, "... and %zu more\n", problems.size() - kMostShown);
}

}  // namespace

std::shared_ptr<const Scenario> load_or_complain(const std::string& file,
                                                 const std::vector<Override>& overrides) {
  std::string path = scenario_path(file);
  if (names_no_file(path)) {
    complain_of_name(file);
    return nullptr;
  }
  Loaded loaded = load_scenario(path, overrides);
  print(loaded.problems);
  if (!loaded.scenario) return nullptr;
  return std::make_shared<const Scenario>(*std::move(loaded.scenario));
}

bool parse_overrides(const std::vector<std::string>& texts, std::vector<Override>& overrides) {
  for (const std::string& text : texts) {
    size_t equals = text.find('=');
    if (equals == std::string::npos || text.empty() || text.front() != '/') {
      std::fprintf(stderr,
                   "--set %s: expected /path=value, as in --set /topics/orders/partitions=12\n",
                   text.c_str());
      return false;
    }
    overrides.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return true;
}

}  // namespace scenarios::cli
