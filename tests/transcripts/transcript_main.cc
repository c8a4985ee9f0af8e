// SPDX-License-Identifier: Apache-2.0
//
// transcript_tests [--rewrite] [gtest's options]

#include <gtest/gtest.h>

#include <string_view>

#include "tests/transcripts/transcript_runner.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--rewrite") models::set_rewrites_transcripts(true);
  }
  return RUN_ALL_TESTS();
}
