// SPDX-License-Identifier: Apache-2.0
//
// The codecs of Kafka's record batches: one compressed stream stands where the records would.
//
//   gzip    one member (RFC 1952)                                 level 1..9 or -1 (default)
//   snappy  snappy-java's stream: a header of 16 bytes, then [i32 length][raw block of <= 32 KiB]
//   lz4     one frame of independent 64 KiB blocks, no checksums  level 1..17, default 9 (fast)
//   zstd    one frame without content size and checksum           level -131072..22, default 3
//
// Compressing gives the bytes that Kafka's producer gives as far as the library's version allows
// (gzip and lz4: the same; snappy and zstd change their choices between releases). Decompressing is
// a reader that pulls: it holds one block at a time, takes no more than the caller's bound, and
// says InvalidArgument of damaged input, ResourceExhausted of input that holds more than the bound.
// It accepts what Kafka's brokers and Java clients accept, such as raw snappy without a header.
// Source: clients/.../common/compress/*.java, CompressionType.java; snappy-java, zstd-jni.

#ifndef MODELS_LOG_COMPRESSION_H_
#define MODELS_LOG_COMPRESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace models {

// Bits 0 to 2 of a batch's attributes.
enum class CompressionType : int8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

// "none", "gzip", "snappy", "lz4" or "zstd": the values of compression.type, but for "producer".
std::string_view name_of(CompressionType type);
std::optional<CompressionType> compression_type_named(std::string_view name);
// Nothing for 5, 6 and 7, which no codec has.
std::optional<CompressionType> compression_type_of_id(int id);

// What compression.gzip.level, compression.lz4.level and compression.zstd.level take.
struct CompressionLevels {
  int least;
  int most;
  int by_default;
  bool allow(int level) const { return (level >= least && level <= most) || level == by_default; }
};
// Nothing for none and snappy, which have no levels.
std::optional<CompressionLevels> levels_of(CompressionType type);

// A codec with its level; without one, the codec's default.
struct Compression {
  CompressionType type = CompressionType::kNone;
  std::optional<int> level;

  int level_or_default() const;
  bool operator==(const Compression&) const = default;
};

// The whole stream of `bytes`. The level must be one that the codec has.
std::string compress(const Compression& compression, std::string_view bytes);

// "lz4 1.9.4, snappy 1.1.9, zlib 1.2.13, zstd 1.5.4": what compressed bytes depend on.
std::string compression_libraries();

// Reads a compressed stream piece by piece. Once it has failed it fails for good.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // The next bytes, which live until the next call; empty at the end of the stream.
  absl::StatusOr<std::string_view> next();

 protected:
  explicit Decompressor(int64_t max_bytes) : room_(max_bytes) {}

 private:
  // The same for one codec, which need not come to its end once it has given more than `room`
  // bytes.
  virtual absl::StatusOr<std::string_view> decode(int64_t room) = 0;

  int64_t room_;
  absl::Status status_;
};

// A reader of `compressed`, which must outlive it. It gives at most `max_bytes`.
std::unique_ptr<Decompressor> open_decompressor(CompressionType type, std::string_view compressed,
                                                int64_t max_bytes);

// All that the stream holds.
absl::StatusOr<std::string> decompress(CompressionType type, std::string_view compressed,
                                       int64_t max_bytes);

}  // namespace models

#endif  // MODELS_LOG_COMPRESSION_H_
