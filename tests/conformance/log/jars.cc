// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/jars.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/conformance/log/child_process.h"

namespace conformance {

namespace {

std::string last_line(const std::string& file) {
  std::ifstream in(file);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

void fail_or_skip(const std::string& why) {
  if (std::getenv("CI") != nullptr) FAIL() << "nothing was compared: " << why;
  std::printf("SKIPPED: nothing is compared with Kafka: %s\n", why.c_str());
  GTEST_SKIP();
}

}  // namespace

bool have_jars(const std::string& stderr_file) {
  ChildProcess classpath(
      {std::string(FAULTLINE_SOURCE_DIR) + "/tests/conformance/kafka/classpath.sh"}, stderr_file);
  classpath.close_input();
  while (classpath.read_line(600)) {
  }
  if (classpath.wait() == 0) return true;
  fail_or_skip(last_line(stderr_file));
  return false;
}

}  // namespace conformance
