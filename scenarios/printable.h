// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a stranger's file as text that is safe to print: no control character reaches a
// terminal, and what is no UTF-8 is shown byte by byte.

#ifndef SCENARIOS_PRINTABLE_H_
#define SCENARIOS_PRINTABLE_H_

#include <string>
#include <string_view>

namespace scenarios {

// Control characters and bytes that are no UTF-8 as \xNN, a backslash as \\; else unchanged.
std::string printable(std::string_view bytes);

bool is_utf8(std::string_view bytes);
// With padding, as RFC 4648 section 4.
std::string base64(std::string_view bytes);

}  // namespace scenarios

#endif  // SCENARIOS_PRINTABLE_H_
