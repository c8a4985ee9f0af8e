// SPDX-License-Identifier: Apache-2.0
//
// No machine's library asks the linker for anything that the kernel's defines. The headers' inline
// functions do not show here; tidy_test.cc does not let machines include them.

#include <cstdio>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tests {
namespace {

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// The names that nm prints for the archive.
std::set<std::string> symbols(const std::string& options, const std::string& archive) {
  std::string command =
      std::string(FAULTLINE_NM) + " --just-symbols " + options + " '" + archive + "' 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr) << command;
  std::string text;
  char buffer[4096];
  while (size_t size = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  std::set<std::string> symbols;
  for (const std::string& word : words(text)) {
    if (word.rfind("_Z", 0) == 0) symbols.insert(word);
  }
  return symbols;
}

// What `archive` needs and the kernel alone has: functions defined out of line.
std::set<std::string> asked_of_kernel(const std::string& archive) {
  std::set<std::string> asked;
  std::set<std::string> kernel = symbols("--defined-only --no-weak --extern-only", KERNEL_ARCHIVE);
  for (const std::string& symbol : symbols("--undefined-only", archive)) {
    if (kernel.count(symbol)) asked.insert(symbol);
  }
  return asked;
}

TEST(Link, the_shell_leans_on_the_kernel) { EXPECT_FALSE(asked_of_kernel(NODE_ARCHIVE).empty()); }

TEST(Link, machines_do_not_lean_on_the_kernel) {
  std::istringstream archives(MACHINE_ARCHIVES);
  int count = 0;
  for (std::string archive; std::getline(archives, archive, '|'); ++count) {
    EXPECT_EQ(asked_of_kernel(archive), std::set<std::string>()) << archive;
  }
  EXPECT_GE(count, 4);
}

}  // namespace
}  // namespace tests
