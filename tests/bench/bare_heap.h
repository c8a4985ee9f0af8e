// SPDX-License-Identifier: Apache-2.0
//
// The yardstick: a bare implicit 4-ary heap of 24-byte entries, without handles, slots or payload.
// Everything else is quoted as a multiple of its push + pop in the same run.

#ifndef TESTS_BENCH_BARE_HEAP_H_
#define TESTS_BENCH_BARE_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

struct BareEntry {
  int64_t time;
  uint64_t sequence;
  uint64_t payload;
  __int128 key() const { return static_cast<__int128>(time) << 64 | sequence; }
  bool before(const BareEntry& other) const {
    return key() < other.key();
  }
};

class BareHeap {
 public:
  size_t size() const { return heap_.size(); }
  const BareEntry& top() const { return heap_.front(); }

  void push(const BareEntry& entry) {
    heap_.push_back(entry);
    size_t at = heap_.size() - 1;
    while (at > 0) {
      size_t parent = (at - 1) / 4;
      if (!entry.before(heap_[parent])) break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = entry;
  }

  BareEntry pop() {
    BareEntry first = heap_.front();
    BareEntry last = heap_.back();
    heap_.pop_back();
    const size_t size = heap_.size();
    if (size == 0) return first;
    size_t at = 0;
    for (;;) {
      size_t child = 4 * at + 1;
      if (child >= size) break;
      size_t least = child;
      if (child + 4 <= size) {
        __int128 best = heap_[child].key();
        for (size_t i = 1; i < 4; ++i) {
          __int128 k = heap_[child + i].key();
          bool less = k < best;
          least = less ? child + i : least;
          best = less ? k : best;
        }
      } else {
        for (size_t other = child + 1; other < size; ++other)
          least = heap_[other].before(heap_[least]) ? other : least;
      }
      if (!heap_[least].before(last)) break;
      heap_[at] = heap_[least];
      at = least;
    }
    heap_[at] = last;
    return first;
  }

 private:
  std::vector<BareEntry> heap_;
};

}  // namespace bench

#endif  // TESTS_BENCH_BARE_HEAP_H_
