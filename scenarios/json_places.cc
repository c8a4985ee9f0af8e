// SPDX-License-Identifier: Apache-2.0

#include "scenarios/json_places.h"

#include <algorithm>

namespace scenarios {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kSpaceAndSeparators = " \t\r\n,:";
constexpr std::string_view kEndsWord = " \t\r\n,:]}[{\"";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

void move_past(char byte, Place& place) {
  if (byte == '\n') {
    ++place.line;
    place.column = 1;
  } else if (!continues_character(byte)) {
    ++place.column;
  }
}

}  // namespace

JsonPlaces::JsonPlaces(std::string_view text) : text_(text) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) offset_ = kByteOrderMark.size();
}

JsonPlaces::Token JsonPlaces::next() {
  skip(kSpaceAndSeparators);
  Token token{place_, text_.substr(offset_, token_bytes())};
  advance(token.text.size());
  return token;
}

JsonPlaces::Token JsonPlaces::rest() {
  skip(kSpace);
  return {place_, text_.substr(offset_)};
}

Place JsonPlaces::place_of(std::string_view text, size_t offset) {
  JsonPlaces walk(text);
  size_t end = std::min(offset, text.size());
  if (end > walk.offset_) walk.advance(end - walk.offset_);
  return walk.place_;
}

void JsonPlaces::skip(std::string_view characters) {
  while (offset_ < text_.size() && characters.find(text_[offset_]) != std::string_view::npos) {
    advance(1);
  }
}

void JsonPlaces::advance(size_t bytes) {
  for (size_t end = offset_ + bytes; offset_ < end; ++offset_) move_past(text_[offset_], place_);
}

size_t JsonPlaces::token_bytes() const {
  std::string_view rest = text_.substr(offset_);
  if (rest.empty()) return 0;
  if (std::string_view("[]{}").find(rest[0]) != std::string_view::npos) return 1;
  if (rest[0] != '"') return std::min(rest.find_first_of(kEndsWord), rest.size());
  size_t end = 1;
  while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
  return std::min(end + 1, rest.size());
}

}  // namespace scenarios
