// SPDX-License-Identifier: Apache-2.0
//
// Any sequence of what can happen to a log, against a plain list of records.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/models/log/crash/log_machine.h"

namespace models {
namespace {

using Append = LogMachine::Append;

template <class Number>
Number draw(Number from, Number to) {
  return *rc::gen::inRange<Number>(from, to);
}

TopicConfig any_config() {
  TopicConfig config;
  config.segment_bytes = draw<int64_t>(1500, 5000);
  config.index_interval_bytes = draw<int64_t>(50, 500);
  config.cleanup_policy = {.deletes = true, .compacts = true};
  config.retention_ms = -1;
  config.delete_retention_ms = sim::Duration::millis(draw<int64_t>(0, 5000));
  return config;
}

Append any_append() {
  return {.records = draw(1, 5),
          .first_key = draw(0, 6),
          .is_tombstone = draw(0, 6) == 0,
          .value_bytes = draw<size_t>(1, 300),
          .delay_ms = draw<int64_t>(0, 3000)};
}

void append_in_transaction(LogMachine& m) {
  Append append = any_append();
  append.producer = draw<int64_t>(10, 13);
  append.is_transactional = true;
  m.append(append);
}

void append_of_producer(LogMachine& m) {
  Append append = any_append();
  append.producer = draw<int64_t>(1, 4);
  m.append(append);
}

// No more than fits into a segment.
void copy_some(LogMachine& m) {
  Append append = any_append();
  append.value_bytes %= 80;
  m.copy(append, draw(1, 4), draw(0, 8), draw(0, 3));
}

// The n-th record from the end, or a little behind it.
int64_t near_end(const LogMachine& m) {
  return std::max<int64_t>(0, m.model().end() - draw<int64_t>(-3, 20));
}
int64_t anywhere(const LogMachine& m) {
  return draw<int64_t>(m.model().start(), m.model().end() + 1);
}

void write_some(LogMachine& m) {
  switch (draw(0, 8)) {
    case 0:
      return append_in_transaction(m);
    case 1:
      return m.end_transaction(draw<int64_t>(10, 13), draw(0, 2) == 0);
    case 2:
      return m.repeat_last_batch(draw<int64_t>(1, 4));
    case 3:
      return copy_some(m);
    case 4:
    case 5:
      return append_of_producer(m);
    default:
      return m.append(any_append());
  }
}

void cut_or_clean(LogMachine& m) {
  switch (draw(0, 8)) {
    case 0:
      return m.truncate(near_end(m));
    case 1:
      return draw(0, 5) == 0 ? m.truncate_fully(near_end(m)) : m.roll();
    case 2:
      return m.roll();
    case 3:
      return m.delete_below(anywhere(m));
    case 4:
      return m.retain(draw<int64_t>(0, 6000));
    case 5:
      return m.remove_deleted();
    default:
      m.roll();
      m.advance_watermark(m.model().end());
      return m.clean();
  }
}

void keep_or_lose(LogMachine& m) {
  switch (draw(0, 7)) {
    case 0:
      return m.flush();
    case 1:
      return m.checkpoint();
    case 2:
      return m.restart(/*clean=*/true);
    case 3:
      return m.restart(/*clean=*/false);
    case 4:
      m.lose_power(draw<uint64_t>(0, 1000));
      return m.recover();
    case 5:
      m.lose_all_unsynced();
      return m.recover();
    default:
      return m.pass(sim::Duration::millis(draw<int64_t>(0, 40'000)));
  }
}

void look(LogMachine& m) {
  switch (draw(0, 4)) {
    case 0:
      return m.look_up(m.wall_ms() - draw<int64_t>(-1000, 60'000));
    case 1:
      return m.read(anywhere(m) + draw<int64_t>(-1, 2), draw<int64_t>(0, 3000));
    case 2:
      return m.lead(draw(0, 9));
    default:
      return m.advance_watermark(anywhere(m));
  }
}

void run_one(LogMachine& m) {
  switch (draw(0, 8)) {
    case 0:
      return cut_or_clean(m);
    case 1:
      return keep_or_lose(m);
    case 2:
      return look(m);
    default:
      return write_some(m);
  }
}

RC_GTEST_PROP(LogProperty, is_a_list_of_records, ()) {
  LogMachine machine(any_config());
  machine.start();
  int steps = draw(0, 250);
  try {
    for (int i = 0; i < steps; ++i) {
      run_one(machine);
      RC_ASSERT(machine.is_up());
      machine.check();
    }
  } catch (const Violation& violation) {
    RC_FAIL(violation.what() + std::string(", after ") + machine.trail());
  }
}

}  // namespace
}  // namespace models
