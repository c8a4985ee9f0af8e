// SPDX-License-Identifier: Apache-2.0
//
// Which partition a record goes to: by the hash of its key, or, without a key, sticking to one
// partition until it has taken a batch's worth of bytes (KIP-480, KIP-794).
// Source: clients/.../utils/Utils.java (murmur2), producer/internals/BuiltInPartitioner.java.

#ifndef MODELS_CLIENTS_PARTITIONER_H_
#define MODELS_CLIENTS_PARTITIONER_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "models/clients/client_metadata.h"
#include "sim/rng.h"

namespace models {

// MurmurHash2 with Kafka's seed.
int32_t murmur2(std::string_view data);

inline int32_t partition_for_key(std::string_view key, int32_t partitions) {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

// Sticky choice for records without key. A partition is drawn among those with a leader, among all
// if none has one; it is kept even if its leader is lost.
class StickyPartitioner {
 public:
  // The partition for the next record.
  int32_t current(std::span<const LeaderView> leaders, sim::Rng& rng);
  // `bytes` more are in it (0: somebody looks whether it is time). Another one is drawn once it has
  // taken `batch_size` bytes and leaves no batch behind that waits to be filled, or twice that.
  void appended(int64_t bytes, int64_t batch_size, bool all_batches_full,
                std::span<const LeaderView> leaders, sim::Rng& rng);

 private:
  int32_t current_ = -1;
  int64_t taken_ = 0;
};

}  // namespace models

#endif  // MODELS_CLIENTS_PARTITIONER_H_
