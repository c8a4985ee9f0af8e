// SPDX-License-Identifier: Apache-2.0
//
// Both sides open the same directory, each a copy of its own: they must find the same.

#ifndef TESTS_CONFORMANCE_LOG_AGREEMENT_H_
#define TESTS_CONFORMANCE_LOG_AGREEMENT_H_

#include <string>
#include <vector>

#include "tests/conformance/log/kafka.h"
#include "tests/conformance/log/opened_log.h"
#include "tests/conformance/log/tally.h"

namespace conformance {

// A copy of `folder` in a fresh one.
std::string copy_of(const std::string& folder, const std::string& name);
// Opens all partitions of `folder`. The test fails where the answers differ; Kafka's are returned.
std::vector<Json> open_both(const std::string& folder, const OpenSettings& settings,
                            Tally& compared);
// Kafka's dump tool, deep, over all partitions of `folder`; the test fails if it objects.
void dump(const std::string& folder, const std::vector<std::string>& options, Tally& compared);
// Our own verifier over the log directory; the test fails if it finds a problem.
void verify(const std::string& folder, bool compacted);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_AGREEMENT_H_
