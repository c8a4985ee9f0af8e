// SPDX-License-Identifier: Apache-2.0

#include "models/clients/partitioner.h"

#include <algorithm>

namespace models {

int32_t murmur2(std::string_view data) {
  constexpr uint32_t kSeed = 0x9747b28c;
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  constexpr int kShift = 24;
  auto byte = [&](size_t at) { return uint32_t{static_cast<unsigned char>(data[at])}; };
  uint32_t hash = kSeed ^ static_cast<uint32_t>(data.size());
  size_t at = 0;
  for (; at + 4 <= data.size(); at += 4) {
    uint32_t word = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
  }
  size_t rest = data.size() - at;
  if (rest >= 3) hash ^= byte(at + 2) << 16;
  if (rest >= 2) hash ^= byte(at + 1) << 8;
  if (rest >= 1) hash = (hash ^ byte(at)) * kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<int32_t>(hash);
}

namespace {

int32_t draw(std::span<const LeaderView> leaders, sim::Rng& rng) {
  auto has_leader = [](const LeaderView& view) { return view.leader != kNoNode; };
  auto available = std::count_if(leaders.begin(), leaders.end(), has_leader);
  if (available == 0) return static_cast<int32_t>(rng.below(leaders.size()));
  uint64_t left = rng.below(static_cast<uint64_t>(available));
  size_t index = 0;
  while (!has_leader(leaders[index]) || left-- > 0) ++index;
  return static_cast<int32_t>(index);
}

}  // namespace

int32_t StickyPartitioner::current(std::span<const LeaderView> leaders, sim::Rng& rng) {
  if (current_ < 0) current_ = draw(leaders, rng);
  return current_;
}

void StickyPartitioner::appended(int64_t bytes, int64_t batch_size, bool all_batches_full,
                                 std::span<const LeaderView> leaders, sim::Rng& rng) {
  taken_ += bytes;
  if (taken_ < batch_size || (!all_batches_full && taken_ < 2 * batch_size)) return;
  taken_ = 0;
  current_ = draw(leaders, rng);
}

}  // namespace models
