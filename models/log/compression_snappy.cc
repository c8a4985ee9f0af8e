// SPDX-License-Identifier: Apache-2.0
//
// snappy-java's stream, as SnappyOutputStream writes it and SnappyInputStream reads it:
//
//   82 "SNAPPY" 00 | i32 version 1 | i32 lowest compatible version 1 | [i32 length][raw block] ...
//
// Streams may follow each other. Bytes that do not begin so are one raw block.

#include <snappy.h>

#include <algorithm>
#include <utility>

#include "models/log/byte_order.h"
#include "models/log/compression_codecs.h"

namespace models {

namespace {

constexpr size_t kBlockBytes = 32 * 1024;
constexpr size_t kLengthBytes = 4;
constexpr size_t kHeaderBytes = 16;
constexpr std::string_view kMagic("\x82SNAPPY\x00", 8);
constexpr int32_t kVersion = 1;
// The first four bytes of kMagic as a length; a true one is never negative.
constexpr int32_t kMagicAsLength = static_cast<int32_t>(0x82534e41);
constexpr int32_t kMostChunkBytes = 512 * 1024 * 1024;
// A copy of three bytes gives at most 64: a block that claims more per byte is a lie.
constexpr uint64_t kMostGrowth = 64;

class Snappy : public Decompressor {
 public:
  Snappy(std::string_view compressed, int64_t max_bytes)
      : Decompressor(max_bytes), rest_(compressed) {}

 private:
  absl::StatusOr<std::string_view> decode(int64_t room) override {
    if (std::exchange(begun_, true)) return chunk(room);
    if (rest_.empty()) return absl::InvalidArgumentError("an empty stream is not snappy");
    if (rest_.size() < kHeaderBytes || !has_magic())
      return block(std::exchange(rest_, std::string_view()), room);
    rest_.remove_prefix(kHeaderBytes);  // snappy-java does not look at the first version.
    return chunk(room);
  }

  bool has_magic() const { return rest_.substr(0, kMagic.size()) == kMagic; }

  // Of a stream that follows. What only begins like one ends the stream before it.
  absl::Status next_header() {
    if (rest_.size() < kHeaderBytes)
      return absl::InvalidArgumentError("a header of snappy that is cut");
    if (has_magic() && load_big_endian<int32_t>(rest_.data() + kMagic.size()) < kVersion)
      return absl::InvalidArgumentError("snappy of a version that is too old");
    rest_.remove_prefix(has_magic() ? kHeaderBytes : rest_.size());
    return absl::OkStatus();
  }

  absl::StatusOr<std::string_view> chunk(int64_t room) {
    while (rest_.size() >= kLengthBytes) {
      int32_t size = load_big_endian<int32_t>(rest_.data());
      if (size == kMagicAsLength) {
        if (absl::Status status = next_header(); !status.ok()) return status;
        continue;
      }
      rest_.remove_prefix(kLengthBytes);
      if (size < 0 || size > kMostChunkBytes || static_cast<size_t>(size) > rest_.size())
        return absl::InvalidArgumentError("a chunk of snappy with an impossible length");
      std::string_view raw = rest_.substr(0, static_cast<size_t>(size));
      rest_.remove_prefix(raw.size());
      absl::StatusOr<std::string_view> bytes = block(raw, room);
      if (!bytes.ok() || !bytes->empty()) return bytes;
    }
    return std::string_view();  // Fewer than four bytes more: snappy-java takes them for the end.
  }

  absl::StatusOr<std::string_view> block(std::string_view raw, int64_t room) {
    size_t size = 0;
    if (!snappy::GetUncompressedLength(raw.data(), raw.size(), &size) ||
        size > raw.size() * kMostGrowth)
      return absl::InvalidArgumentError("a block of snappy with an impossible length");
    if (size > static_cast<uint64_t>(room))
      return absl::ResourceExhaustedError("a block of snappy is too large");
    if (buffer_.size() < size) buffer_.resize(size);
    if (!snappy::RawUncompress(raw.data(), raw.size(), buffer_.data()))
      return absl::InvalidArgumentError("a damaged block of snappy");
    return std::string_view(buffer_).substr(0, size);
  }

  std::string_view rest_;
  std::string buffer_;
  bool begun_ = false;
};

}  // namespace

std::string snappy_compress(std::string_view bytes) {
  std::string out(kMagic);
  append_big_endian<int32_t>(out, kVersion);
  append_big_endian<int32_t>(out, kVersion);
  while (!bytes.empty()) {
    std::string_view block = bytes.substr(0, kBlockBytes);
    bytes.remove_prefix(block.size());
    size_t at = out.size();
    out.resize(at + kLengthBytes + snappy::MaxCompressedLength(block.size()));
    size_t size = 0;
    snappy::RawCompress(block.data(), block.size(), out.data() + at + kLengthBytes, &size);
    store_big_endian<int32_t>(out.data() + at, static_cast<int32_t>(size));
    out.resize(at + kLengthBytes + size);
  }
  return out;
}

std::string snappy_release() {
  return std::to_string(SNAPPY_MAJOR) + "." + std::to_string(SNAPPY_MINOR) + "." +
         std::to_string(SNAPPY_PATCHLEVEL);
}

std::unique_ptr<Decompressor> open_snappy(std::string_view compressed, int64_t max_bytes) {
  return std::make_unique<Snappy>(compressed, max_bytes);
}

}  // namespace models
