// SPDX-License-Identifier: Apache-2.0

#include "sim/timer_table.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/rng.h"

namespace sim {
namespace {

TEST(TimerTable, behaves_as_a_map_under_random_calls) {
  Rng rng(5);
  for (int round = 0; round < 20; ++round) {
    TimerTable table;
    std::map<TimerName, int32_t> model;
    for (int i = 0; i < 5000; ++i) {
      TimerName name{static_cast<uint16_t>(rng.below(4)), rng.between(-20, 60)};
      if (rng.below(3) > 0) {
        table.find_or_add(name).awaits_process = ProcessId(i);
        model[name] = i;
      } else {
        table.erase(name);
        model.erase(name);
      }
      ASSERT_EQ(table.size(), model.size());
    }
    for (int64_t number = -25; number < 65; ++number) {
      for (uint16_t kind = 0; kind < 5; ++kind) {
        TimerState* found = table.find({kind, number});
        auto expected = model.find({kind, number});
        ASSERT_EQ(found != nullptr, expected != model.end());
        ASSERT_EQ(table.contains({kind, number}), expected != model.end());
        if (found != nullptr) ASSERT_EQ(found->awaits_process, ProcessId(expected->second));
      }
    }
    size_t visited = 0;
    table.for_each([&](TimerName name, const TimerState&) { visited += model.count(name); });
    ASSERT_EQ(visited, model.size());
  }
}

TEST(TimerTable, empty_and_cleared_tables_hold_nothing) {
  TimerTable table;
  EXPECT_EQ(table.find({1, 1}), nullptr);
  table.erase({1, 1});
  table.find_or_add({1, 1});
  table.clear();
  EXPECT_EQ(table.find({1, 1}), nullptr);
  EXPECT_EQ(table.size(), 0u);
}

}  // namespace
}  // namespace sim
