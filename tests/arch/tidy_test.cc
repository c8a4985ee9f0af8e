// SPDX-License-Identifier: Apache-2.0
//
// Reads the whole tree and holds it to its own rules. There is no list of exceptions: what fails
// here is changed, or the rule is (tests/arch/tidy_rules.h).

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/arch/tidy_rules.h"

namespace tests {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = FAULTLINE_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_cpp(const fs::path& path) { return path.extension() == ".h" || path.extension() == ".cc"; }

bool is_build_file(const fs::path& path) {
  return path.filename() == "CMakeLists.txt" || path.extension() == ".cmake";
}

// Text by path from the root: C++, build files and the scripts.
const std::map<std::string, std::string>& sources() {
  static const std::map<std::string, std::string> kSources = [] {
    std::map<std::string, std::string> found;
    for (const char* name : {"CMakeLists.txt", "faultline", ".ci/run"}) {
      found[name] = read(kRoot / name);
    }
    for (const char* folder : {"sim", "models", "scenarios", "viz", "tests"}) {
      if (!fs::exists(kRoot / folder)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
        if (!entry.is_regular_file()) continue;
        if (!is_cpp(entry.path()) && !is_build_file(entry.path())) continue;
        found[entry.path().lexically_relative(kRoot).generic_string()] = read(entry.path());
      }
    }
    return found;
  }();
  return kSources;
}

using Rule = std::vector<Finding> (*)(const std::string& path, std::string_view text);

// What the rule says of all files, one line each; empty if they keep it.
std::string breaches(Rule rule, bool cpp_only) {
  std::string text;
  for (const auto& [path, source] : sources()) {
    if (cpp_only && !is_cpp(path)) continue;
    for (const Finding& finding : rule(path, source)) {
      text += path + ":" + std::to_string(finding.line) + ": " + finding.text + "\n";
    }
  }
  return text;
}

// The folders of which tests/CMakeLists.txt builds every file.
std::set<std::string> built_folders() {
  std::set<std::string> folders;
  std::istringstream lines(sources().at("tests/CMakeLists.txt"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, folder;
    if (line.rfind("tests_of(", 0) == 0 && words >> name >> folder) {
      if (folder.back() == ')') folder.pop_back();
      folders.insert("tests/" + folder);
    }
  }
  return folders;
}

std::string folder_of(const std::string& path) { return fs::path(path).parent_path().string(); }

TEST(Tidy, reads_the_tree) {
  EXPECT_GT(sources().size(), 100u);
  EXPECT_TRUE(sources().count("sim/world.h"));
  EXPECT_TRUE(sources().count("tests/arch/tidy_test.cc"));
}

TEST(Tidy, files_and_functions_are_short) { EXPECT_EQ(breaches(check_sizes, false), ""); }

TEST(Tidy, includes_go_down_the_layers) { EXPECT_EQ(breaches(check_directions, true), ""); }

TEST(Tidy, each_library_has_one_home) { EXPECT_EQ(breaches(check_homes, true), ""); }

TEST(Tidy, worlds_depend_on_nothing_but_their_seed) {
  EXPECT_EQ(breaches(check_determinism, true), "");
}

TEST(Tidy, files_begin_with_licence_purpose_and_guard) {
  EXPECT_EQ(breaches(check_opening, false), "");
}

TEST(Tidy, every_test_is_built) {
  std::set<std::string> built = built_folders();
  ASSERT_TRUE(built.count("tests/arch"));
  std::string lost;
  for (const auto& [path, source] : sources()) {
    if (path.rfind("tests/", 0) != 0 || fs::path(path).extension() != ".cc") continue;
    bool is_test = path.size() > 8 && path.substr(path.size() - 8) == "_test.cc";
    std::string folder = folder_of(path);
    if (built.count(folder)) continue;
    bool is_built_apart =
        folder == "tests/support" || folder == "tests/bench" || folder == "tests/fuzz";
    if (!is_test && is_built_apart) continue;
    lost += path + ": tests/CMakeLists.txt builds no program of this folder (tests_of)\n";
  }
  EXPECT_EQ(lost, "");
}

// A folder below tests/ that mirrors a folder of the product shares its README.
TEST(Tidy, every_folder_explains_itself) {
  std::set<std::string> without;
  for (const auto& [path, source] : sources()) {
    std::string folder = folder_of(path);
    if (folder.empty() || folder == ".ci") continue;
    if (fs::exists(kRoot / folder / "README.md")) continue;
    bool is_mirror =
        folder.rfind("tests/", 0) == 0 && fs::exists(kRoot / folder.substr(6) / "README.md");
    if (!is_mirror) without.insert(folder + ": no README.md");
  }
  std::string text;
  for (const std::string& line : without) text += line + "\n";
  EXPECT_EQ(text, "");
}

TEST(Tidy, a_readme_is_a_page_at_most) {
  std::string text;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot)) {
    fs::path path = entry.path().lexically_relative(kRoot);
    std::string top = path.begin()->string();
    bool is_ours = top == "sim" || top == "models" || top == "scenarios" || top == "tests";
    if (!is_ours || path.filename() != "README.md") continue;
    size_t lines = lines_of(read(entry.path())).size();
    if (lines > 60) text += path.string() + ": " + std::to_string(lines) + " lines, at most 60\n";
  }
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace tests
