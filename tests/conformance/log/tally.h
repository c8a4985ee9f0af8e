// SPDX-License-Identifier: Apache-2.0
//
// What was compared: counted by the tests, printed line by line and as a sum at the end.

#ifndef TESTS_CONFORMANCE_LOG_TALLY_H_
#define TESTS_CONFORMANCE_LOG_TALLY_H_

#include <cstdint>
#include <string>

namespace conformance {

struct Tally {
  int64_t scripts = 0;
  int64_t steps = 0;
  int64_t files = 0;
  int64_t bytes = 0;  // Of files.
  int64_t batches = 0;
  int64_t records = 0;
  int64_t logs = 0;  // Opened by both.

  Tally& operator+=(const Tally& other);
};

// Prints one line and adds to the sum.
void count(const std::string& what, const Tally& compared);
void print_tally();

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_TALLY_H_
