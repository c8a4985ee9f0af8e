// SPDX-License-Identifier: Apache-2.0
//
// No machine's library asks the linker for anything that the kernel's defines. The headers' inline
// functions do not show here; tidy_test.cc does not let machines include them.

#include <cstdio>
#include <set>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace tests {
namespace {

// The C++ names of the archive whose type nm prints as one of `types`: U is undefined, a capital of
// T, D, B and R is defined and not weak. The POSIX format and options, for GNU's nm and LLVM's
// differ elsewhere.
std::set<std::string> symbols(const std::string& archive, const std::string& types) {
  std::string command = std::string(FAULTLINE_NM) + " -P -g '" + archive + "'";
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr) << command;
  std::string text;
  char buffer[4096];
  while (size_t size = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  std::set<std::string> symbols;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, type;
    words >> name >> type;
    if (name.rfind("_Z", 0) == 0 && types.find(type) != std::string::npos) symbols.insert(name);
  }
  return symbols;
}

// What `archive` needs and the kernel alone has: functions defined out of line.
std::set<std::string> asked_of_kernel(const std::string& archive) {
  std::set<std::string> asked;
  std::set<std::string> kernel = symbols(KERNEL_ARCHIVE, "TDBR");
  for (const std::string& symbol : symbols(archive, "U")) {
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
