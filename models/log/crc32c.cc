// SPDX-License-Identifier: Apache-2.0

#include "models/log/crc32c.h"

#include <isa-l/crc.h>

namespace models {

namespace {

// ISA-L's AVX code returns with the upper halves of the vector registers in use. Until they are
// cleared some CPUs run all SSE code slower, which made a whole simulation a tenth slower.
void leave_avx() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx")) asm volatile("vzeroupper");
#endif
}

// ISA-L neither inverts at the start nor at the end; the caller does.
uint32_t extend(uint32_t state, const char* data, size_t size) {
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(data));  // It reads only.
  uint32_t extended = crc32_iscsi(bytes, static_cast<int>(size), state);
  leave_avx();
  return extended;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) { return ~extend(~0u, bytes.data(), bytes.size()); }

uint32_t crc32c(const absl::Cord& cord, int64_t position) {
  uint32_t state = ~0u;
  size_t skip = static_cast<size_t>(position);
  for (absl::string_view chunk : cord.Chunks()) {
    if (skip >= chunk.size()) {
      skip -= chunk.size();
      continue;
    }
    state = extend(state, chunk.data() + skip, chunk.size() - skip);
    skip = 0;
  }
  return ~state;
}

}  // namespace models
