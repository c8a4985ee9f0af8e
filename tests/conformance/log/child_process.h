// SPDX-License-Identifier: Apache-2.0
//
// A child process that is talked to by lines: its stdin is written, its stdout read, its stderr
// goes to a file. It ends with this object at the latest.

#ifndef TESTS_CONFORMANCE_LOG_CHILD_PROCESS_H_
#define TESTS_CONFORMANCE_LOG_CHILD_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace conformance {

class ChildProcess {
 public:
  // `words[0]` is looked up in PATH.
  ChildProcess(const std::vector<std::string>& words, const std::string& stderr_file);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // False: the child does not read any more.
  bool write_line(const std::string& line);
  void close_input();
  // Nothing: it said no more, or nothing for `seconds`.
  std::optional<std::string> read_line(int seconds);
  // Its exit code, or 128 + the signal that ended it.
  int wait();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string read_ahead_;
};

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_CHILD_PROCESS_H_
