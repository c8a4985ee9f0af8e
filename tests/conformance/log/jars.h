// SPDX-License-Identifier: Apache-2.0
//
// Java and Kafka's jars, without which nothing can be compared.

#ifndef TESTS_CONFORMANCE_LOG_JARS_H_
#define TESTS_CONFORMANCE_LOG_JARS_H_

#include <string>

namespace conformance {

// Calls classpath.sh, which fetches them or not; what it says goes to `stderr_file`. False: they
// cannot be had. The reason is printed; the current test fails where CI is set, else it is skipped.
bool have_jars(const std::string& stderr_file);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_JARS_H_
