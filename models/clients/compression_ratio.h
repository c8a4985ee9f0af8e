// SPDX-License-Identifier: Apache-2.0
//
// How well a producer expects its records to compress: what decides when a batch is full before it
// is compressed. One for each topic and codec; a producer here has one of each.
//
//   batch sent: 700 of 1000 bytes  ->  estimate 1.000 -> 0.995   slowly better
//   batch sent: 990 of 1000 bytes  ->  estimate 0.900 -> 0.990   at once worse, by 0.05 or more
//   batch refused as too large     ->  1, or what it was if that is more
//
// Kafka calculates with floats of 32 bits, which no two machines need to agree on: here ratios are
// in millionths and sizes round down, so that a batch may be full a byte sooner or later.
// Source: CompressionRatioEstimator.java, MemoryRecordsBuilder.estimatedBytesWritten.

#ifndef MODELS_CLIENTS_COMPRESSION_RATIO_H_
#define MODELS_CLIENTS_COMPRESSION_RATIO_H_

#include <algorithm>
#include <compare>
#include <cstdint>

namespace models {

// Of compressed bytes to bytes before, in millionths.
struct CompressionRatio {
  static constexpr int64_t kOne = 1'000'000;
  int64_t millionths = kOne;

  static CompressionRatio of(int64_t compressed, int64_t uncompressed) {
    return {compressed * kOne / uncompressed};
  }
  // What `bytes` of records will take, with a margin of 5 %.
  int64_t estimate(int64_t bytes) const { return bytes * millionths / 100 * 105 / kOne; }
  auto operator<=>(const CompressionRatio&) const = default;
};

class CompressionRatioEstimator {
 public:
  CompressionRatio current() const { return current_; }

  // A batch is about to be sent, for the first time or again.
  void observe(CompressionRatio seen) {
    if (seen > current_) {
      current_ = std::max(CompressionRatio{current_.millionths + kWorse}, seen);
    } else if (seen < current_) {
      current_ = std::max(CompressionRatio{current_.millionths - kBetter}, seen);
    }
  }
  // A batch of that ratio was larger than the broker takes.
  void reset_after(CompressionRatio too_large) {
    current_ = std::max(CompressionRatio{}, too_large);
  }

 private:
  static constexpr int64_t kBetter = 5'000;
  static constexpr int64_t kWorse = 50'000;
  CompressionRatio current_;
};

}  // namespace models

#endif  // MODELS_CLIENTS_COMPRESSION_RATIO_H_
