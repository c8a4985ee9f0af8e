// SPDX-License-Identifier: Apache-2.0

#include "models/log/compression.h"

#include <utility>

#include "models/log/compression_codecs.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr CompressionType kTypes[] = {CompressionType::kNone, CompressionType::kGzip,
                                      CompressionType::kSnappy, CompressionType::kLz4,
                                      CompressionType::kZstd};

// What is not compressed, behind the same reader.
class Plain : public Decompressor {
 public:
  Plain(std::string_view bytes, int64_t max_bytes) : Decompressor(max_bytes), bytes_(bytes) {}

 private:
  absl::StatusOr<std::string_view> decode(int64_t) override {
    return std::exchange(bytes_, std::string_view());
  }
  std::string_view bytes_;
};

}  // namespace

std::string_view name_of(CompressionType type) {
  switch (type) {
    case CompressionType::kNone:
      return "none";
    case CompressionType::kGzip:
      return "gzip";
    case CompressionType::kSnappy:
      return "snappy";
    case CompressionType::kLz4:
      return "lz4";
    case CompressionType::kZstd:
      return "zstd";
  }
  return "unknown";
}

std::optional<CompressionType> compression_type_named(std::string_view name) {
  for (CompressionType type : kTypes) {
    if (name_of(type) == name) return type;
  }
  return std::nullopt;
}

std::optional<CompressionType> compression_type_of_id(int id) {
  for (CompressionType type : kTypes) {
    if (static_cast<int>(type) == id) return type;
  }
  return std::nullopt;
}

std::optional<CompressionLevels> levels_of(CompressionType type) {
  switch (type) {
    case CompressionType::kNone:
    case CompressionType::kSnappy:
      return std::nullopt;
    case CompressionType::kGzip:
      return CompressionLevels{1, 9, -1};
    case CompressionType::kLz4:
      return CompressionLevels{1, 17, 9};
    case CompressionType::kZstd:
      return CompressionLevels{-131072, 22, 3};
  }
  return std::nullopt;
}

int Compression::level_or_default() const {
  std::optional<CompressionLevels> levels = levels_of(type);
  return level ? *level : levels ? levels->by_default : 0;
}

std::string compress(const Compression& compression, std::string_view bytes) {
  int level = compression.level_or_default();
  std::optional<CompressionLevels> levels = levels_of(compression.type);
  SIM_CHECK(!levels || levels->allow(level), "a level that the codec does not have", level);
  switch (compression.type) {
    case CompressionType::kNone:
      break;
    case CompressionType::kGzip:
      return gzip_compress(bytes, level);
    case CompressionType::kSnappy:
      return snappy_compress(bytes);
    case CompressionType::kLz4:
      return lz4_compress(bytes, level);
    case CompressionType::kZstd:
      return zstd_compress(bytes, level);
  }
  return std::string(bytes);
}

std::string compression_libraries() {
  return "lz4 " + lz4_release() + ", snappy " + snappy_release() + ", zlib " + zlib_release() +
         ", zstd " + zstd_release();
}

absl::StatusOr<std::string_view> Decompressor::next() {
  if (!status_.ok()) return status_;
  absl::StatusOr<std::string_view> piece = decode(room_);
  if (!piece.ok()) {
    status_ = piece.status();
  } else if (static_cast<int64_t>(piece->size()) > room_) {
    status_ = absl::ResourceExhaustedError("the stream holds more than it may");
  } else {
    room_ -= static_cast<int64_t>(piece->size());
    return piece;
  }
  return status_;
}

std::unique_ptr<Decompressor> open_decompressor(CompressionType type, std::string_view compressed,
                                                int64_t max_bytes) {
  switch (type) {
    case CompressionType::kNone:
      break;
    case CompressionType::kGzip:
      return open_gzip(compressed, max_bytes);
    case CompressionType::kSnappy:
      return open_snappy(compressed, max_bytes);
    case CompressionType::kLz4:
      return open_lz4(compressed, max_bytes);
    case CompressionType::kZstd:
      return open_zstd(compressed, max_bytes);
  }
  return std::make_unique<Plain>(compressed, max_bytes);
}

absl::StatusOr<std::string> decompress(CompressionType type, std::string_view compressed,
                                       int64_t max_bytes) {
  std::unique_ptr<Decompressor> stream = open_decompressor(type, compressed, max_bytes);
  std::string all;
  while (true) {
    absl::StatusOr<std::string_view> piece = stream->next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) return all;
    all.append(*piece);
  }
}

}  // namespace models
