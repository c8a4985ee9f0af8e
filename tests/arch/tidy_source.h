// SPDX-License-Identifier: Apache-2.0
//
// C++ source as the tidy rules see it: code without comments, literals and directives, as tokens
// with their lines. It is a lexer, not a compiler: it knows what this tree is written in and
// expects source that compiles. Lines count from 1.

#ifndef TESTS_ARCH_TIDY_SOURCE_H_
#define TESTS_ARCH_TIDY_SOURCE_H_

#include <string>
#include <string_view>
#include <vector>

namespace tests {

struct Token {
  std::string text;  // An identifier, a number, `::`, `->`, or one other character.
  int line = 0;
};

struct Include {
  std::string path;
  int line = 0;
};

// What a rule has to say about a place of a file.
struct Finding {
  int line = 0;
  std::string text;
};

// The source with comments and the contents of literals turned into blanks; lines stay.
std::string without_comments_and_literals(std::string_view source);

// The tokens of the source but for its preprocessor directives.
std::vector<Token> tokens_of(std::string_view source);

std::vector<Include> includes_of(std::string_view source);

std::vector<std::string> lines_of(std::string_view text);

bool is_identifier(std::string_view text);

}  // namespace tests

#endif  // TESTS_ARCH_TIDY_SOURCE_H_
