// SPDX-License-Identifier: Apache-2.0

#include "models/common/marks.h"

#include <gtest/gtest.h>

#include <set>

namespace models {
namespace {

TEST(Marks, each_has_a_name_of_its_own_and_words) {
  std::set<std::string_view> names;
  for (int i = 0; i < kMarkCount; ++i) {
    Mark mark = static_cast<Mark>(i);
    EXPECT_TRUE(names.insert(name_of(mark)).second) << name_of(mark);
    EXPECT_NE(name_of(mark), "unknown") << i;
    EXPECT_NE(about(mark), "unknown") << name_of(mark);
    EXPECT_EQ(about(mark).back(), '.') << name_of(mark);
  }
}

TEST(Marks, count_until_cleared) {
  Marks marks;
  EXPECT_FALSE(marks.any());
  marks.count(Mark::kIsrShrunk);
  marks.count(Mark::kIsrShrunk);
  EXPECT_TRUE(marks.any());
  EXPECT_EQ(marks.of(Mark::kIsrShrunk), 2);
  marks.clear();
  EXPECT_FALSE(marks.any());
  EXPECT_EQ(marks.of(Mark::kIsrShrunk), 0);
}

}  // namespace
}  // namespace models
