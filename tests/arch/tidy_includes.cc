// SPDX-License-Identifier: Apache-2.0
//
// Which file may include which: directions between layers, and the homes of libraries.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/tidy_rules.h"

namespace tests {

namespace {

// The values of sim/ that machines may see; the rest of sim/ is the kernel.
constexpr std::string_view kSimBase[] = {
    "sim/check", "sim/fields", "sim/file_system", "sim/message",   "sim/quantile_table",
    "sim/rng",   "sim/time",   "sim/trace_event", "sim/strong_id",
};

struct Library {
  std::string_view include;             // How its headers begin.
  std::vector<std::string_view> homes;  // How the paths that may include it begin.
};

const std::vector<Library>& libraries() {
  static const std::vector<Library> kLibraries = {
      {"nlohmann/",
       {"scenarios/json_", "scenarios/schema", "scenarios/report", "scenarios/trace_",
        "scenarios/cause_words.", "scenarios/hunt/", "tests/"}},
      {"sqlite3", {"scenarios/sqlite_file.", "scenarios/trace_sqlite.", "tests/"}},
      {"CLI/", {"scenarios/cli/", "scenarios/main.cc"}},
      {"boost/", {"sim/topology.", "scenarios/cause_graph."}},
      {"fmt/", {"scenarios/", "tests/"}},
      {"isa-l", {"models/log/crc32c."}},
      {"zlib.h", {"models/log/compression_gzip."}},
      {"snappy", {"models/log/compression_snappy."}},
      {"lz4", {"models/log/compression_lz4."}},
      {"zstd", {"models/log/compression_zstd."}},
      {"gtest/", {"tests/"}},
      {"gmock/", {"tests/"}},
      {"rapidcheck", {"tests/", "scenarios/hunt"}},
      {"benchmark/", {"tests/bench/"}},
  };
  return kLibraries;
}

bool begins(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool is_own(std::string_view include) {
  return begins(include, "sim/") || begins(include, "models/") || begins(include, "scenarios/") ||
         begins(include, "tests/") || begins(include, "viz/");
}

bool is_base(std::string_view path) {
  std::string_view stem = path.substr(0, path.rfind('.'));
  return std::find(std::begin(kSimBase), std::end(kSimBase), stem) != std::end(kSimBase);
}

bool is_kernel(std::string_view path) { return begins(path, "sim/") && !is_base(path); }

// Why the file may not include this; empty if it may.
std::string_view objection(std::string_view path, std::string_view include) {
  if (begins(include, "tests/") && !begins(path, "tests/")) return "tests are for tests only";
  if (begins(include, "viz/") && !begins(path, "viz/") && !begins(path, "tests/")) {
    return "nothing stands above the window";
  }
  if (is_base(path) && !is_base(include)) return "sim's values know values only";
  if (begins(path, "sim/") && !begins(include, "sim/")) return "the kernel knows nothing of Kafka";
  if (!begins(path, "models/")) return "";
  if (begins(include, "scenarios/")) return "models know nothing of scenarios";
  if (begins(path, "models/node/")) return "";
  if (is_kernel(include)) return "machines see sim's values through Step, never the kernel";
  if (begins(include, "models/node/")) return "the shell knows the machines, not they it";
  return "";
}

}  // namespace

std::vector<Finding> check_directions(const std::string& path, std::string_view text) {
  std::vector<Finding> findings;
  for (const Include& include : includes_of(text)) {
    if (!is_own(include.path)) continue;
    std::string_view why = objection(path, include.path);
    if (why.empty()) continue;
    findings.push_back({include.line, "includes " + include.path + ": " + std::string(why)});
  }
  return findings;
}

std::vector<Finding> check_homes(const std::string& path, std::string_view text) {
  std::vector<Finding> findings;
  for (const Include& include : includes_of(text)) {
    for (const Library& library : libraries()) {
      if (!begins(include.path, library.include)) continue;
      auto is_home = [&](std::string_view home) { return begins(path, home); };
      if (std::any_of(library.homes.begin(), library.homes.end(), is_home)) continue;
      std::string homes;
      for (std::string_view home : library.homes) homes += " " + std::string(home) + "*";
      findings.push_back({include.line, "includes " + include.path + ": its home is" + homes});
    }
  }
  return findings;
}

}  // namespace tests
