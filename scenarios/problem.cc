// SPDX-License-Identifier: Apache-2.0

#include "scenarios/problem.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "scenarios/json_reader.h"

namespace scenarios {

namespace {

Problem problem_at(const std::string& file, const JsonValue& value, int line, int column,
                   std::string message) {
  return {line == 0 ? "--set" : file, line, column, value.pointer(), std::move(message)};
}

// Names of files and their text may hold anything; a terminal obeys control characters.
std::string visible(std::string_view text) {
  std::string shown;
  for (char c : text) {
    bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    shown += control ? '?' : c;
  }
  return shown;
}

}  // namespace

std::string to_string(const Problem& problem) {
  std::string place = problem.file;
  if (problem.line > 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.pointer.empty()) place += ": " + problem.pointer;
  return visible(place + ": " + problem.message);
}

void ProblemList::at_value(const JsonValue& value, std::string message) {
  add(problem_at(file_, value, value.line, value.column, std::move(message)));
}

void ProblemList::at_key(const JsonValue& member, std::string message) {
  add(problem_at(file_, member, member.key_line, member.key_column, std::move(message)));
}

void ProblemList::add(Problem problem) {
  if (full()) return;
  if (problem.pointer.size() > kLongestPointer) {
    problem.pointer.resize(kLongestPointer);
    problem.pointer += "...";
  }
  problems_.push_back(std::move(problem));
}

std::vector<Problem> ProblemList::sorted() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return sorted;
}

}  // namespace scenarios
