// SPDX-License-Identifier: Apache-2.0
//
// Which functions a file defines and which variables it shares. Braces are told apart by the tokens
// before them: a namespace, a type, a function's body, or an initialiser. Bodies of namespaces and
// types are looked into; a lambda or a local type counts as part of its function.

#ifndef TESTS_ARCH_TIDY_SCOPES_H_
#define TESTS_ARCH_TIDY_SCOPES_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/tidy_source.h"

namespace tests {

struct Function {
  std::string name;
  int line = 0;   // Of the first token of its signature.
  int lines = 0;  // From there to the closing brace, both counted.
};

struct Scopes {
  std::vector<Function> functions;
  // Variables of static storage that are neither const nor constexpr, in namespaces, in types and
  // in functions.
  std::vector<Finding> mutable_statics;
};

Scopes scopes_of(std::string_view source);

}  // namespace tests

#endif  // TESTS_ARCH_TIDY_SCOPES_H_
