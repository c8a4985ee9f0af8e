// SPDX-License-Identifier: Apache-2.0
//
// XXH32 with seed 0, the checksum inside lz4 frames (github.com/Cyan4973/xxHash,
// doc/xxhash_spec.md).

#ifndef MODELS_LOG_XXHASH32_H_
#define MODELS_LOG_XXHASH32_H_

#include <cstdint>
#include <string_view>

namespace models {

uint32_t xxhash32(std::string_view bytes);

}  // namespace models

#endif  // MODELS_LOG_XXHASH32_H_
