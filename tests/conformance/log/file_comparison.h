// SPDX-License-Identifier: Apache-2.0
//
// Are two partitions' directories the same, name by name and byte by byte?
//
// Three things may differ. The entries of a .snapshot are in the order of a hash map in Kafka, in
// that of producer ids here: compared as sets. An index that Kafka has not closed is longer, by the
// zeros of the room that it keeps; and one that it has not used is not there.

#ifndef TESTS_CONFORMANCE_LOG_FILE_COMPARISON_H_
#define TESTS_CONFORMANCE_LOG_FILE_COMPARISON_H_

#include <string>

#include "tests/conformance/log/tally.h"

namespace conformance {

struct FileComparison {
  std::string differences;  // Empty: none.
  Tally compared;
  int64_t reordered_snapshots = 0;
};

// `closed`: both were closed cleanly, so that indexes have no room left.
FileComparison compare_folders(const std::string& kafkas, const std::string& ours, bool closed);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_FILE_COMPARISON_H_
