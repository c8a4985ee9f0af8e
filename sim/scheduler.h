// SPDX-License-Identifier: Apache-2.0
//
// The future: events in total order of (time, sequence). The sequence number is the event's id, so
// that equal times run in order of creation and an id says where in a run an event was made.

#ifndef SIM_SCHEDULER_H_
#define SIM_SCHEDULER_H_

#include <utility>
#include <vector>

#include "sim/event.h"
#include "sim/event_queue.h"

namespace sim {

class Scheduler {
 public:
  bool empty() const { return queue_.empty(); }
  size_t size() const { return queue_.size(); }
  SimTime next_time() const { return queue_.top().time; }

  // A number for something that is not scheduled but traced (a fault, a suppressed event, a note).
  EventId take_id() { return EventId(next_id_++); }
  EventId last_id() const { return EventId(next_id_ - 1); }

  QueueHandle schedule(SimTime at, Event event) {
    QueueHandle handle = queue_.push(at, next_id_++);
    if (handle.slot >= events_.size()) events_.resize(queue_.slot_count());
    events_[handle.slot] = std::move(event);
    return handle;
  }

  bool cancel(QueueHandle handle) {
    if (!queue_.cancel(handle)) return false;
    events_[handle.slot].message.reset();
    return true;
  }
  bool pending(QueueHandle handle) const { return queue_.contains(handle); }

  struct Due {
    SimTime time;
    EventId id;
    Event event;
  };
  // Takes out the next event. The queue must not be empty.
  Due pop() {
    EventQueue::Entry entry = queue_.pop();
    return Due{entry.time, EventId(entry.sequence), std::move(events_[entry.slot])};
  }

 private:
  EventQueue queue_;
  std::vector<Event> events_;  // By slot.
  uint64_t next_id_ = 1;
};

}  // namespace sim

#endif  // SIM_SCHEDULER_H_
