// SPDX-License-Identifier: Apache-2.0
//
// Kafka's flexible message encoding (KIP-482), as far as records in logs need it: big-endian
// numbers, compact arrays and strings (length plus one as an unsigned varint), and tagged fields,
// which are written as none and passed over when read.

#ifndef MODELS_LOG_FLEXIBLE_ENCODING_H_
#define MODELS_LOG_FLEXIBLE_ENCODING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "models/log/byte_order.h"

namespace models {

inline void append_unsigned_varint(std::string& out, uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>((value & 0x7f) | 0x80));
  out.push_back(static_cast<char>(value));
}

class FlexibleWriter {
 public:
  template <class T>
  void number(T value) {
    append_big_endian(out_, value);
  }
  void size(size_t size) { append_unsigned_varint(out_, static_cast<uint32_t>(size) + 1); }
  void text(std::string_view text) {
    size(text.size());
    out_.append(text);
  }
  void end_of_fields() { append_unsigned_varint(out_, 0); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Once something does not fit, `ok` is false for good and values are 0 or empty.
class FlexibleReader {
 public:
  explicit FlexibleReader(std::string_view bytes) : reader_(bytes) {}

  bool ok() const { return reader_.ok(); }
  template <class T>
  T number() {
    std::string_view bytes = reader_.take(sizeof(T));
    return bytes.size() == sizeof(T) ? load_big_endian<T>(bytes.data()) : T{};
  }
  // Entries of an array, each of which takes at least `entry_bytes`.
  uint32_t size(size_t entry_bytes) {
    uint32_t size = length();
    if (size > reader_.remaining() / entry_bytes) reader_.take(-1);
    return ok() ? size : 0;
  }
  std::string_view text() { return reader_.take(length()); }
  void end_of_fields() {
    uint32_t fields = reader_.unsigned_varint();
    for (uint32_t i = 0; i < fields && ok(); ++i) {
      reader_.unsigned_varint();
      reader_.take(reader_.unsigned_varint());
    }
  }

 private:
  // Zero would be null, which no field read here may be.
  uint32_t length() {
    uint32_t encoded = reader_.unsigned_varint();
    if (encoded == 0) reader_.take(-1);
    return ok() ? encoded - 1 : 0;
  }
  ByteReader reader_;
};

}  // namespace models

#endif  // MODELS_LOG_FLEXIBLE_ENCODING_H_
