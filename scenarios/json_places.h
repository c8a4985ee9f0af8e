// SPDX-License-Identifier: Apache-2.0
//
// Where the tokens of a JSON text stand. nlohmann_json's SAX events carry no positions, but each
// event belongs to exactly one token of a text that is valid so far; so this walks the text in step
// with them.

#ifndef SCENARIOS_JSON_PLACES_H_
#define SCENARIOS_JSON_PLACES_H_

#include <string_view>

namespace scenarios {

struct Place {
  int line = 1;
  int column = 1;  // In characters: bytes that continue one in UTF-8 do not count.
};

class JsonPlaces {
 public:
  explicit JsonPlaces(std::string_view text);

  struct Token {
    Place place;
    std::string_view text;  // As written: a string with its quotes.
  };
  // The next token that is a value, key or bracket; the text must hold one, as the parser has seen
  // it.
  Token next();
  // The first character after white space behind the last token; nothing left: empty text.
  Token rest();
  // Of the byte at `offset`, wherever the walk stands. Linear in the text.
  static Place place_of(std::string_view text, size_t offset);

 private:
  void skip(std::string_view characters);
  void advance(size_t bytes);
  size_t token_bytes() const;

  std::string_view text_;
  size_t offset_ = 0;
  Place place_;
};

}  // namespace scenarios

#endif  // SCENARIOS_JSON_PLACES_H_
