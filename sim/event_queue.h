// SPDX-License-Identifier: Apache-2.0
//
// The pending-event set: an indexed 4-ary heap, ordered by (time, sequence). Cancelling is exact: a
// cancelled entry leaves at once, so the queue holds live entries only (Kafka is all timeouts that do
// not fire).
//
//   lines_   [ - - - 0 | 1 2 3 4 | 5 6 7 8 | ... ]   nodes of 16 bytes; the children of i are 4i+1 .. 4i+4,
//                                                    which is one cache line
//   node     { time 64 | sequence 40, slot 24 }      its two words compared as one number give the order
//   where_   slot -> index of its node               slots are reused; the owner keeps payloads by slot
//
// Limits, checked: 2^40 pushes, 2^24 pending at once. Steady state allocates nothing. A plain value:
// copying it copies the queue.

#ifndef SIM_EVENT_QUEUE_H_
#define SIM_EVENT_QUEUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/check.h"
#include "sim/time.h"

namespace sim {

// Names one pushed entry for ever: a slot may be reused, a sequence number is not.
struct QueueHandle {
  uint64_t sequence = 0;  // 0: none.
  uint32_t slot = 0;
  bool operator==(const QueueHandle&) const = default;
};

class EventQueue {
 public:
  struct Entry {
    SimTime time;
    uint64_t sequence;
    uint32_t slot;
  };

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // Number of slots ever in use at once; payload tables need this many rows.
  size_t slot_count() const { return where_.size(); }
  Entry top() const { return at(0).entry(); }

  // `sequence` must grow from push to push: it breaks ties and names the entry.
  QueueHandle push(SimTime time, uint64_t sequence) {
    SIM_CHECK(sequence >> (64 - kSlotBits) == 0, sequence);
    uint32_t slot = take_slot();
    if ((size_ + 3) / 4 == lines_.size()) lines_.emplace_back();
    sift_up(size_++, Node{time.nanos(), sequence << kSlotBits | slot});
    return QueueHandle{sequence, slot};
  }

  Entry pop() {
    Entry first = top();
    free_slot(first.slot);
    Node last = take_last();
    if (size_ > 0) sift_down(0, last);
    return first;
  }

  bool contains(QueueHandle handle) const {
    if (handle.sequence == 0 || handle.slot >= where_.size()) return false;
    uint32_t place = where_[handle.slot];
    return place < kFree && at(place).sequence() == handle.sequence;
  }

  // Removes the entry. False if it is not there any more (popped or cancelled).
  bool cancel(QueueHandle handle) {
    if (!contains(handle)) return false;
    size_t hole = where_[handle.slot];
    free_slot(handle.slot);
    Node last = take_last();
    if (hole == size_) return true;
    if (hole > 0 && last.key() < at(parent_of(hole)).key()) {
      sift_up(hole, last);
    } else {
      sift_down(hole, last);
    }
    return true;
  }

 private:
  static constexpr int kSlotBits = 24;
  // A free slot's entry in where_ is kFree + the next free slot; the last one's is kFree + kNone.
  static constexpr uint32_t kFree = uint32_t{1} << 31;
  static constexpr uint32_t kNone = kFree - 1;
  static constexpr size_t kPrefetchFrom = 32768;  // Below this the heap lies in the caches.

  struct Node {
    int64_t nanos;
    uint64_t name;
    uint64_t sequence() const { return name >> kSlotBits; }
    uint32_t slot() const { return name & ((uint64_t{1} << kSlotBits) - 1); }
    Entry entry() const { return Entry{SimTime::at_nanos(nanos), sequence(), slot()}; }
    // One number, compared without branches: the order of two random entries cannot be predicted.
    // The slots never decide: no two sequences are equal.
    __int128 key() const { return static_cast<__int128>(nanos) << 64 | name; }
  };
  struct alignas(64) Line {
    std::array<Node, 4> nodes;
  };

  // Lines lie one after the other, so a node is found without taking its index apart.
  Node& at(size_t index) { return reinterpret_cast<Node*>(lines_.data())[index + 3]; }
  const Node& at(size_t index) const {
    return reinterpret_cast<const Node*>(lines_.data())[index + 3];
  }

  Node take_last() { return at(--size_); }

  static size_t parent_of(size_t at) { return (at - 1) / 4; }

  uint32_t take_slot() {
    if (first_free_ == kNone) {
      SIM_CHECK(where_.size() >> kSlotBits == 0, where_.size());
      where_.push_back(0);
      return static_cast<uint32_t>(where_.size() - 1);
    }
    uint32_t slot = first_free_;
    first_free_ = where_[slot] - kFree;
    return slot;
  }

  void free_slot(uint32_t slot) {
    where_[slot] = kFree + first_free_;
    first_free_ = slot;
  }

  void put(size_t index, const Node& node) {
    at(index) = node;
    where_[node.slot()] = static_cast<uint32_t>(index);
  }

  void sift_up(size_t index, const Node node) {
    while (index > 0) {
      size_t parent = parent_of(index);
      if (node.key() >= at(parent).key()) break;
      put(index, at(parent));
      index = parent;
    }
    put(index, node);
  }

  void sift_down(size_t index, const Node node) {
    const bool prefetch = size_ > kPrefetchFrom;
    for (;;) {
      size_t first = 4 * index + 1;
      if (first >= size_) break;
      if (prefetch) prefetch_grandchildren(first);
      size_t least = least_child(first);
      if (at(least).key() >= node.key()) break;
      put(index, at(least));
      index = least;
    }
    put(index, node);
  }

  // Written so that compilers select without branching: which child is least cannot be predicted.
  size_t least_child(size_t first) const {
    const auto& nodes = lines_[(first + 3) / 4].nodes;
    size_t count = size_ - first < 4 ? size_ - first : 4;
    size_t least = 0;
    __int128 best = nodes[0].key();
    if (count == 4) {
      for (size_t i = 1; i < 4; ++i) {
        __int128 key = nodes[i].key();
        bool less = key < best;
        least = less ? i : least;
        best = less ? key : best;
      }
      return first + least;
    }
    for (size_t i = 1; i < count; ++i) {
      if (nodes[i].key() < nodes[least].key()) least = i;
    }
    return first + least;
  }

  // Sixteen grandchildren are four lines, asked for while the children are compared.
  void prefetch_grandchildren(size_t first_child) const {
    size_t line = first_child + 1;  // (4 * first_child + 1 + 3) / 4
    if (line + 4 > lines_.size()) return;
    for (size_t i = 0; i < 4; ++i) __builtin_prefetch(&lines_[line + i]);
  }

  std::vector<Line> lines_;
  size_t size_ = 0;
  std::vector<uint32_t> where_;
  uint32_t first_free_ = kNone;
};

}  // namespace sim

#endif  // SIM_EVENT_QUEUE_H_
