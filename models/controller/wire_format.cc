// SPDX-License-Identifier: Apache-2.0

#include "models/controller/wire_format.h"

namespace models {

void WireWriter::integer(uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    bytes_.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

void WireWriter::unsigned_varint(uint32_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void WireWriter::uuid(const Uuid& id) {
  integer(id.words[0], 8);
  integer(id.words[1], 8);
}

void WireWriter::string(std::string_view text) {
  unsigned_varint(static_cast<uint32_t>(text.size()) + 1);
  bytes_.append(text);
}

void WireWriter::nullable_string(const std::optional<std::string>& text) {
  if (text) {
    string(*text);
  } else {
    unsigned_varint(0);
  }
}

void WireWriter::node_ids(const std::vector<NodeId>& ids) {
  unsigned_varint(static_cast<uint32_t>(ids.size()) + 1);
  for (NodeId id : ids) i32(id.value());
}

void WireWriter::tagged_fields(const std::vector<std::pair<uint32_t, std::string>>& fields) {
  unsigned_varint(static_cast<uint32_t>(fields.size()));
  for (const auto& [tag, body] : fields) {
    unsigned_varint(tag);
    unsigned_varint(static_cast<uint32_t>(body.size()));
    bytes_.append(body);
  }
}

std::string_view WireReader::take(size_t bytes) {
  if (!ok_ || rest_.size() < bytes) {
    ok_ = false;
    return {};
  }
  std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return taken;
}

uint64_t WireReader::integer(int bytes) {
  uint64_t value = 0;
  for (char byte : take(static_cast<size_t>(bytes)))
    value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

uint32_t WireReader::unsigned_varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    uint64_t byte = integer(1);
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return static_cast<uint32_t>(value);
  }
  ok_ = false;
  return 0;
}

Uuid WireReader::uuid() {
  Uuid id;
  id.words[0] = integer(8);
  id.words[1] = integer(8);
  return id;
}

std::optional<std::string> WireReader::nullable_string() {
  uint32_t length = unsigned_varint();
  if (length == 0) return std::nullopt;
  return std::string(take(length - 1));
}

std::string WireReader::string() {
  std::optional<std::string> text = nullable_string();
  if (!text) ok_ = false;
  return text.value_or(std::string());
}

uint32_t WireReader::array_length() {
  uint32_t length = unsigned_varint();
  if (length == 0) ok_ = false;
  // An element takes a byte at least: a length beyond the input is malformed, not an allocation.
  if (length > rest_.size() + 1) ok_ = false;
  return ok_ ? length - 1 : 0;
}

std::vector<NodeId> WireReader::node_ids() {
  uint32_t length = array_length();
  std::vector<NodeId> ids;
  ids.reserve(length);
  for (uint32_t i = 0; i < length && ok_; ++i) ids.push_back(NodeId(i32()));
  return ids;
}

std::vector<std::pair<uint32_t, std::string_view>> WireReader::tagged_fields() {
  std::vector<std::pair<uint32_t, std::string_view>> fields;
  uint32_t count = unsigned_varint();
  for (uint32_t i = 0; i < count && ok_; ++i) {
    uint32_t tag = unsigned_varint();
    uint32_t size = unsigned_varint();
    fields.emplace_back(tag, take(size));
  }
  return fields;
}

}  // namespace models
