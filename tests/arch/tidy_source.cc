// SPDX-License-Identifier: Apache-2.0

#include "tests/arch/tidy_source.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace tests {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Walks once over the source and copies it, blanking as it goes.
class Blanker {
 public:
  explicit Blanker(std::string_view source) : source_(source), code_(source) {}

  std::string run() {
    while (at_ < source_.size()) {
      if (starts("//")) {
        blank_to(end_of_line_comment());
      } else if (starts("/*")) {
        blank_to(after("*/", at_ + 2));
      } else if (starts("R\"") && !in_word_before_raw()) {
        raw_string();
      } else if (source_[at_] == '"' || (source_[at_] == '\'' && !is_digit_separator())) {
        literal(source_[at_]);
      } else {
        ++at_;
      }
    }
    return code_;
  }

 private:
  bool starts(std::string_view text) const { return source_.substr(at_, text.size()) == text; }

  size_t after(std::string_view text, size_t from) const {
    size_t found = source_.find(text, from);
    return found == std::string_view::npos ? source_.size() : found + text.size();
  }

  // A backslash at its end continues the comment.
  size_t end_of_line_comment() const {
    size_t end = source_.find('\n', at_);
    while (end != std::string_view::npos && source_[end - 1] == '\\') {
      end = source_.find('\n', end + 1);
    }
    return end == std::string_view::npos ? source_.size() : end;
  }

  // 1'000'000: the character before is part of a number.
  bool is_digit_separator() const {
    size_t word = at_;
    while (word > 0 && (is_word(source_[word - 1]) || source_[word - 1] == '\'')) --word;
    return word < at_ && std::isdigit(static_cast<unsigned char>(source_[word]));
  }

  // kR"x": an identifier that ends in R; but u8R"x" is a raw string.
  bool in_word_before_raw() const {
    size_t word = at_;
    while (word > 0 && is_word(source_[word - 1])) --word;
    std::string_view prefix = source_.substr(word, at_ - word);
    return !(prefix.empty() || prefix == "u8" || prefix == "u" || prefix == "U" || prefix == "L");
  }

  void raw_string() {
    size_t open = source_.find('(', at_);
    if (open == std::string_view::npos) {
      ++at_;
      return;
    }
    std::string close = ")" + std::string(source_.substr(at_ + 2, open - at_ - 2)) + "\"";
    size_t end = after(close, open);
    at_ += 2;  // Leaves the quotes, as for other literals.
    blank_to(end - 1);
    ++at_;
  }

  void literal(char quote) {
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote && source_[end] != '\n') {
      end += source_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    blank_to(end);
    ++at_;
  }

  void blank_to(size_t end) {
    for (end = std::min(end, source_.size()); at_ < end; ++at_) {
      if (code_[at_] != '\n') code_[at_] = ' ';
    }
  }

  std::string_view source_;
  std::string code_;
  size_t at_ = 0;
};

void blank_directives(std::string& code) {
  bool in_directive = false;
  for (size_t begin = 0; begin < code.size();) {
    size_t end = std::min(code.find('\n', begin), code.size());
    size_t first = code.find_first_not_of(" \t", begin);
    in_directive = in_directive || (first < end && code[first] == '#');
    bool goes_on = in_directive && end > begin && code[end - 1] == '\\';
    if (in_directive) std::fill(code.begin() + begin, code.begin() + end, ' ');
    in_directive = goes_on;
    begin = end + 1;
  }
}

// The length of the token that begins here.
size_t token_size(std::string_view code, size_t at) {
  if (code.substr(at, 2) == "::" || code.substr(at, 2) == "->") return 2;
  if (!is_word(code[at])) return 1;
  bool number = std::isdigit(static_cast<unsigned char>(code[at]));
  size_t end = at;
  while (end < code.size() &&
         (is_word(code[end]) || (number && (code[end] == '.' || code[end] == '\'')))) {
    ++end;
  }
  return end - at;
}

}  // namespace

std::string without_comments_and_literals(std::string_view source) { return Blanker(source).run(); }

std::vector<Token> tokens_of(std::string_view source) {
  std::string code = without_comments_and_literals(source);
  blank_directives(code);
  std::vector<Token> tokens;
  int line = 1;
  for (size_t at = 0; at < code.size();) {
    if (std::isspace(static_cast<unsigned char>(code[at]))) {
      line += code[at++] == '\n';
      continue;
    }
    size_t size = token_size(code, at);
    tokens.push_back({code.substr(at, size), line});
    at += size;
  }
  return tokens;
}

std::vector<Include> includes_of(std::string_view source) {
  std::vector<std::string> code = lines_of(without_comments_and_literals(source));
  std::vector<std::string> lines = lines_of(source);
  std::vector<Include> includes;
  for (size_t i = 0; i < code.size(); ++i) {
    size_t hash = code[i].find_first_not_of(" \t");
    if (hash == std::string::npos || code[i][hash] != '#') continue;
    size_t word = code[i].find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || code[i].compare(word, 7, "include") != 0) continue;
    size_t open = lines[i].find_first_of("\"<", word);
    size_t close = lines[i].find_first_of("\">", open + 1);
    if (open == std::string::npos || close == std::string::npos) continue;
    includes.push_back({lines[i].substr(open + 1, close - open - 1), static_cast<int>(i) + 1});
  }
  return includes;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && is_word(text[0]) && !std::isdigit(static_cast<unsigned char>(text[0]));
}

}  // namespace tests
