// SPDX-License-Identifier: Apache-2.0
//
// Any sequence of appends, cuts, flushes and restarts against a vector of batches.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

using Range = std::pair<int64_t, int64_t>;

// What the log should be.
struct Expected {
  std::vector<Range> ranges;
  std::vector<EpochStart> starts;
  int64_t end = 0;
  int64_t high_watermark = 0;

  void append(int records, LeaderEpoch epoch) {
    if (starts.empty() || starts.back().epoch < epoch) starts.push_back({epoch, Offset(end)});
    ranges.emplace_back(end, end + records - 1);
    end += records;
  }
  void cut(int64_t at) {
    if (at >= end) return;
    while (!ranges.empty() && ranges.back().second >= at) ranges.pop_back();
    while (!starts.empty() && starts.back().start >= Offset(at)) starts.pop_back();
    end = at;
    high_watermark = std::min(high_watermark, at);
  }
};

class LogMachine {
 public:
  LogMachine() : log_(open_first()) {}

  void run_one() {
    switch (*rc::gen::inRange(0, 10)) {
      case 0:
        return cut();
      case 1:
        return move_watermark();
      case 2:
        return log_.flush(bench_.at.step());
      case 3:
        return restart(false);
      case 4:
        return restart(true);
      case 5:
        epoch_ += *rc::gen::inRange(1, 3);
        return;
      default:
        return append();
    }
  }

  void check() {
    RC_ASSERT(log_.log_end_offset() == Offset(expected_.end));
    RC_ASSERT(log_.high_watermark() == Offset(expected_.high_watermark));
    RC_ASSERT(log_.recovery_point() <= log_.log_end_offset());
    RC_ASSERT(bench_.ranges(log_, 0) == expected_.ranges);
    check_epochs();
    check_read();
  }

 private:
  PartitionLog open_first() {
    bench_.config.segment_bytes = 700;
    bench_.config.index_interval_bytes = 150;
    return bench_.open();
  }
  void append() {
    int records = *rc::gen::inRange(1, 6);
    size_t bytes = *rc::gen::inRange<size_t>(1, 60);
    AppendResult result = bench_.append(log_, {.records = records, .value_bytes = bytes}, epoch_);
    RC_ASSERT(result.error == ErrorCode::kNone);
    RC_ASSERT(result.first_offset == Offset(expected_.end));
    expected_.append(records, LeaderEpoch(epoch_));
  }
  void cut() {
    int64_t at =
        *rc::gen::inRange<int64_t>(std::max<int64_t>(0, expected_.end - 12), expected_.end + 3);
    int64_t removed = log_.truncate_to(Offset(at), bench_.at.step());
    RC_ASSERT(removed == std::max<int64_t>(0, expected_.end - at));
    expected_.cut(at);
  }
  void move_watermark() {
    int64_t to = *rc::gen::inRange<int64_t>(0, expected_.end + 1);
    log_.set_high_watermark(Offset(to));
    expected_.high_watermark = to;
  }
  // The disk keeps everything: a process crash, or a clean stop.
  void restart(bool clean) {
    int64_t point = log_.recovery_point().value();
    if (clean) log_.close(bench_.at.step());
    bench_.high_watermark = log_.high_watermark();
    log_ = bench_.open(clean, point);
    RC_ASSERT(bench_.recovery.bytes_cut == 0);
    // A cut inside a batch leaves a log end that only memory knew.
    expected_.cut(log_.log_end_offset().value());
    if (!expected_.ranges.empty()) RC_ASSERT(expected_.end >= expected_.ranges.back().second + 1);
    expected_.high_watermark = std::min(expected_.high_watermark, expected_.end);
  }
  void check_epochs() {
    const std::vector<EpochStart>& starts = expected_.starts;
    RC_ASSERT(log_.epochs().entries() == starts);
    for (size_t i = 0; i < starts.size(); ++i) {
      Offset end = i + 1 < starts.size() ? starts[i + 1].start : Offset(expected_.end);
      auto found = log_.epochs().end_of(starts[i].epoch, log_.log_end_offset());
      RC_ASSERT(found == (EpochEndOffset{starts[i].epoch, end}));
    }
  }
  // A read at any offset with any limit gives the batches that a vector gives.
  void check_read() {
    int64_t from = *rc::gen::inRange<int64_t>(0, expected_.end + 1);
    int64_t limit = *rc::gen::inRange<int64_t>(0, expected_.end + 1);
    ReadResult read = log_.read(Offset(from), 1 << 20, Offset(limit), true, bench_.at.step());
    RC_ASSERT(read.error == ErrorCode::kNone);
    std::vector<Range> wanted;
    for (const Range& range : expected_.ranges) {
      if (range.second >= from && range.second < limit && from < limit) wanted.push_back(range);
    }
    std::vector<Range> got = ranges_in(read.records);
    RC_ASSERT((got.size() <= wanted.size() && got.empty() == wanted.empty()));
    RC_ASSERT(std::equal(got.begin(), got.end(), wanted.begin()));
  }

  LogBench bench_;
  PartitionLog log_;
  Expected expected_;
  int epoch_ = 0;
};

RC_GTEST_PROP(PartitionLogProperty, is_a_vector_of_batches, ()) {
  LogMachine machine;
  int steps = *rc::gen::inRange(0, 40);
  for (int i = 0; i < steps; ++i) {
    machine.run_one();
    machine.check();
  }
}

}  // namespace
}  // namespace models
