// SPDX-License-Identifier: Apache-2.0
//
// The pending-event set: an indexed 4-ary heap, ordered by (time, sequence). Cancelling is exact: a
// cancelled entry leaves at once, so the queue holds live entries only (Kafka is all timeouts that do
// not fire).
//
//   heap_    [ {time, sequence, slot} ... ]     24 bytes an entry, children of i at 4i+1 .. 4i+4
//   where_   slot -> index in heap_             slots are reused; the owner keeps payloads by slot
//
// Steady state allocates nothing. A plain value: copying it copies the queue.

#ifndef SIM_EVENT_QUEUE_H_
#define SIM_EVENT_QUEUE_H_

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
    // One number, compared without branches: the order of two random entries cannot be predicted.
    __int128 key() const { return static_cast<__int128>(time.nanos()) << 64 | sequence; }
    bool before(const Entry& other) const {
      return key() < other.key();
    }
  };

  bool empty() const { return heap_.empty(); }
  size_t size() const { return heap_.size(); }
  // Number of slots ever in use at once; payload tables need this many rows.
  size_t slot_count() const { return where_.size(); }
  const Entry& top() const { return heap_.front(); }

  // `sequence` must grow from push to push: it breaks ties and names the entry.
  QueueHandle push(SimTime time, uint64_t sequence) {
    uint32_t slot = take_slot();
    Entry entry{time, sequence, slot};
    heap_.push_back(entry);
    sift_up(heap_.size() - 1, entry);
    return QueueHandle{sequence, slot};
  }

  Entry pop() {
    Entry first = heap_.front();
    free_slot(first.slot);
    Entry last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sift_down(0, last);
    return first;
  }

  bool contains(QueueHandle handle) const {
    if (handle.sequence == 0 || handle.slot >= where_.size()) return false;
    uint32_t at = where_[handle.slot];
    return at < kFree && heap_[at].sequence == handle.sequence;
  }

  // Removes the entry. False if it is not there any more (popped or cancelled).
  bool cancel(QueueHandle handle) {
    if (!contains(handle)) return false;
    size_t at = where_[handle.slot];
    free_slot(handle.slot);
    Entry last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size()) return true;
    if (at > 0 && last.before(heap_[parent_of(at)])) {
      sift_up(at, last);
    } else {
      sift_down(at, last);
    }
    return true;
  }

 private:
  // A free slot's entry in where_ is kFree + the next free slot; the last one's is kFree + kFree - 1.
  static constexpr uint32_t kFree = uint32_t{1} << 31;
  static constexpr uint32_t kNone = kFree - 1;
  static constexpr size_t kPrefetchFrom = 32768;  // Below this the heap lies in the caches.

  static size_t parent_of(size_t at) { return (at - 1) / 4; }

  uint32_t take_slot() {
    if (first_free_ == kNone) {
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

  void put(size_t at, const Entry& entry) {
    heap_[at] = entry;
    where_[entry.slot] = static_cast<uint32_t>(at);
  }

  void sift_up(size_t at, const Entry entry) {
    while (at > 0) {
      size_t parent = parent_of(at);
      if (!entry.before(heap_[parent])) break;
      put(at, heap_[parent]);
      at = parent;
    }
    put(at, entry);
  }

  void sift_down(size_t at, const Entry entry) {
    const size_t size = heap_.size();
    const bool prefetch = size > kPrefetchFrom;
    for (;;) {
      size_t first = 4 * at + 1;
      if (first >= size) break;
      if (prefetch) prefetch_grandchildren(first, size);
      size_t least = least_child(first, size);
      if (!heap_[least].before(entry)) break;
      put(at, heap_[least]);
      at = least;
    }
    put(at, entry);
  }

  // Written so that compilers select without branching: which child is least cannot be predicted.
  size_t least_child(size_t first, size_t size) const {
    size_t least = first;
    __int128 best = heap_[first].key();
    size_t end = first + 4 <= size ? first + 4 : size;
    if (end - first == 4) {
      for (size_t i = 1; i < 4; ++i) {
        __int128 key = heap_[first + i].key();
        bool less = key < best;
        least = less ? first + i : least;
        best = less ? key : best;
      }
      return least;
    }
    for (size_t child = first + 1; child < end; ++child) {
      if (heap_[child].key() < heap_[least].key()) least = child;
    }
    return least;
  }

  // Sixteen grandchildren of 24 bytes: six cache lines, asked for while the children are compared.
  void prefetch_grandchildren(size_t first_child, size_t size) const {
    size_t first = 4 * first_child + 1;
    if (first + 16 > size) return;
    const char* line = reinterpret_cast<const char*>(&heap_[first]);
    for (size_t byte = 0; byte < 16 * sizeof(Entry); byte += 64) __builtin_prefetch(line + byte);
  }

  std::vector<Entry> heap_;
  std::vector<uint32_t> where_;
  uint32_t first_free_ = kNone;
};

}  // namespace sim

#endif  // SIM_EVENT_QUEUE_H_
