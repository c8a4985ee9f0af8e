// SPDX-License-Identifier: Apache-2.0
//
// The rules of the tree, for one file at a time: what it may include, name and contain. Each takes
// the file's path from the root and its text, and returns what is wrong, with the way out.
//
//        sim base
//        ^      ^
//   sim kernel  models/*        (all but models/node)
//           ^   ^
//        models/node
//             ^
//         scenarios

#ifndef TESTS_ARCH_TIDY_RULES_H_
#define TESTS_ARCH_TIDY_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/tidy_source.h"

namespace tests {

// Layers: no file includes one of a layer above its own or beside it.
std::vector<Finding> check_directions(const std::string& path, std::string_view text);

// Each third-party library is included in its home only.
std::vector<Finding> check_homes(const std::string& path, std::string_view text);

// In sim/ and models/: nothing whose result depends on the machine, the library or the moment.
std::vector<Finding> check_determinism(const std::string& path, std::string_view text);

// The first line names the licence, a header says what it is before its guard, the guard is the
// path.
std::vector<Finding> check_opening(const std::string& path, std::string_view text);

// A file has at most 600 lines, a function at most 70.
std::vector<Finding> check_sizes(const std::string& path, std::string_view text);

}  // namespace tests

#endif  // TESTS_ARCH_TIDY_RULES_H_
