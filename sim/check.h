// SPDX-License-Identifier: Apache-2.0
//
// SIM_CHECK(condition, values...): for bugs of Faultline itself, never for what a user or a fault can
// cause. A failed check throws CheckFailure with file, line, condition and the values; only the
// runner catches it (exit code 3, a finding), so that a campaign goes on with the next seed.

#ifndef SIM_CHECK_H_
#define SIM_CHECK_H_

#include <sstream>
#include <stdexcept>
#include <string>

namespace sim {

class CheckFailure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace internal {

template <class... Values>
[[noreturn]] void fail_check(const char* file, int line, const char* condition,
                             const Values&... values) {
  std::ostringstream text;
  text << file << ':' << line << ": check failed: " << condition;
  ((text << ' ' << values), ...);
  throw CheckFailure(text.str());
}

}  // namespace internal
}  // namespace sim

#define SIM_CHECK(condition, ...)                                                       \
  do {                                                                                  \
    if (!(condition)) [[unlikely]]                                                      \
      ::sim::internal::fail_check(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)

#endif  // SIM_CHECK_H_
