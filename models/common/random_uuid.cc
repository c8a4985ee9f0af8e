// SPDX-License-Identifier: Apache-2.0

#include "models/common/random_uuid.h"

namespace models {

namespace {

constexpr uint64_t kFirstDigitDash = 62;  // '-' in URL-safe base64.

}  // namespace

Uuid random_uuid(sim::Rng& rng) {
  Uuid id;
  do {
    uint64_t high = rng.next();
    uint64_t low = rng.next();
    id.words[0] = (high & ~uint64_t{0xf000}) | 0x4000;               // Version 4.
    id.words[1] = (low & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;  // IETF variant.
  } while (id.words[0] >> 58 == kFirstDigitDash);
  return id;
}

}  // namespace models
