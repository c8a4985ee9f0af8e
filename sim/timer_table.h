// SPDX-License-Identifier: Apache-2.0
//
// The armed timers of one process, by name. Open addressing in one array: arming and cancelling
// allocate nothing once the array has its size. What `for_each` visits, and in which order, depends
// on the calls made and on nothing else.

#ifndef SIM_TIMER_TABLE_H_
#define SIM_TIMER_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/event_queue.h"
#include "sim/process.h"
#include "sim/strong_id.h"

namespace sim {

struct TimerState {
  QueueHandle handle;
  std::string_view what;
  std::string_view leads_to;
  std::string_view awaits_what;
  ProcessId awaits_process;
};

class TimerTable {
 public:
  // Null: not armed. Good until the next change.
  TimerState* find(TimerName name) {
    if (size_ == 0) return nullptr;
    Slot& slot = slots_[place_of(name)];
    return slot.used ? &slot.state : nullptr;
  }
  bool contains(TimerName name) const { return size_ > 0 && slots_[place_of(name)].used; }

  TimerState& find_or_add(TimerName name) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = slots_[place_of(name)];
    if (!slot.used) {
      slot = Slot{true, name, {}};
      ++size_;
    }
    return slot.state;
  }

  void erase(TimerName name) {
    if (size_ == 0) return;
    size_t hole = place_of(name);
    if (!slots_[hole].used) return;
    --size_;
    // Moves back what was pushed on by the one that goes, so that no search ends too early.
    for (size_t at = next(hole); slots_[at].used; at = next(at)) {
      size_t home = home_of(slots_[at].name);
      bool reaches_hole = ((at - home) & mask()) >= ((at - hole) & mask());
      if (!reaches_hole) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole].used = false;
  }

  void clear() {
    slots_.clear();
    size_ = 0;
  }

  // visit(TimerName, const TimerState&)
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Slot& slot : slots_) {
      if (slot.used) visit(slot.name, slot.state);
    }
  }
  size_t size() const { return size_; }

 private:
  struct Slot {
    bool used = false;
    TimerName name;
    TimerState state;
  };

  size_t mask() const { return slots_.size() - 1; }
  size_t next(size_t at) const { return (at + 1) & mask(); }
  size_t home_of(TimerName name) const {
    uint64_t mixed = (static_cast<uint64_t>(name.number) + (uint64_t{name.kind} << 48)) * 0x9e3779b97f4a7c15ull;
    return static_cast<size_t>(mixed >> 32) & mask();
  }
  // Its slot, or the free one where it would go.
  size_t place_of(TimerName name) const {
    size_t at = home_of(name);
    while (slots_[at].used && slots_[at].name != name) at = next(at);
    return at;
  }
  void grow() {
    std::vector<Slot> former(slots_.empty() ? 16 : slots_.size() * 2);
    std::swap(former, slots_);
    for (Slot& slot : former) {
      if (slot.used) slots_[place_of(slot.name)] = slot;
    }
  }

  std::vector<Slot> slots_;  // A power of two, at most half in use.
  size_t size_ = 0;
};

}  // namespace sim

#endif  // SIM_TIMER_TABLE_H_
