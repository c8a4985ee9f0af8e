// SPDX-License-Identifier: Apache-2.0
//
// JSON text as a tree that remembers where everything stood and keeps numbers as they were written.
// Strict RFC 8259 (no comments); what a lenient parser would let pass quietly is a problem here: a
// key given twice, text after the document, nesting deeper than kDeepest, more than kMostValues
// values. Nothing here throws for bad input.

#ifndef SCENARIOS_JSON_READER_H_
#define SCENARIOS_JSON_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/problem.h"

namespace scenarios {

enum class JsonKind : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };
std::string_view name_of(JsonKind kind);  // "a number"

struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  std::string text;  // kString: its characters; kNumber: as written; kBoolean: "true" or "false".
  std::vector<JsonValue> children;    // Of an array or object, in the file's order.
  std::string key;                    // If it is a member of an object.
  int line = 0, column = 0;           // Where the value begins, from 1; 0: it is not from the file.
  int key_line = 0, key_column = 0;   // Where the member's key begins.
  const JsonValue* parent = nullptr;  // Set by link_parents.

  const JsonValue* find(std::string_view name) const;  // A member; null: there is none.
  JsonValue* find(std::string_view name);
  std::string pointer() const;  // RFC 6901, from the root.
};

// Makes pointer() work below `root`; to be called again when the tree has changed.
void link_parents(JsonValue& root);

// One reference token of a JSON pointer: "a/b" is "a~1b".
std::string escape_pointer_token(std::string_view token);

inline constexpr int kDeepest = 64;
inline constexpr int64_t kMostValues = 1'000'000;
inline constexpr int64_t kMostBytes = 16 << 20;

// The tree; null when the text is no JSON. All problems go to `problems`: duplicate keys are
// reported one and all (the first of them counts), reading stops at an error of syntax.
std::unique_ptr<JsonValue> read_json(std::string_view text, ProblemList& problems);

// The file's text; nothing, and a problem, when it cannot be read or is larger than kMostBytes.
std::optional<std::string> read_text_file(const std::string& file, ProblemList& problems);

}  // namespace scenarios

#endif  // SCENARIOS_JSON_READER_H_
