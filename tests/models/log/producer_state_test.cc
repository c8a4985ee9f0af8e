// SPDX-License-Identifier: Apache-2.0

#include "models/log/producer_state.h"

#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

constexpr int32_t kTop = INT32_MAX;

// A batch of producer 7 as written at `base`.
BatchSpec written(int32_t sequence, int records, int64_t base, int epoch = 0) {
  return {.records = records,
          .producer = 7,
          .producer_epoch = epoch,
          .sequence = sequence,
          .base = base};
}

ErrorCode check(const ProducerStates& states, int32_t sequence, int epoch = 0) {
  return states.check(header_of(written(sequence, 1, 0, epoch)));
}

TEST(ProducerStates, unknown_producer_may_begin_anywhere) {
  ProducerStates states;
  EXPECT_EQ(check(states, 0), ErrorCode::kNone);
  EXPECT_EQ(check(states, 500, 3), ErrorCode::kNone);
  EXPECT_FALSE(states.duplicate_of(header_of(written(0, 1, 0))));
}

TEST(ProducerStates, only_the_next_sequence_follows) {
  ProducerStates states;
  states.update(header_of(written(0, 3, 0)));
  EXPECT_EQ(check(states, 3), ErrorCode::kNone);
  EXPECT_EQ(check(states, 4), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(check(states, 2), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(check(states, 0), ErrorCode::kOutOfOrderSequenceNumber);
}

TEST(ProducerStates, last_five_batches_are_known_again_and_the_sixth_is_not) {
  ProducerStates states;
  for (int i = 0; i < 6; ++i) states.update(header_of(written(2 * i, 2, 100 + 2 * i)));
  EXPECT_FALSE(states.duplicate_of(header_of(written(0, 2, 0))));
  for (int i = 1; i < 6; ++i) {
    auto known = states.duplicate_of(header_of(written(2 * i, 2, 0)));
    ASSERT_TRUE(known) << i;
    EXPECT_EQ(known->first_offset, Offset(100 + 2 * i));
    EXPECT_EQ(known->last_offset, Offset(101 + 2 * i));
  }
}

TEST(ProducerStates, a_duplicate_has_the_same_first_and_last_sequence_epoch_and_producer) {
  ProducerStates states;
  states.update(header_of(written(0, 4, 0)));
  EXPECT_TRUE(states.duplicate_of(header_of(written(0, 4, 0))));
  EXPECT_FALSE(states.duplicate_of(header_of(written(0, 3, 0))));
  EXPECT_FALSE(states.duplicate_of(header_of(written(1, 3, 0))));
  EXPECT_FALSE(states.duplicate_of(header_of(written(0, 4, 0, 1))));
  EXPECT_FALSE(states.duplicate_of(header_of({.records = 4, .producer = 8})));
}

TEST(ProducerStates, an_older_epoch_is_fenced_and_a_newer_one_begins_at_zero) {
  ProducerStates states;
  states.update(header_of(written(0, 5, 0, 2)));
  EXPECT_EQ(check(states, 5, 1), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(check(states, 0, 3), ErrorCode::kNone);
  EXPECT_EQ(check(states, 5, 3), ErrorCode::kOutOfOrderSequenceNumber);
}

TEST(ProducerStates, a_new_epoch_forgets_the_batches_of_the_old_one) {
  ProducerStates states;
  states.update(header_of(written(0, 5, 0, 0)));
  states.update(header_of(written(0, 2, 5, 1)));
  EXPECT_FALSE(states.duplicate_of(header_of(written(0, 5, 0, 0))));
  EXPECT_EQ(check(states, 2, 1), ErrorCode::kNone);
  EXPECT_EQ(check(states, 5, 1), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(states.producers().at(ProducerId(7)).batches.size(), 1u);
}

TEST(ProducerStates, sequences_wrap_from_the_largest_integer_to_zero) {
  ProducerStates states;
  states.update(header_of(written(kTop - 1, 2, 0)));
  EXPECT_EQ(check(states, 0), ErrorCode::kNone);
  EXPECT_EQ(check(states, 1), ErrorCode::kOutOfOrderSequenceNumber);
}

TEST(ProducerStates, a_batch_may_span_the_wrap) {
  ProducerStates states;
  states.update(header_of(written(kTop, 3, 10)));  // kTop, 0, 1.
  EXPECT_EQ(check(states, 2), ErrorCode::kNone);
  EXPECT_EQ(check(states, 0), ErrorCode::kOutOfOrderSequenceNumber);
  auto known = states.duplicate_of(header_of(written(kTop, 3, 0)));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->last_sequence, Sequence(1));
}

TEST(ProducerStates, producers_expire_by_the_time_of_their_last_batch) {
  ProducerStates states;
  states.update(header_of({.producer = 1, .timestamp_ms = 1000}));
  states.update(header_of({.producer = 2, .timestamp_ms = 1000}));
  states.update(header_of({.producer = 2, .sequence = 1, .timestamp_ms = 1001}));
  states.expire(1099, 100);
  EXPECT_EQ(states.producers().size(), 2u);
  states.expire(1100, 100);
  ASSERT_EQ(states.producers().size(), 1u);
  EXPECT_EQ(states.producers().begin()->first, ProducerId(2));
}

}  // namespace
}  // namespace models
