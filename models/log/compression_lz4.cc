// SPDX-License-Identifier: Apache-2.0
//
// The LZ4 frame as Kafka writes and reads it (Lz4BlockOutputStream, Lz4BlockInputStream):
//
//   04224d18 | FLG | BD | [u64 content size] | HC | [u32 size][block][u32 xxh32] ... | u32 0 | [u32
//   xxh32]
//
// Little-endian; the top bit of a block's size means stored as it is. Blocks must be independent, a
// block's checksum is verified, the content's size and checksum are passed over, and so is what
// follows the frame. liblz4's own frame functions differ in each of these, hence its block
// functions.

#include <lz4.h>
#include <lz4hc.h>

#include <algorithm>
#include <utility>

#include "models/log/byte_order.h"
#include "models/log/compression_codecs.h"
#include "models/log/xxhash32.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr std::string_view kMagic("\x04\x22\x4d\x18", 4);
constexpr uint8_t kVersion = 1;
constexpr uint8_t kFlags = 0x60;            // Version 1, independent blocks.
constexpr uint8_t kBlockDescriptor = 0x40;  // Blocks of 64 KiB.
constexpr size_t kBlockBytes = 64 * 1024;
constexpr uint32_t kStored = 0x80000000U;
constexpr int kFastLevel = 9;  // Kafka's default, which stands for the fast compressor.

char header_checksum(std::string_view descriptor) {
  return static_cast<char>(xxhash32(descriptor) >> 8);
}

class Lz4 : public Decompressor {
 public:
  Lz4(std::string_view compressed, int64_t max_bytes)
      : Decompressor(max_bytes), rest_(compressed) {}

 private:
  absl::StatusOr<std::string_view> decode(int64_t) override {
    if (!std::exchange(begun_, true)) {
      if (absl::Status status = header(); !status.ok()) return status;
    }
    while (!ended_) {
      absl::StatusOr<std::string_view> bytes = block();
      if (!bytes.ok() || !bytes->empty()) return bytes;
    }
    return std::string_view();
  }

  absl::Status header() {
    ByteReader reader(rest_);
    if (reader.take(static_cast<int64_t>(kMagic.size())) != kMagic)
      return absl::InvalidArgumentError("not a frame of lz4");
    uint8_t flags = static_cast<uint8_t>(reader.byte());
    uint8_t blocks = static_cast<uint8_t>(reader.byte());
    if ((flags & 0x03) != 0 || (flags >> 6) != kVersion || (flags & 0x20) == 0)
      return absl::InvalidArgumentError("a frame of lz4 of an unsupported kind");
    if ((blocks & 0x8f) != 0 || (blocks >> 4) < 4)
      return absl::InvalidArgumentError("a frame of lz4 with an unsupported block size");
    if ((flags & 0x08) != 0) reader.take(8);
    size_t end = reader.position();
    char checksum = static_cast<char>(reader.byte());
    if (!reader.ok() ||
        checksum != header_checksum(rest_.substr(kMagic.size(), end - kMagic.size())))
      return absl::InvalidArgumentError("a damaged header of lz4");
    has_block_checksum_ = (flags & 0x10) != 0;
    has_content_checksum_ = (flags & 0x04) != 0;
    block_bytes_ = size_t{1} << (2 * (blocks >> 4) + 8);
    rest_.remove_prefix(reader.position());
    return absl::OkStatus();
  }

  absl::StatusOr<std::string_view> block() {
    ByteReader reader(rest_);
    std::string_view size_bytes = reader.take(4);
    if (!reader.ok()) return absl::InvalidArgumentError("lz4 ends without its end mark");
    uint32_t word = load_little_endian<uint32_t>(size_bytes.data());
    uint32_t size = word & ~kStored;
    if (size == 0) {
      ended_ = true;
      if (has_content_checksum_) reader.take(4);
      if (!reader.ok()) return absl::InvalidArgumentError("lz4 ends before its checksum");
      return std::string_view();
    }
    if (size > block_bytes_) return absl::InvalidArgumentError("a block of lz4 is too long");
    std::string_view block = reader.take(size);
    std::string_view checksum = has_block_checksum_ ? reader.take(4) : std::string_view();
    if (!reader.ok()) return absl::InvalidArgumentError("lz4 ends within a block");
    if (has_block_checksum_ && load_little_endian<uint32_t>(checksum.data()) != xxhash32(block))
      return absl::InvalidArgumentError("a block of lz4 with a wrong checksum");
    rest_.remove_prefix(reader.position());
    if ((word & kStored) != 0) return block;
    buffer_.resize(block_bytes_);
    int given = LZ4_decompress_safe(block.data(), buffer_.data(), static_cast<int>(block.size()),
                                    static_cast<int>(buffer_.size()));
    if (given < 0) return absl::InvalidArgumentError("a damaged block of lz4");
    return std::string_view(buffer_).substr(0, static_cast<size_t>(given));
  }

  std::string_view rest_;
  std::string buffer_;
  size_t block_bytes_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  bool has_block_checksum_ = false;
  bool has_content_checksum_ = false;
};

}  // namespace

std::string lz4_compress(std::string_view bytes, int level) {
  std::string out(kMagic);
  out.push_back(static_cast<char>(kFlags));
  out.push_back(static_cast<char>(kBlockDescriptor));
  out.push_back(header_checksum(std::string_view(out).substr(kMagic.size())));
  while (!bytes.empty()) {
    std::string_view block = bytes.substr(0, kBlockBytes);
    bytes.remove_prefix(block.size());
    int size = static_cast<int>(block.size());
    int bound = LZ4_compressBound(size);
    size_t at = out.size() + 4;
    out.resize(at + static_cast<size_t>(bound));
    int packed = level == kFastLevel
                     ? LZ4_compress_default(block.data(), out.data() + at, size, bound)
                     : LZ4_compress_HC(block.data(), out.data() + at, size, bound, level);
    SIM_CHECK(packed > 0, "lz4", packed);
    uint32_t word = static_cast<uint32_t>(packed);
    if (packed >= size) {
      std::copy(block.begin(), block.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
      packed = size;
      word = static_cast<uint32_t>(size) | kStored;
    }
    store_little_endian<uint32_t>(out.data() + at - 4, word);
    out.resize(at + static_cast<size_t>(packed));
  }
  out.append(4, '\0');
  return out;
}

std::string lz4_release() { return LZ4_versionString(); }

std::unique_ptr<Decompressor> open_lz4(std::string_view compressed, int64_t max_bytes) {
  return std::make_unique<Lz4>(compressed, max_bytes);
}

}  // namespace models
