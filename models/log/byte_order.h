// SPDX-License-Identifier: Apache-2.0
//
// Big-endian integers in bytes, and Kafka's variable-length ones (zigzag, little groups first).

#ifndef MODELS_LOG_BYTE_ORDER_H_
#define MODELS_LOG_BYTE_ORDER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace models {

// The same value with its bytes in the other order.
template <class T>
T swap_bytes(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

template <class T>
T in_big_endian(T value) {
  if constexpr (std::endian::native == std::endian::big) return value;
  return swap_bytes(value);
}

template <class T>
T load_big_endian(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return in_big_endian(value);
}

template <class T>
void store_big_endian(char* bytes, T value) {
  value = in_big_endian(value);
  std::memcpy(bytes, &value, sizeof(T));
}

// The other order, which some compressed streams have.
template <class T>
T load_little_endian(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) return swap_bytes(value);
  return value;
}

template <class T>
void store_little_endian(char* bytes, T value) {
  if constexpr (std::endian::native == std::endian::big) value = swap_bytes(value);
  std::memcpy(bytes, &value, sizeof(T));
}

template <class T>
void append_big_endian(std::string& out, T value) {
  char bytes[sizeof(T)];
  store_big_endian(bytes, value);
  out.append(bytes, sizeof(T));
}

// Appends `value` as a zigzag varint of up to ten bytes.
inline void append_varint(std::string& out, int64_t value) {
  uint64_t zigzag = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (zigzag >= 0x80) {
    out.push_back(static_cast<char>((zigzag & 0x7f) | 0x80));
    zigzag >>= 7;
  }
  out.push_back(static_cast<char>(zigzag));
}

inline int64_t varint_size(int64_t value) {
  uint64_t zigzag = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  int64_t size = 1;
  for (; zigzag >= 0x80; zigzag >>= 7) ++size;
  return size;
}

// Reads values from bytes; once something does not fit, `ok` is false for good and values are 0.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t position() const { return at_; }
  size_t remaining() const { return bytes_.size() - at_; }

  int64_t varint() {
    if (is_short()) {
      uint8_t zigzag = static_cast<uint8_t>(bytes_[at_++]);
      return static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
    }
    uint64_t zigzag = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!ok_ || at_ >= bytes_.size()) return fail();
      uint64_t byte = static_cast<unsigned char>(bytes_[at_++]);
      zigzag |= (byte & 0x7f) << shift;
      if (byte < 0x80) return static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
    }
    return fail();
  }
  // Of at most five bytes; what does not fit 32 bits is dropped, as Kafka drops it.
  uint32_t unsigned_varint() {
    if (is_short()) return static_cast<uint8_t>(bytes_[at_++]);
    uint32_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (!ok_ || at_ >= bytes_.size()) break;
      uint32_t byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return static_cast<uint32_t>(fail());
  }
  int32_t varint32() {
    uint32_t zigzag = unsigned_varint();
    return static_cast<int32_t>(zigzag >> 1) ^ -static_cast<int32_t>(zigzag & 1);
  }
  int8_t byte() {
    if (!ok_ || at_ >= bytes_.size()) return static_cast<int8_t>(fail());
    return static_cast<int8_t>(bytes_[at_++]);
  }
  std::string_view take(int64_t size) {
    if (!ok_ || size < 0 || static_cast<uint64_t>(size) > remaining()) {
      fail();
      return {};
    }
    std::string_view taken = bytes_.substr(at_, static_cast<size_t>(size));
    at_ += static_cast<size_t>(size);
    return taken;
  }

 private:
  // The next varint is one byte, as most are.
  bool is_short() const { return ok_ && at_ < bytes_.size() && static_cast<signed char>(bytes_[at_]) >= 0; }
  int64_t fail() {
    ok_ = false;
    return 0;
  }
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace models

#endif  // MODELS_LOG_BYTE_ORDER_H_
