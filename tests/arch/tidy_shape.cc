// SPDX-License-Identifier: Apache-2.0
//
// How a file begins and how long it may get.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/tidy_rules.h"
#include "tests/arch/tidy_scopes.h"

namespace tests {

namespace {

constexpr int kFileLines = 600;
constexpr int kFunctionLines = 70;

bool ends(const std::string& path, std::string_view suffix) {
  return path.size() >= suffix.size() &&
         path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::string guard_of(const std::string& path) {
  std::string guard;
  for (char c : path) {
    guard += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
  }
  return guard + "_";
}

std::vector<Finding> check_header(const std::string& path, const std::vector<std::string>& lines) {
  std::vector<Finding> findings;
  size_t guard = 0;
  bool says_purpose = false;
  while (guard < lines.size() && lines[guard].rfind("#", 0) != 0) {
    // More than the licence and an empty comment.
    says_purpose = says_purpose || (guard > 0 && lines[guard].rfind("// ", 0) == 0);
    ++guard;
  }
  int line = static_cast<int>(guard) + 1;
  if (!says_purpose) findings.push_back({1, "no comment before the guard says what this is for"});
  std::string name = guard_of(path);
  if (guard + 1 >= lines.size() || lines[guard] != "#ifndef " + name ||
      lines[guard + 1] != "#define " + name) {
    findings.push_back({line, "the header guard must be " + name});
  }
  return findings;
}

}  // namespace

std::vector<Finding> check_opening(const std::string& path, std::string_view text) {
  std::vector<std::string> lines = lines_of(text);
  std::string comment = ends(path, ".h") || ends(path, ".cc") ? "//" : "#";
  std::string licence = comment + " SPDX-License-Identifier: Apache-2.0";
  size_t first = !lines.empty() && lines[0].rfind("#!", 0) == 0 ? 1 : 0;
  std::vector<Finding> findings;
  if (lines.size() <= first || lines[first] != licence) {
    findings.push_back({static_cast<int>(first) + 1, "this line must be: " + licence});
  }
  if (ends(path, ".h")) {
    for (Finding& finding : check_header(path, lines)) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Finding> check_sizes(const std::string& path, std::string_view text) {
  std::vector<Finding> findings;
  int lines = static_cast<int>(lines_of(text).size());
  if (lines > kFileLines) {
    findings.push_back({kFileLines, std::to_string(lines) + " lines: at most 600; split it"});
  }
  if (!ends(path, ".h") && !ends(path, ".cc")) return findings;
  for (const Function& function : scopes_of(text).functions) {
    if (function.lines <= kFunctionLines) continue;
    findings.push_back({function.line, function.name + " has " + std::to_string(function.lines) +
                                           " lines: at most 70; split it"});
  }
  return findings;
}

}  // namespace tests
