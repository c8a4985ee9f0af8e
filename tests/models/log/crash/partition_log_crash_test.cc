// SPDX-License-Identifier: Apache-2.0
//
// Power losses and crash points on the simulated disk: a log that is opened again is a prefix of
// what was written, and holds all that was flushed.

#include <map>
#include <optional>

#include "sim/disk.h"
#include "tests/models/log/log_fixture.h"

namespace models {
namespace {

// A log on a simulated disk.
class Crasher {
 public:
  Crasher(uint64_t seed, int64_t segment_bytes) : rng_(seed) {
    config_.segment_bytes = segment_bytes;
    config_.index_interval_bytes = 300;
    with([&](Step& step) { EXPECT_TRUE(step.disk.create_directory("logs").ok()); });
    reopen();
    with([&](Step& step) {
      EXPECT_TRUE(step.disk.sync_directory("").ok());
      log_->flush(step);
    });
  }

  template <class Call>
  void with(const Call& call) {
    sim::DiskView view(disk_, now_, rng_);
    Effects effects;
    Step step{sim::MonoTime::at_nanos(now_.nanos()),
              sim::WallTime::at_millis(kNowMs),
              rng_,
              view,
              effects,
              mutations_,
              marks_};
    call(step);
    now_ += view.spent();
  }
  void reopen() {
    with([&](Step& step) {
      LogOpenOptions options{.directory = kDirectory,
                             .partition = {"orders", 0},
                             .config = config_,
                             .recovery_point = Offset(flushed_)};
      auto opened = PartitionLog::open(options, step);
      ASSERT_TRUE(opened.ok()) << opened.status();
      log_ = *std::move(opened);
    });
  }
  // Appends batches and flushes now and then, for up to some seconds; the power may go at any time.
  void work(int appends) {
    for (int i = 0; i < appends && !disk_.hit_crash_point(); ++i) {
      with([&](Step& step) {
        BatchSpec spec{.records = static_cast<int>(rng_.between(1, 4)),
                       .value_bytes = static_cast<size_t>(rng_.between(1, 2000))};
        int64_t end = log_->log_end_offset().value();
        AppendResult result = log_->append_as_leader(batch(spec), LeaderEpoch(epoch_), step);
        ASSERT_EQ(result.error, ErrorCode::kNone);
        written_[end] = stamp_batch(batch(spec), Offset(end), LeaderEpoch(epoch_));
      });
      if (rng_.below(10) == 0) ++epoch_;
      if (rng_.below(8) == 0) flush();
      now_ += sim::Duration::millis(rng_.between(0, 3000));
    }
  }
  void flush() {
    with([&](Step& step) { log_->flush(step); });
    if (!disk_.hit_crash_point()) flushed_ = log_->recovery_point().value();
  }
  void arm(int64_t operation) { disk_.crash_at_operation(operation); }
  void lose_power() {
    disk_.power_loss(now_, rng_);
    disk_.clear_crash_point();
    reopen();
  }
  void lose_process() {
    disk_.close_all();
    disk_.clear_crash_point();
    reopen();
  }

  // Batches in the log are those written, with the same bytes, and none below `flushed` is missing.
  // `holes`: behind that, whole segments may be (see lose_power_with_segments).
  void check(const std::string& when, bool holes = false) {
    int64_t end = log_->log_end_offset().value();
    ASSERT_GE(end, flushed_) << when;
    with([&](Step& step) {
      int64_t next = 0;
      while (next < end) {
        absl::Cord bytes = log_->read(Offset(next), 1, Offset(end), true, step).records;
        auto header = read_batch_header(bytes);
        if (!header && holes && next >= flushed_) return;  // Up to the end.
        ASSERT_TRUE(header) << when << ": nothing at " << next;
        if (holes && next >= flushed_) next = header->base_offset.value();
        ASSERT_EQ(header->base_offset, Offset(next)) << when << ": a hole";
        ASSERT_TRUE(written_.contains(next)) << when;
        ASSERT_EQ(bytes, written_[next]) << when << ": other bytes at " << next;
        next = header->next_offset().value();
      }
      ASSERT_EQ(next, end) << when;
    });
    written_.erase(written_.lower_bound(end), written_.end());
    if (!holes) check_epochs(when);
  }
  int64_t end() const { return log_->log_end_offset().value(); }

 private:
  void check_epochs(const std::string& when) {
    int latest = -1;
    std::vector<EpochStart> wanted;
    for (const auto& [base, bytes] : written_) {
      LeaderEpoch epoch = read_batch_header(bytes)->leader_epoch;
      if (epoch.value() > latest) wanted.push_back({epoch, Offset(base)});
      latest = std::max(latest, epoch.value());
    }
    EXPECT_EQ(log_->epochs().entries(), wanted) << when;
  }

  sim::SimDisk disk_;
  sim::Rng rng_;
  sim::SimTime now_;
  MutationSet mutations_;
  Marks marks_;
  TopicConfig config_;
  std::optional<PartitionLog> log_;
  std::map<int64_t, absl::Cord> written_;  // By base offset: what the log held or may hold.
  int64_t flushed_ = 0;
  int epoch_ = 0;
};

TEST(PartitionLogCrash, after_a_power_loss_a_log_is_a_prefix_with_all_that_was_flushed) {
  int64_t lost = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Crasher crasher(seed, 1 << 30);
    for (int life = 0; life < 3; ++life) {
      crasher.work(30);
      int64_t before = crasher.end();
      crasher.lose_power();
      lost += before - crasher.end();
      crasher.check("seed " + std::to_string(seed) + ", life " + std::to_string(life));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(lost, 1000) << "the power losses did not hurt";
}

// Sealed segments are not flushed when the next is begun, which Kafka does soon after on a thread
// of its own. So a segment may vanish while the one behind it survives, and recovery, which like
// Kafka's looks for torn batches only, sees no fault: a hole. Until then, the weaker promise.
void lose_power_with_segments(uint64_t seed, bool holes) {
  Crasher crasher(seed, 12'000);
  crasher.work(30);
  crasher.lose_power();
  crasher.check("seed " + std::to_string(seed), holes);
}

TEST(PartitionLogCrash, with_many_segments_nothing_flushed_is_lost_and_nothing_is_invented) {
  for (uint64_t seed = 1; seed <= 300 && !testing::Test::HasFatalFailure(); ++seed)
    lose_power_with_segments(seed, true);
}
void lose_power_at(int64_t operation, int64_t segment_bytes) {
  Crasher crasher(7, segment_bytes);
  crasher.arm(operation);
  crasher.work(40);
  crasher.lose_power();
  bool holes = segment_bytes < 1 << 30;
  crasher.check("operation " + std::to_string(operation), holes);
}

TEST(PartitionLogCrash, at_each_operation_of_the_disk) {
  for (int64_t operation = 1; operation <= 120 && !testing::Test::HasFatalFailure(); ++operation) {
    lose_power_at(operation, 1 << 30);
    lose_power_at(operation, 12'000);
  }
}

TEST(PartitionLogCrash, of_the_process_alone_loses_nothing_that_was_written) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Crasher crasher(seed, 12'000);
    crasher.work(30);
    int64_t before = crasher.end();
    crasher.lose_process();
    EXPECT_EQ(crasher.end(), before);
    crasher.check("seed " + std::to_string(seed));
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace models
