// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <vector>

#include "models/checkers/invariant_set.h"

namespace models::tests {
namespace {

TEST(ResourcesAreReturned, ReportsWhoHoldsMoreThanHeMay) {
  InvariantSet invariants = InvariantSet::all();
  std::vector<HeldResource> held = {{"parked requests without a timer", 0, 0},
                                    {"requests read and never answered", 2, 2}};
  EXPECT_FALSE(invariants.on_idle("broker 2", held));
  held[1].held = 3;
  std::optional<Violation> found = invariants.on_idle("broker 2", held);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->signature, "resources-are-returned: requests read and never answered");
  EXPECT_EQ(found->text,
            "broker 2 holds requests read and never answered: 3, at most 2 when nothing is under "
            "way");
}

}  // namespace
}  // namespace models::tests
