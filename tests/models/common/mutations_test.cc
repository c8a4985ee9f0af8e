// SPDX-License-Identifier: Apache-2.0

#include "models/common/mutations.h"

#include <gtest/gtest.h>

#include "models/common/marks.h"

namespace models {
namespace {

TEST(Mutations, AreFoundByTheNameOnTheirCard) {
  for (int i = 0; i < kMutationCount; ++i) {
    Mutation mutation = static_cast<Mutation>(i);
    const MutationCard& card = card_of(mutation);
    EXPECT_EQ(card.mutation, mutation);
    EXPECT_EQ(mutation_named(card.name), mutation);
    EXPECT_FALSE(card.wrong.empty());
    EXPECT_FALSE(card.right.empty());
    EXPECT_FALSE(card.fixed_in.empty());
  }
  EXPECT_EQ(mutation_named("KAFKA-7128"), Mutation::kKafka7128);
  EXPECT_EQ(mutation_named("kafka-7128"), std::nullopt);
}

TEST(Mutations, AreOffUntilInserted) {
  MutationSet set;
  EXPECT_FALSE(set.contains(Mutation::kKip101));
  set.insert(Mutation::kKafka769);
  EXPECT_TRUE(set.contains(Mutation::kKafka769));
  EXPECT_FALSE(set.contains(Mutation::kKip101));
}

TEST(Marks, AreCountedEachByItself) {
  Marks marks;
  marks.count(Mark::kBrokerFenced);
  marks.count(Mark::kBrokerFenced);
  EXPECT_EQ(marks.of(Mark::kBrokerFenced), 2);
  EXPECT_EQ(marks.of(Mark::kIsrShrunk), 0);
}

TEST(Marks, AllHaveNames) {
  for (int i = 0; i < kMarkCount; ++i) EXPECT_NE(name_of(static_cast<Mark>(i)), "unknown") << i;
}

}  // namespace
}  // namespace models
