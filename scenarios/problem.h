// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a file, and where: as people read it on the command line and in the window.

#ifndef SCENARIOS_PROBLEM_H_
#define SCENARIOS_PROBLEM_H_

#include <string>
#include <vector>

namespace scenarios {

struct JsonValue;

struct Problem {
  std::string file;  // "--set" for what an override brought in.
  int line = 0;      // From 1, as is the column; 0: it has no place (an override, a missing file).
  int column = 0;    // In characters, not bytes.
  std::string pointer;  // RFC 6901; empty: the whole document.
  std::string message;
  bool operator==(const Problem&) const = default;
};

// "file:line:column: /pointer: message".
std::string to_string(const Problem& problem);

// Gathers the problems of one file. Keeps the first kMostProblems.
class ProblemList {
 public:
  static constexpr size_t kMostProblems = 1000;
  static constexpr size_t kLongestPointer = 1000;  // A hostile file's keys may be megabytes.

  explicit ProblemList(std::string file) : file_(std::move(file)) {}

  void at_value(const JsonValue& value, std::string message);
  void at_key(const JsonValue& member, std::string message);
  void add(Problem problem);
  // Nothing more is kept, so that nothing more need be looked for.
  bool full() const { return problems_.size() >= kMostProblems; }
  bool empty() const { return problems_.empty(); }
  const std::string& file() const { return file_; }
  // In the order of their places; those without one come first.
  std::vector<Problem> sorted() const;

 private:
  std::string file_;
  std::vector<Problem> problems_;
};

}  // namespace scenarios

#endif  // SCENARIOS_PROBLEM_H_
