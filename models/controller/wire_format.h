// SPDX-License-Identifier: Apache-2.0
//
// Kafka's "flexible" encoding, as far as metadata records use it: big-endian integers, unsigned
// varints, compact strings and arrays (length + 1; 0 is null), and tagged fields at the end.
// Source: clients/.../protocol/{Writable,Readable}.java, utils/ByteUtils.java; KIP-482.

#ifndef MODELS_CONTROLLER_WIRE_FORMAT_H_
#define MODELS_CONTROLLER_WIRE_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/common/ids.h"

namespace models {

class WireWriter {
 public:
  void integer(uint64_t value, int bytes);
  void i8(int8_t value) { integer(static_cast<uint64_t>(value), 1); }
  void i16(int16_t value) { integer(static_cast<uint64_t>(value), 2); }
  void i32(int32_t value) { integer(static_cast<uint64_t>(value), 4); }
  void i64(int64_t value) { integer(static_cast<uint64_t>(value), 8); }
  void boolean(bool value) { i8(value ? 1 : 0); }
  void unsigned_varint(uint32_t value);
  void uuid(const Uuid& id);
  void string(std::string_view text);
  void nullable_string(const std::optional<std::string>& text);
  void node_ids(const std::vector<NodeId>& ids);
  // Tags must grow; each body is already encoded.
  void tagged_fields(const std::vector<std::pair<uint32_t, std::string>>& fields);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads what WireWriter wrote. After the first malformed or missing byte `ok()` is false and every
// read gives zero or nothing.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t integer(int bytes);
  int8_t i8() { return static_cast<int8_t>(integer(1)); }
  int16_t i16() { return static_cast<int16_t>(integer(2)); }
  int32_t i32() { return static_cast<int32_t>(integer(4)); }
  int64_t i64() { return static_cast<int64_t>(integer(8)); }
  bool boolean() { return i8() != 0; }
  uint32_t unsigned_varint();
  Uuid uuid();
  std::string string();  // Null is malformed.
  std::optional<std::string> nullable_string();
  std::vector<NodeId> node_ids();  // Null is malformed.
  // Number of elements of a compact array; null is malformed.
  uint32_t array_length();
  // Tag and encoded body of each; the bodies live as long as the bytes given to the constructor.
  std::vector<std::pair<uint32_t, std::string_view>> tagged_fields();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  void fail() { ok_ = false; }

 private:
  std::string_view take(size_t bytes);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_WIRE_FORMAT_H_
