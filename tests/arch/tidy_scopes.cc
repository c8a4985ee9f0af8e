// SPDX-License-Identifier: Apache-2.0

#include "tests/arch/tidy_scopes.h"

#include <algorithm>
#include <cstddef>
#include <set>

namespace tests {

namespace {

enum class Brace { kNamespace, kType, kFunction, kInitialiser };

// What stands for a skipped initialiser in a head.
constexpr std::string_view kSkipped = "{}";

bool is_any_of(const std::string& text, const std::set<std::string_view>& words) {
  return words.count(text) > 0;
}

// The tokens since the last statement or brace: what a brace or semicolon is judged by.
class Head {
 public:
  void add(Token token) { tokens_.push_back(std::move(token)); }
  void clear() { tokens_.clear(); }
  bool empty() const { return tokens_.empty(); }
  int line() const { return tokens_.front().line; }
  bool is_access_label() const {
    return tokens_.size() == 1 && is_any_of(tokens_[0].text, {"public", "private", "protected"});
  }

  // What a brace after this head opens.
  Brace opens() const {
    size_t begin = after_template();
    if (has("namespace", begin, tokens_.size())) return Brace::kNamespace;
    if (begin == tokens_.size()) return Brace::kInitialiser;
    if (is(begin, "extern") && tokens_.back().text == "\"") return Brace::kNamespace;
    size_t parameters = find_parameters(begin);
    size_t equals = find_equals(begin, parameters);
    if (equals < parameters) {
      return is(equals + 1, "[") ? Brace::kFunction : Brace::kInitialiser;  // A named lambda.
    }
    if (names_type(begin, parameters)) return Brace::kType;
    if (parameters == tokens_.size()) return Brace::kInitialiser;
    return in_member_initialisers(parameters) ? Brace::kInitialiser : Brace::kFunction;
  }

  // `A::b` of `int A::b(int c) const`.
  std::string name() const {
    size_t begin = after_template();
    size_t end = find_parameters(begin);
    end = find_equals(begin, end);
    size_t first = find("operator", begin, end);
    if (first == end && first > begin) --first;
    while (first > begin + 1 && is(first - 1, "::")) first -= 2;
    std::string name;
    for (size_t i = first; i < end; ++i) name += tokens_[i].text;
    return name;
  }

  // Of a statement outside of functions: it defines or declares a variable that can change.
  bool is_mutable_variable(bool in_type) const {
    static const std::set<std::string_view> kNoVariable = {
        "using", "typedef",  "friend",    "static_assert", "class",     "struct",   "enum",
        "union", "template", "namespace", "const",         "constexpr", "operator", "concept"};
    if (tokens_.size() < 2 || (in_type && !has("static", 0, tokens_.size()))) return false;
    size_t equals = find("=", 0, tokens_.size());
    for (size_t i = 0; i < equals; ++i) {
      if (is(i, "(") || is_any_of(tokens_[i].text, kNoVariable)) return false;
    }
    return is_identifier(tokens_[0].text) || is(0, "::");
  }

 private:
  bool is(size_t i, std::string_view text) const {
    return i < tokens_.size() && tokens_[i].text == text;
  }
  size_t find(std::string_view text, size_t begin, size_t end) const {
    for (size_t i = begin; i < end; ++i) {
      if (tokens_[i].text == text) return i;
    }
    return end;
  }
  bool has(std::string_view text, size_t begin, size_t end) const {
    return find(text, begin, end) < end;
  }

  // The sign of an initialisation, not that of `operator==`.
  size_t find_equals(size_t begin, size_t end) const {
    return has("operator", begin, end) ? end : find("=", begin, end);
  }

  // Past `template <...>`.
  size_t after_template() const {
    size_t at = 0;
    while (is(at, "template")) {
      int depth = 0;
      do {
        ++at;
        depth += is(at, "<") - is(at, ">");
      } while (at < tokens_.size() && depth > 0);
      at = std::min(at + 1, tokens_.size());
    }
    return at;
  }

  // Past the bracket that closes the one here.
  size_t after_group(size_t open) const {
    int depth = 0;
    for (size_t i = open; i < tokens_.size(); ++i) {
      depth += is(i, "(") - is(i, ")");
      if (depth == 0) return i + 1;
    }
    return tokens_.size();
  }

  // The bracket that opens the parameters; the end if there is none.
  size_t find_parameters(size_t begin) const {
    for (size_t i = begin; i < tokens_.size(); ++i) {
      if (!is(i, "(")) continue;
      if (i > begin &&
          is_any_of(tokens_[i - 1].text, {"alignas", "decltype", "explicit", "__attribute__"})) {
        i = after_group(i) - 1;
      } else if (i > begin && is(i - 1, "operator")) {
        continue;  // operator()(...): the second pair.
      } else {
        return i;
      }
    }
    return tokens_.size();
  }

  // `struct X`, `class X : Base<int()>`, not `struct X make()`.
  bool names_type(size_t begin, size_t parameters) const {
    size_t colon = find(":", begin, parameters);
    if (parameters < tokens_.size() && colon == parameters) return false;
    int depth = 0;
    for (size_t i = begin; i < colon; ++i) {
      depth += is(i, "<") - is(i, ">");
      if (depth == 0 && is_any_of(tokens_[i].text, {"class", "struct", "union", "enum"}))
        return true;
    }
    return false;
  }

  // `X::X(int a) : a_` has a member's braces next; `X::X(int a) : a_(a)` the body's.
  bool in_member_initialisers(size_t parameters) const {
    size_t colon = find(":", after_group(parameters), tokens_.size());
    if (colon == tokens_.size()) return false;
    const std::string& last = tokens_.back().text;
    return last != ")" && last != kSkipped && last != ".";
  }

  std::vector<Token> tokens_;
};

class Scanner {
 public:
  explicit Scanner(std::string_view source) : tokens_(tokens_of(source)) {}

  Scopes run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) take(tokens_[at_]);
    return std::move(found_);
  }

 private:
  void take(const Token& token) {
    if (token.text == "{") return open_brace();
    if (token.text == "}") return close_brace();
    if (token.text == ";" && brackets_ == 0) return end_statement();
    if (token.text == ":" && head_.is_access_label()) return head_.clear();
    brackets_ += (token.text == "(") - (token.text == ")");
    head_.add(token);
  }

  void open_brace() {
    Brace kind = brackets_ > 0 ? Brace::kInitialiser : head_.opens();
    if (kind == Brace::kFunction) return take_function();
    if (kind == Brace::kInitialiser) {
      int line = tokens_[at_].line;
      at_ = closing_brace();
      return head_.add({std::string(kSkipped), line});
    }
    open_.push_back(kind);
    head_.clear();
  }

  void close_brace() {
    if (!open_.empty()) open_.pop_back();
    head_.clear();
  }

  void take_function() {
    size_t end = closing_brace();
    int last_line = tokens_[std::min(end, tokens_.size() - 1)].line;
    found_.functions.push_back({head_.name(), head_.line(), last_line - head_.line() + 1});
    for (size_t i = at_; i < end; ++i) {
      if (tokens_[i].text != "static") continue;
      if (is_any_of(tokens_[i + 1].text, {"const", "constexpr"})) continue;
      found_.mutable_statics.push_back({tokens_[i].line, "static variable in a function"});
    }
    at_ = end;
    head_.clear();
  }

  void end_statement() {
    bool in_type = !open_.empty() && open_.back() == Brace::kType;
    if (head_.is_mutable_variable(in_type)) {
      found_.mutable_statics.push_back(
          {head_.line(), in_type ? "static member that is not const" : "global that is not const"});
    }
    head_.clear();
  }

  // The token that closes the brace here.
  size_t closing_brace() const {
    int depth = 0;
    for (size_t i = at_; i < tokens_.size(); ++i) {
      depth += (tokens_[i].text == "{") - (tokens_[i].text == "}");
      if (depth == 0) return i;
    }
    return tokens_.size();
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int brackets_ = 0;
  std::vector<Brace> open_;
  Head head_;
  Scopes found_;
};

}  // namespace

Scopes scopes_of(std::string_view source) { return Scanner(source).run(); }

}  // namespace tests
