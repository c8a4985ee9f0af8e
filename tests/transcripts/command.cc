// SPDX-License-Identifier: Apache-2.0

#include <charconv>

#include "tests/transcripts/transcript.h"

namespace models {
namespace {

// Splits at blanks, but not inside parentheses.
std::vector<std::string_view> pieces_of(std::string_view text, const Command& command) {
  std::vector<std::string_view> pieces;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    char c = i < text.size() ? text[i] : ' ';
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) command.fail("')' without '('");
    if (c != ' ' || depth > 0) continue;
    if (i > begin) pieces.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  if (depth > 0) command.fail("'(' without ')'");
  return pieces;
}

std::vector<std::string> items_of(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(',', begin), text.size());
    std::string_view item = text.substr(begin, end - begin);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    items.emplace_back(item);
    begin = end + 1;
  }
  return items;
}

}  // namespace

Command::Command(std::string_view text, std::string place) : place_(std::move(place)), text_(text) {
  std::vector<std::string_view> pieces = pieces_of(text_, *this);
  if (pieces.empty()) fail("a command is missing");
  verb_ = pieces[0];
  if (verb_.find('=') != std::string::npos) {
    fail("a command begins with its verb, not with '" + verb_ + "'");
  }
  for (size_t i = 1; i < pieces.size(); ++i) parse_argument(pieces[i]);
}

void Command::parse_argument(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    words_.emplace_back(text);
    return;
  }
  std::string key(text.substr(0, equals));
  std::string_view rest = text.substr(equals + 1);
  if (key.empty()) fail("'" + std::string(text) + "' has no key before '='");
  if (rest.empty()) fail("'" + key + "=' has no value");
  bool is_list = rest.front() == '(' && rest.back() == ')';
  std::vector<std::string> values = is_list ? items_of(rest.substr(1, rest.size() - 2))
                                            : std::vector<std::string>{std::string(rest)};
  if (!named_.emplace(key, std::move(values)).second) fail("'" + key + "' is given twice");
}

void Command::fail(const std::string& what) const {
  throw TranscriptError(place_ + ": " + what + ", in: " + text_);
}

std::vector<std::string> Command::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, values] : named_) keys.push_back(key);
  return keys;
}

std::vector<std::string> Command::list(const std::string& key) const {
  read_.insert(key);
  auto found = named_.find(key);
  if (found == named_.end()) fail("'" + key + "=' is missing");
  return found->second;
}

std::string Command::value(const std::string& key) const {
  std::vector<std::string> values = list(key);
  if (values.size() != 1) fail("'" + key + "' takes one value");
  return values[0];
}

std::string Command::value(const std::string& key, const std::string& otherwise) const {
  return has(key) ? value(key) : otherwise;
}

int64_t Command::parse_number(const std::string& text) const {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail("'" + text + "' is not a whole number");
  }
  return number;
}

int64_t Command::number(const std::string& key) const { return parse_number(value(key)); }

int64_t Command::number(const std::string& key, int64_t otherwise) const {
  return has(key) ? number(key) : otherwise;
}

std::vector<int64_t> Command::numbers(const std::string& key) const {
  std::vector<int64_t> numbers;
  for (const std::string& item : list(key)) numbers.push_back(parse_number(item));
  return numbers;
}

bool Command::yes(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  std::string text = value(key);
  if (text != "true" && text != "false") fail("'" + key + "' is true or false");
  return text == "true";
}

sim::Duration Command::parse_duration(const std::string& text) const {
  size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string::npos) {
    fail("'" + text + "' is no duration; write it as 500ms or 10s");
  }
  int64_t count = parse_number(text.substr(0, digits));
  std::string unit = text.substr(digits);
  if (unit == "ms") return sim::Duration::millis(count);
  if (unit == "s") return sim::Duration::seconds(count);
  fail("'" + unit + "' is no unit of time; there are ms and s");
}

sim::Duration Command::duration_word() const {
  words_read_ = true;
  if (words_.size() != 1) fail("one duration is wanted, such as 10s");
  return parse_duration(words_[0]);
}

sim::Duration Command::duration(const std::string& key, sim::Duration otherwise) const {
  return has(key) ? parse_duration(value(key)) : otherwise;
}

std::vector<std::string> Command::unread() const {
  std::vector<std::string> unread;
  for (const auto& [key, values] : named_) {
    if (!read_.contains(key)) unread.push_back(key);
  }
  if (!words_read_) unread.insert(unread.end(), words_.begin(), words_.end());
  return unread;
}

}  // namespace models
