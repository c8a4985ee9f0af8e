// SPDX-License-Identifier: Apache-2.0
//
// Which partition a record goes to: by the hash of its key, or, without a key, sticking to one
// partition until it has taken a batch's worth of bytes (KIP-480, KIP-794).
// Source: clients/.../utils/Utils.java (murmur2), producer/internals/BuiltInPartitioner.java.

#ifndef MODELS_CLIENTS_PARTITIONER_H_
#define MODELS_CLIENTS_PARTITIONER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/rng.h"

namespace models {

// MurmurHash2 with Kafka's seed.
int32_t murmur2(std::string_view data);

inline int32_t partition_for_key(std::string_view key, int32_t partitions) {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

// Sticky choice for records without key.
class StickyPartitioner {
 public:
  // The partition for a record of `bytes`. A new one is drawn among `available` (partitions with a
  // leader; all if there is none) once the current one has taken `batch_size` bytes.
  int32_t next(int64_t bytes, int64_t batch_size, const std::vector<int32_t>& available,
               int32_t partitions, sim::Rng& rng);

 private:
  int32_t current_ = -1;
  int64_t taken_ = 0;
};

}  // namespace models

#endif  // MODELS_CLIENTS_PARTITIONER_H_
