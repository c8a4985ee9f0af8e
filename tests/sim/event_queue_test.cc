// SPDX-License-Identifier: Apache-2.0

#include "sim/event_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "sim/check.h"
#include "sim/rng.h"

namespace sim {
namespace {

SimTime at(int64_t n) { return SimTime::at_nanos(n); }

TEST(EventQueue, pops_by_time_and_equal_times_in_order_of_pushing) {
  EventQueue queue;
  queue.push(at(30), 1);
  queue.push(at(10), 2);
  queue.push(at(10), 3);
  queue.push(at(-5), 4);
  std::vector<uint64_t> order;
  while (!queue.empty()) order.push_back(queue.pop().sequence);
  EXPECT_EQ(order, (std::vector<uint64_t>{4, 2, 3, 1}));
}

TEST(EventQueue, a_cancelled_entry_leaves_at_once_and_only_once) {
  EventQueue queue;
  QueueHandle first = queue.push(at(1), 1);
  QueueHandle second = queue.push(at(2), 2);
  EXPECT_TRUE(queue.cancel(first));
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_FALSE(queue.cancel(first));
  EXPECT_EQ(queue.pop().sequence, 2u);
  EXPECT_FALSE(queue.cancel(second));
}

TEST(EventQueue, an_old_handle_does_not_cancel_the_slots_next_owner) {
  EventQueue queue;
  QueueHandle old = queue.push(at(1), 1);
  queue.pop();
  QueueHandle fresh = queue.push(at(2), 2);
  ASSERT_EQ(old.slot, fresh.slot);
  EXPECT_FALSE(queue.cancel(old));
  EXPECT_TRUE(queue.contains(fresh));
}

TEST(EventQueue, agrees_with_an_ordered_map_over_random_pushes_pops_and_cancels) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    EventQueue queue;
    std::map<std::pair<SimTime, uint64_t>, QueueHandle> model;
    std::vector<QueueHandle> handles;
    for (uint64_t sequence = 1; sequence <= 3000; ++sequence) {
      uint64_t action = rng.below(10);
      if (action < 5 || model.empty()) {
        SimTime time = at(rng.between(0, 200));
        handles.push_back(queue.push(time, sequence));
        model[{time, sequence}] = handles.back();
      } else if (action < 8) {
        EventQueue::Entry entry = queue.pop();
        ASSERT_EQ(std::make_pair(entry.time, entry.sequence), model.begin()->first);
        model.erase(model.begin());
      } else {
        QueueHandle victim = handles[rng.below(handles.size())];
        bool known = false;
        for (auto it = model.begin(); it != model.end(); ++it) {
          if (it->second == victim) {
            model.erase(it);
            known = true;
            break;
          }
        }
        ASSERT_EQ(queue.cancel(victim), known);
      }
      ASSERT_EQ(queue.size(), model.size());
    }
  }
}

TEST(EventQueue, holds_live_entries_only_when_timeouts_are_cancelled) {
  EventQueue queue;
  uint64_t sequence = 0;
  for (int i = 0; i < 10'000; ++i) {
    QueueHandle timeout = queue.push(at(1'000'000 + i), ++sequence);
    queue.cancel(timeout);
  }
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.slot_count(), 1u);
}

TEST(EventQueue, refuses_a_sequence_number_that_does_not_fit_a_node) {
  EventQueue queue;
  const uint64_t last = (uint64_t{1} << 40) - 1;
  queue.push(at(1), last);
  EXPECT_EQ(queue.top().sequence, last);
  EXPECT_THROW(queue.push(at(1), last + 1), CheckFailure);
}

}  // namespace
}  // namespace sim
