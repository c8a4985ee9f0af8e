// SPDX-License-Identifier: Apache-2.0

#include "scenarios/declared_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "scenarios/nearest_name.h"
#include "scenarios/values.h"

namespace scenarios {

namespace {

constexpr size_t kLongestName = 249;

absl::Status wrong(std::string message) { return absl::InvalidArgumentError(message); }

absl::Status found_instead(const JsonValue& value, std::string_view wanted) {
  return wrong(fmt::format("must be {}, found {}", wanted, name_of(value.kind)));
}

// `text` writes a number in the unit of the key.
template <class Text>
absl::Status check_range(int64_t number, const KeyDecl& key, const Text& text) {
  if (number < key.min && key.min == 1 && key.kind == KeyKind::kDuration) {
    return wrong("must be longer than 0");
  }
  if (number < key.min) {
    return wrong(fmt::format("{} is too small; at least {}", text(number), text(key.min)));
  }
  if (number <= key.max) return absl::OkStatus();
  if (number <= key.planned_max) return wrong(fmt::format("{} is not supported yet", text(number)));
  return wrong(fmt::format("{} is too large; at most {}", text(number), text(key.max)));
}

absl::Status check_integer(const JsonValue& value, const KeyDecl& key) {
  if (value.kind != JsonKind::kNumber) return found_instead(value, "a whole number");
  absl::StatusOr<int64_t> number = parse_integer(value.text);
  if (!number.ok()) return number.status();
  return check_range(*number, key, [](int64_t n) { return std::to_string(n); });
}

absl::Status check_duration(const JsonValue& value, const KeyDecl& key) {
  absl::StatusOr<sim::Duration> duration = parse_duration(value.text);
  if (!duration.ok()) return duration.status();
  return check_range(duration->nanos(), key,
                     [](int64_t n) { return duration_text(sim::Duration::nanos(n)); });
}

absl::Status check_offset(const JsonValue& value, const KeyDecl& key) {
  absl::StatusOr<sim::Duration> offset = parse_signed_duration(value.text);
  if (!offset.ok()) return offset.status();
  return check_range(offset->nanos(), key, [](int64_t n) {
    return (n < 0 ? "-" : "") + duration_text(sim::Duration::nanos(n < 0 ? -n : n));
  });
}

absl::Status check_drift(const JsonValue& value, const KeyDecl& key) {
  absl::StatusOr<int64_t> ppb = parse_drift(value.text);
  if (!ppb.ok()) return ppb.status();
  return check_range(*ppb, key, [](int64_t n) { return fmt::format("{}ppm", n / 1000); });
}

absl::Status check_size(const JsonValue& value, const KeyDecl& key) {
  absl::StatusOr<int64_t> bytes = parse_size(value.text);
  if (!bytes.ok()) return bytes.status();
  return check_range(*bytes, key, [](int64_t n) { return fmt::format("{}B", n); });
}

absl::Status check_rate(const JsonValue& value) {
  absl::StatusOr<Rate> rate = parse_rate(value.text);
  if (!rate.ok()) return rate.status();
  if (thousandths_per_second(*rate) <= kMostRecordsPerSecond * 1000) return absl::OkStatus();
  return wrong(
      fmt::format("{} is too much; at most {}/s", in_quotes(value.text), kMostRecordsPerSecond));
}

absl::Status check_word(const JsonValue& value, const KeyDecl& key) {
  std::vector<std::string_view> words = split_words(key.words);
  if (std::find(words.begin(), words.end(), value.text) != words.end()) return absl::OkStatus();
  std::vector<std::string_view> planned = split_words(key.planned_words);
  if (std::find(planned.begin(), planned.end(), value.text) != planned.end()) {
    return wrong(in_quotes(value.text) + " is not supported yet");
  }
  return wrong(fmt::format("unknown {} {}{}  (allowed: {})", key.name, in_quotes(value.text),
                           did_you_mean(value.text, words), fmt::join(words, ", ")));
}

// Reports print such texts as they are: an escape sequence would reach the terminal.
absl::Status check_plain(std::string_view text) {
  auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  // U+0080 to U+009F, which terminals obey too.
  bool high = false;
  for (size_t i = 0; i + 1 < text.size(); ++i)
    high |= text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0;
  if (!high && std::none_of(text.begin(), text.end(), control)) return absl::OkStatus();
  return wrong("has control characters; write it on one line, in plain characters");
}

// Of kinds that are written as a string, or as a number too where the kind allows that.
absl::Status check_text_form(const JsonValue& value, const KeyDecl& key) {
  switch (key.kind) {
    case KeyKind::kName:
      return check_name(value.text);
    case KeyKind::kWord:
      return check_word(value, key);
    case KeyKind::kDuration:
      return check_duration(value, key);
    case KeyKind::kOffset:
      return check_offset(value, key);
    case KeyKind::kDrift:
      return check_drift(value, key);
    case KeyKind::kSize:
      return check_size(value, key);
    case KeyKind::kRate:
      return check_rate(value);
    case KeyKind::kText:
      return check_plain(value.text);
    default:
      return absl::OkStatus();
  }
}

absl::Status check_number_or_text(const JsonValue& value, const KeyDecl& key) {
  bool number = value.kind == JsonKind::kNumber;
  if (key.kind == KeyKind::kProbability) {
    if (!number && value.kind != JsonKind::kString) return found_instead(value, "\"1%\" or 0.01");
    return parse_probability(value.text).status();
  }
  if (!number) return found_instead(value, "a number");
  if (key.kind == KeyKind::kSeed) return parse_seed(value.text).status();
  return parse_factor(value.text).status();
}

// One pass over a tree.
class Check {
 public:
  explicit Check(ProblemList& problems) : problems_(problems) {}

  void object(const JsonValue& value, const ObjectDecl& decl) {
    if (!is(value, JsonKind::kObject)) return;
    bool has_choice = false;
    for (const JsonValue& member : value.children) {
      const KeyDecl* key = find_key(decl, member.key);
      has_choice |= key != nullptr && key->choice;
    }
    bool unknown = false;
    for (const JsonValue& member : value.children) unknown |= !known(member, decl, has_choice);
    missing(value, decl);
    one_choice(value, decl, unknown);
  }

 private:
  bool is(const JsonValue& value, JsonKind kind) {
    if (value.kind == kind) return true;
    report(value, found_instead(value, name_of(kind)));
    return false;
  }

  void report(const JsonValue& value, const absl::Status& status) {
    if (!status.ok()) problems_.at_value(value, std::string(status.message()));
  }

  // False, and a problem, for a key that is not declared; else checks the value too.
  bool known(const JsonValue& member, const ObjectDecl& decl, bool has_choice) {
    const KeyDecl* key = find_key(decl, member.key);
    if (key == nullptr) {
      problems_.at_key(member, unknown_message(member.key, decl, has_choice));
      return false;
    }
    if (key->planned) {
      problems_.at_key(member, in_quotes(member.key) + " is not supported yet");
    } else {
      check(member, *key);
    }
    return true;
  }

  // Where one of the choices is missing, an unknown key is a misspelt one.
  static std::string unknown_message(std::string_view name, const ObjectDecl& decl,
                                     bool has_choice) {
    std::vector<std::string_view> known;
    bool chooses = false;
    for (const KeyDecl& key : decl.keys) {
      chooses |= key.choice;
      if (!key.planned) known.push_back(key.name);
    }
    bool choice = chooses && !has_choice;
    std::string message = fmt::format("unknown {} {}{}", choice ? decl.name : "key",
                                      in_quotes(name), did_you_mean(name, known));
    return choice ? fmt::format("{}  {}", message, decl.hint) : message;
  }

  void missing(const JsonValue& value, const ObjectDecl& decl) {
    for (const KeyDecl& key : decl.keys) {
      if (!key.required || value.find(key.name) != nullptr) continue;
      std::string all = key.words.empty() ? "" : fmt::format(": \"{}\"", key.words);
      problems_.at_value(value, fmt::format("needs \"{}\"{}", key.name, all));
    }
  }

  void one_choice(const JsonValue& value, const ObjectDecl& decl, bool unknown) {
    const JsonValue* first = nullptr;
    bool chooses = false;
    for (const KeyDecl& key : decl.keys) chooses |= key.choice;
    if (!chooses) return;
    for (const JsonValue& member : value.children) {
      const KeyDecl* key = find_key(decl, member.key);
      if (key == nullptr || !key->choice) continue;
      if (first != nullptr) {
        problems_.at_key(member, fmt::format("a {} has one verb, and this one has \"{}\" already",
                                             decl.name, first->key));
      }
      if (first == nullptr) first = &member;
    }
    if (first == nullptr && !unknown) {
      problems_.at_value(value,
                         fmt::format("no verb says which {} this is  {}", decl.name, decl.hint));
    }
  }

  void check(const JsonValue& value, const KeyDecl& key) {
    switch (key.kind) {
      case KeyKind::kObject:
        return object(value, *key.of());
      case KeyKind::kMap:
        return map(value, *key.of());
      case KeyKind::kConfig:
        return config(value);
      case KeyKind::kObjects:
        return objects(value, *key.of());
      case KeyKind::kTexts:
        return texts(value);
      case KeyKind::kTargets:
        return targets(value);
      case KeyKind::kSides:
        return sides(value);
      case KeyKind::kLinkSides:
        return link_sides(value);
      case KeyKind::kBrokersOrAll:
        return targets(value);
      default:
        return report(value, check_scalar(value, key));
    }
  }

  void map(const JsonValue& value, const ObjectDecl& decl) {
    if (!is(value, JsonKind::kObject)) return;
    for (const JsonValue& member : value.children) {
      absl::Status named = check_name(member.key);
      if (!named.ok()) problems_.at_key(member, std::string(named.message()));
      object(member, decl);
    }
  }

  // Which settings there are is checked where they are set.
  void config(const JsonValue& value) {
    if (!is(value, JsonKind::kObject)) return;
    for (const JsonValue& member : value.children) {
      bool simple = member.kind == JsonKind::kNumber || member.kind == JsonKind::kString ||
                    member.kind == JsonKind::kBoolean;
      if (!simple) report(member, found_instead(member, "a number, a string, true or false"));
    }
  }

  void objects(const JsonValue& value, const ObjectDecl& decl) {
    if (!is(value, JsonKind::kArray)) return;
    for (const JsonValue& element : value.children) object(element, decl);
  }

  void texts(const JsonValue& value) {
    if (!is(value, JsonKind::kArray)) return;
    for (const JsonValue& element : value.children) is(element, JsonKind::kString);
  }

  void target_list(const JsonValue& value) {
    texts(value);
    if (value.kind != JsonKind::kArray) return;
    if (value.children.empty()) problems_.at_value(value, "is empty; name at least one target");
    if (value.children.size() <= kMostTargets) return;
    problems_.at_value(value, fmt::format("more than {} targets", kMostTargets));
  }

  void targets(const JsonValue& value) {
    if (value.kind == JsonKind::kString) return;
    if (value.kind == JsonKind::kArray) return target_list(value);
    report(value, found_instead(value, "a target, as \"broker 1\", or a list of targets"));
  }

  void sides(const JsonValue& value) {
    if (!is(value, JsonKind::kArray)) return;
    for (const JsonValue& side : value.children) target_list(side);
    if (value.children.size() < 2) {
      problems_.at_value(value, "needs two sides or more, as [[\"broker 1\"], [\"broker 2\"]]");
    }
  }

  void link_sides(const JsonValue& value) {
    bool nested = !value.children.empty() && value.children[0].kind == JsonKind::kArray;
    if (!nested) return targets(value);
    sides(value);
    if (value.children.size() > 2) problems_.at_value(value, "a link has two sides, not more");
  }

  ProblemList& problems_;
};

}  // namespace

void check_declared(const JsonValue& value, const ObjectDecl& decl, ProblemList& problems) {
  Check(problems).object(value, decl);
}

absl::Status check_scalar(const JsonValue& value, const KeyDecl& key) {
  switch (key.kind) {
    case KeyKind::kBoolean:
      if (value.kind == JsonKind::kBoolean) return absl::OkStatus();
      return found_instead(value, "true or false");
    case KeyKind::kInteger:
      return check_integer(value, key);
    case KeyKind::kSeed:
    case KeyKind::kFactor:
    case KeyKind::kProbability:
      return check_number_or_text(value, key);
    default:
      if (value.kind == JsonKind::kString) return check_text_form(value, key);
      // A bare number is the usual slip: the value's own message says which units there are.
      if (value.kind == JsonKind::kNumber && !check_text_form(value, key).ok()) {
        return check_text_form(value, key);
      }
      return found_instead(value, "a string");
  }
}

absl::Status check_name(std::string_view name) {
  bool characters = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (name.empty()) return wrong("the name is empty");
  if (name == "." || name == "..") return wrong(in_quotes(name) + " is no name");
  if (name.size() > kLongestName) {
    return wrong(fmt::format("the name is longer than {} characters", kLongestName));
  }
  if (characters) return absl::OkStatus();
  return wrong(in_quotes(name) + " is no name; use letters, digits, \".\", \"_\" and \"-\"");
}

}  // namespace scenarios
