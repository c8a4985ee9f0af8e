// SPDX-License-Identifier: Apache-2.0

#include "sim/trace_digest.h"

#include "sim/rng.h"

namespace sim {

void TraceDigest::text(std::string_view t) { value_ = mix_word(value_, stable_hash(t)); }

void TraceDigest::remember(Known& known, std::string_view name) {
  known = Known{name.data(), name.size(), stable_hash(name)};
}

std::string digest_text(uint64_t digest) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (int nibble = 15; nibble >= 0; --nibble) {
    text += kHex[(digest >> (4 * nibble)) & 15];
    if (nibble % 4 == 0 && nibble > 0) text += ' ';
  }
  return text;
}

}  // namespace sim
