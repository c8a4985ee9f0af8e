// SPDX-License-Identifier: Apache-2.0
//
// The codecs behind compression.h, one file and one library each.

#ifndef MODELS_LOG_COMPRESSION_CODECS_H_
#define MODELS_LOG_COMPRESSION_CODECS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/log/compression.h"

namespace models {

std::string gzip_compress(std::string_view bytes, int level);
std::string snappy_compress(std::string_view bytes);
std::string lz4_compress(std::string_view bytes, int level);
std::string zstd_compress(std::string_view bytes, int level);

// The versions of the libraries.
std::string zlib_release();
std::string snappy_release();
std::string lz4_release();
std::string zstd_release();

std::unique_ptr<Decompressor> open_gzip(std::string_view compressed, int64_t max_bytes);
std::unique_ptr<Decompressor> open_snappy(std::string_view compressed, int64_t max_bytes);
std::unique_ptr<Decompressor> open_lz4(std::string_view compressed, int64_t max_bytes);
std::unique_ptr<Decompressor> open_zstd(std::string_view compressed, int64_t max_bytes);

}  // namespace models

#endif  // MODELS_LOG_COMPRESSION_CODECS_H_
