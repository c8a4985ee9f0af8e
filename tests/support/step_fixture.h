// SPDX-License-Identifier: Apache-2.0
//
// Gives a handler a time, a seed, files and an empty list of effects, and reads the effects back.
//
//   StepFixture at;
//   machine.on_start(at.step());
//   EXPECT_EQ(at.sent<FetchRequest>().size(), 1u);
//   at.clear(); at.advance(10_s);

#ifndef TESTS_SUPPORT_STEP_FIXTURE_H_
#define TESTS_SUPPORT_STEP_FIXTURE_H_

#include <utility>
#include <vector>

#include "models/common/step.h"
#include "tests/support/memory_file_system.h"

namespace models {

class StepFixture {
 public:
  explicit StepFixture(uint64_t seed = 1) : rng_(seed) {}

  Step& step() {
    step_.mono = mono_;
    step_.wall = wall_;
    return step_;
  }
  void advance(sim::Duration d) {
    mono_ += d;
    wall_ += d;
  }
  sim::MonoTime mono() const { return mono_; }
  void clear() { effects_.clear(); }

  MemoryFileSystem& disk() { return disk_; }
  Effects& effects() { return effects_; }
  MutationSet& mutations() { return mutations_; }
  const Marks& marks() const { return marks_; }

  // All effects of one kind, in order.
  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Effect& effect : effects_.list()) {
      if (const E* match = std::get_if<E>(&effect)) found.push_back(*match);
    }
    return found;
  }
  // Requests sent with body M, with where they go.
  template <class M>
  std::vector<std::pair<NodeId, M>> sent() const {
    std::vector<std::pair<NodeId, M>> found;
    for (const SendRequest& request : all<SendRequest>()) {
      if (const M* body = std::get_if<M>(&request.message)) found.emplace_back(request.to, *body);
    }
    return found;
  }
  // Replies with body M.
  template <class M>
  std::vector<std::pair<RequestToken, M>> replies() const {
    std::vector<std::pair<RequestToken, M>> found;
    for (const SendReply& reply : all<SendReply>()) {
      if (const M* body = std::get_if<M>(&reply.message)) found.emplace_back(reply.to, *body);
    }
    return found;
  }

 private:
  sim::MonoTime mono_ = sim::MonoTime::at_millis(1'000);
  sim::WallTime wall_ = sim::WallTime::at_millis(1'700'000'000'000);
  sim::Rng rng_;
  MemoryFileSystem disk_;
  Effects effects_;
  MutationSet mutations_;
  Marks marks_;
  Step step_{mono_, wall_, rng_, disk_, effects_, mutations_, marks_};
};

}  // namespace models

#endif  // TESTS_SUPPORT_STEP_FIXTURE_H_
