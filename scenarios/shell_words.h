// SPDX-License-Identifier: Apache-2.0
//
// Words of a command line as a POSIX shell reads them back.

#ifndef SCENARIOS_SHELL_WORDS_H_
#define SCENARIOS_SHELL_WORDS_H_

#include <string>
#include <string_view>

namespace scenarios {

// `word` as it is if no shell changes it, else in single quotes: "my file's" -> 'my file'\''s'.
inline std::string shell_quote(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(word);
  std::string quoted = "'";
  for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace scenarios

#endif  // SCENARIOS_SHELL_WORDS_H_
