// SPDX-License-Identifier: Apache-2.0

#include "scenarios/json_reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "scenarios/json_places.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

using nlohmann::json;

// Builds the tree from SAX events. Each event takes its token from `places_`, so the two must stay
// in step: one next() an event, keys and closing brackets included.
class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  TreeBuilder(std::string_view text, ProblemList& problems)
      : text_(text), places_(text), problems_(problems), root_(std::make_unique<JsonValue>()) {}

  bool null() override { return add(JsonKind::kNull, ""); }
  bool boolean(bool value) override { return add(JsonKind::kBoolean, value ? "true" : "false"); }
  bool number_integer(int64_t) override { return add_number(); }
  bool number_unsigned(uint64_t) override { return add_number(); }
  bool number_float(double, const std::string&) override { return add_number(); }
  bool string(std::string& value) override { return add(JsonKind::kString, std::move(value)); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(size_t) override { return open(JsonKind::kObject); }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(JsonKind::kArray); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    JsonPlaces::Token token = places_.next();
    key_ = std::move(name);
    key_place_ = token.place;
    duplicate_ = !open_.back().keys.insert(key_).second;
    return true;
  }

  bool parse_error(size_t position, const std::string& last_token,
                   const json::exception& error) override {
    size_t begin = position > 0 ? position - 1 : 0;
    if (is_whole_token(last_token) && position >= last_token.size()) {
      begin = position - last_token.size();
    }
    if (const char* habit = other_habit(begin); habit != nullptr) {
      report(JsonPlaces::place_of(text_, begin), habit);
    } else {
      report(JsonPlaces::place_of(text_, begin), plain_words(error.what()));
    }
    return false;
  }

  // The tree, if nothing but white space is left.
  std::unique_ptr<JsonValue> finish() {
    JsonPlaces::Token rest = places_.rest();
    if (!rest.text.empty()) {
      report(rest.place, "more text after the end of the document");
      return nullptr;
    }
    link_parents(*root_);
    return std::move(root_);
  }

 private:
  struct Open {
    JsonValue value;
    std::set<std::string> keys;
    bool dropped = false;  // A second value of a key: read, and left out.
  };

  // What people write who think of another language; `at` becomes where it begins. Null: it is
  // none of that.
  const char* other_habit(size_t& at) const {
    if (at >= text_.size()) return nullptr;
    auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
    size_t begin = at;
    while (begin > 0 && is_letter(text_[begin - 1]) && is_letter(text_[at])) --begin;
    if (begin > 0 && (text_[begin - 1] == '/' || text_[begin - 1] == '-')) --begin;
    std::string_view rest = text_.substr(begin);
    const std::pair<const char*, const char*> kHabits[] = {
        {"//", "a comment; JSON has none"},
        {"/*", "a comment; JSON has none"},
        {"#", "a comment; JSON has none"},
        {"'", "a quote '; JSON has strings in \"double quotes\" only"},
        {"NaN", "NaN is no number in JSON"},
        {"nan", "NaN is no number in JSON"},
        {"-Infinity", "Infinity is no number in JSON"},
        {"Infinity", "Infinity is no number in JSON"},
        {"True", "JSON writes true"},
        {"False", "JSON writes false"},
        {"None", "JSON writes null"},
    };
    for (const auto& [beginning, words] : kHabits) {
      if (rest.substr(0, std::string_view(beginning).size()) != beginning) continue;
      at = begin;
      return words;
    }
    return nullptr;
  }

  // "[json.exception.parse_error.101] parse error at line 1, column 6: syntax error while parsing
  // value - unexpected ']'; expected ..." without what the place says already, and without bytes of
  // the file.
  static std::string plain_words(std::string text) {
    if (text.find("out_of_range") != std::string::npos) return "the number is out of range";
    if (text.find("attempting to parse an empty input") != std::string::npos) {
      return "the file is empty";
    }
    size_t begin = text.find("syntax error");
    if (begin != std::string::npos) text = text.substr(begin);
    size_t read = text.find("; last read: ");
    if (read == std::string::npos) return text;
    size_t expected = text.rfind("; expected ");
    std::string tail =
        expected != std::string::npos && expected > read ? text.substr(expected) : "";
    return text.substr(0, read) + tail;
  }

  // The parser has read up to the character it stumbled over. What it calls its last token is that,
  // but for strings and numbers, whose beginning is the better place; else it may hold more.
  static bool is_whole_token(const std::string& token) {
    if (token.empty()) return false;
    bool string =
        token.size() > 1 && token.find('"') == 0 && token.find('"', 1) == token.size() - 1;
    return string || token.find_first_not_of("0123456789+-.eE") == std::string::npos;
  }

  void report(Place place, std::string message) {
    problems_.add({problems_.file(), place.line, place.column, "", std::move(message)});
  }

  JsonValue begin_value(JsonKind kind, Place place) {
    JsonValue value;
    value.kind = kind;
    value.line = place.line;
    value.column = place.column;
    if (open_.empty() || open_.back().value.kind != JsonKind::kObject) return value;
    value.key = std::move(key_);
    value.key_line = key_place_.line;
    value.key_column = key_place_.column;
    return value;
  }

  // False, and a problem: there are more values than anybody writes.
  bool count(Place place) {
    if (++values_ <= kMostValues) return true;
    report(place, fmt::format("more than {} values", kMostValues));
    return false;
  }

  bool add(JsonKind kind, std::string text) {
    Place place = places_.next().place;
    return add_at(kind, std::move(text), place);
  }

  bool add_number() {
    JsonPlaces::Token token = places_.next();
    return add_at(JsonKind::kNumber, std::string(token.text), token.place);
  }

  bool add_at(JsonKind kind, std::string text, Place place) {
    if (!count(place)) return false;
    bool dropped = take_duplicate();
    JsonValue value = begin_value(kind, place);
    value.text = std::move(text);
    return place_value(std::move(value), dropped);
  }

  bool open(JsonKind kind) {
    Place place = places_.next().place;
    if (!count(place)) return false;
    if (open_.size() >= static_cast<size_t>(kDeepest)) {
      report(place, fmt::format("nested deeper than {} levels", kDeepest));
      return false;
    }
    bool dropped = take_duplicate();
    open_.push_back({begin_value(kind, place), {}, dropped});
    return true;
  }

  bool close() {
    places_.next();
    Open done = std::move(open_.back());
    open_.pop_back();
    return place_value(std::move(done.value), done.dropped);
  }

  bool place_value(JsonValue value, bool dropped) {
    if (dropped) {
      report_duplicate(value);
    } else if (open_.empty()) {
      *root_ = std::move(value);
    } else {
      open_.back().value.children.push_back(std::move(value));
    }
    return true;
  }

  bool take_duplicate() { return std::exchange(duplicate_, false); }

  void report_duplicate(const JsonValue& value) {
    std::string pointer;
    for (size_t i = 1; i < open_.size(); ++i) pointer += step_to(i);
    pointer += "/" + escape_pointer_token(value.key);
    problems_.add({problems_.file(), value.key_line, value.key_column, pointer,
                   "the key " + in_quotes(value.key) + " is given twice"});
  }

  std::string step_to(size_t depth) const {
    const JsonValue& above = open_[depth - 1].value;
    if (above.kind == JsonKind::kArray) return fmt::format("/{}", above.children.size());
    return "/" + escape_pointer_token(open_[depth].value.key);
  }

  std::string_view text_;
  JsonPlaces places_;
  ProblemList& problems_;
  std::unique_ptr<JsonValue> root_;
  std::vector<Open> open_;
  std::string key_;
  Place key_place_;
  bool duplicate_ = false;
  int64_t values_ = 0;
};

void add_file_problem(const std::string& file, std::string message, ProblemList& problems) {
  problems.add({file, 0, 0, "", std::move(message)});
}

}  // namespace

std::string_view name_of(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBoolean:
      return "true or false";
    case JsonKind::kNumber:
      return "a number";
    case JsonKind::kString:
      return "a string";
    case JsonKind::kArray:
      return "a list";
    case JsonKind::kObject:
      return "an object";
  }
  return "?";
}

const JsonValue* JsonValue::find(std::string_view name) const {
  if (kind != JsonKind::kObject) return nullptr;
  auto found = std::find_if(children.begin(), children.end(),
                            [&](const JsonValue& member) { return member.key == name; });
  return found == children.end() ? nullptr : &*found;
}

JsonValue* JsonValue::find(std::string_view name) {
  return const_cast<JsonValue*>(std::as_const(*this).find(name));
}

std::string JsonValue::pointer() const {
  if (parent == nullptr) return "";
  if (parent->kind == JsonKind::kObject) return parent->pointer() + "/" + escape_pointer_token(key);
  return fmt::format("{}/{}", parent->pointer(), this - parent->children.data());
}

void link_parents(JsonValue& root) {
  for (JsonValue& child : root.children) {
    child.parent = &root;
    link_parents(child);
  }
}

std::string escape_pointer_token(std::string_view token) {
  std::string escaped;
  for (char c : token) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;  // For people, on one line.
    }
  }
  return escaped;
}

std::unique_ptr<JsonValue> read_json(std::string_view text, ProblemList& problems) {
  if (static_cast<int64_t>(text.size()) > kMostBytes) {
    add_file_problem(problems.file(), fmt::format("larger than {} MiB", kMostBytes >> 20),
                     problems);
    return nullptr;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    problems.add({problems.file(), 1, 1, "", "the file is empty"});
    return nullptr;
  }
  TreeBuilder builder(text, problems);
  bool parsed = json::sax_parse(text.begin(), text.end(), &builder, json::input_format_t::json,
                                /*strict=*/true, /*ignore_comments=*/false);
  return parsed ? builder.finish() : nullptr;
}

// "-" is standard input. A pipe is read to its end, but no further than a file may be long.
std::optional<std::string> read_text_file(const std::string& file, ProblemList& problems) {
  bool is_stdin = file == "-";
  std::error_code error;
  if (!is_stdin) {
    std::filesystem::file_status status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) {
      add_file_problem(file, "there is no such file", problems);
      return std::nullopt;
    }
    if (std::filesystem::is_directory(status)) {
      add_file_problem(file, "is not a file but a folder", problems);
      return std::nullopt;
    }
  }
  std::ifstream opened;
  if (!is_stdin) opened.open(file, std::ios::binary);
  std::istream& stream = is_stdin ? std::cin : opened;
  std::string text;
  char buffer[1 << 16];
  while (stream && static_cast<int64_t>(text.size()) <= kMostBytes) {
    stream.read(buffer, sizeof buffer);
    text.append(buffer, static_cast<size_t>(stream.gcount()));
  }
  if (static_cast<int64_t>(text.size()) > kMostBytes) {
    add_file_problem(file, fmt::format("larger than {} MiB", kMostBytes >> 20), problems);
    return std::nullopt;
  }
  if (stream.bad() || (!is_stdin && !opened.is_open())) {
    add_file_problem(file, "cannot be read", problems);
    return std::nullopt;
  }
  return text;
}

}  // namespace scenarios
