// SPDX-License-Identifier: Apache-2.0
//
// One machine on its effects alone: its timers fire as time is moved on, its flushes take one
// millisecond, and whatever else it wishes for is handed to its owner.

#ifndef TESTS_TRANSCRIPTS_SOLO_STAGE_H_
#define TESTS_TRANSCRIPTS_SOLO_STAGE_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "tests/support/step_fixture.h"

namespace models {

class SoloStage {
 public:
  static constexpr sim::Duration kFlush = sim::Duration::millis(1);

  struct Machine {
    std::function<void(TimerKey, Step&)> on_timer;
    std::function<void(int64_t, Step&)> on_flushed;
    std::function<void(Effect&)> on_effect;  // Neither timer nor flush, in order.
    std::function<void()> on_idle = [] {};   // After all effects of a handler.
  };
  void play(Machine machine) { machine_ = std::move(machine); }

  Step& step() { return at_.step(); }
  sim::MonoTime now() const { return at_.mono(); }
  sim::Duration passed() const { return at_.mono() - began_; }

  // Takes over what the last handler wished for.
  void collect() {
    std::vector<Effect> effects = std::move(at_.effects().list());
    at_.clear();
    for (Effect& effect : effects) {
      if (auto* arm = std::get_if<ArmTimer>(&effect)) {
        timers_[arm->key] = at_.mono() + arm->after;
      } else if (auto* cancel = std::get_if<CancelTimer>(&effect)) {
        timers_.erase(cancel->key);
      } else if (auto* flush = std::get_if<Flush>(&effect)) {
        flushes_.emplace_back(at_.mono() + kFlush, flush->key);
      } else {
        machine_.on_effect(effect);
      }
    }
    machine_.on_idle();
  }

  void advance(sim::Duration span) {
    sim::MonoTime end = at_.mono() + span;
    while (fire_next(end)) {
    }
    at_.advance(end - at_.mono());
  }

 private:
  // Handles the next thing due by `end`; false if there is none.
  bool fire_next(sim::MonoTime end) {
    sim::MonoTime due = end + sim::Duration::nanos(1);
    auto next = timers_.end();
    for (auto timer = timers_.begin(); timer != timers_.end(); ++timer) {
      if (timer->second >= due) continue;
      due = timer->second;
      next = timer;
    }
    bool is_flush = !flushes_.empty() && flushes_.front().first <= std::min(due, end);
    if (next == timers_.end() && !is_flush) return false;
    if (is_flush) due = flushes_.front().first;
    at_.advance(due - at_.mono());
    if (is_flush) {
      int64_t key = flushes_.front().second;
      flushes_.pop_front();
      machine_.on_flushed(key, step());
    } else {
      TimerKey key = next->first;
      timers_.erase(next);
      machine_.on_timer(key, step());
    }
    collect();
    return true;
  }

  StepFixture at_;
  sim::MonoTime began_ = at_.mono();
  Machine machine_;
  std::map<TimerKey, sim::MonoTime> timers_;
  std::deque<std::pair<sim::MonoTime, int64_t>> flushes_;
};

}  // namespace models

#endif  // TESTS_TRANSCRIPTS_SOLO_STAGE_H_
