// SPDX-License-Identifier: Apache-2.0
//
// CRC-32C (Castagnoli), as Kafka uses it for record batches. By ISA-L, which picks the fastest
// instructions at run time.

#ifndef MODELS_LOG_CRC32C_H_
#define MODELS_LOG_CRC32C_H_

#include <cstdint>
#include <string_view>

#include "absl/strings/cord.h"

namespace models {

// The CRC of `bytes`. "123456789" gives 0xE3069283.
uint32_t crc32c(std::string_view bytes);
// The CRC of `cord` from `position` to its end.
uint32_t crc32c(const absl::Cord& cord, int64_t position = 0);

}  // namespace models

#endif  // MODELS_LOG_CRC32C_H_
