// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/draw.h"

#include <rapidcheck.h>

#include <mutex>

#include "sim/check.h"

namespace scenarios {

int64_t Draw::between(int64_t least, int64_t most) {
  SIM_CHECK(least <= most, least, most);
  return *rc::gen::inRange<int64_t>(least, most + 1);
}

size_t Draw::weighted(const int64_t* weights, size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; ++i) sum += weights[i];
  int64_t place = between(0, sum - 1);
  size_t i = 0;
  for (; place >= weights[i]; ++i) place -= weights[i];
  return i;
}

// RapidCheck keeps what is being drawn in one place for all threads: one seed at a time.
Json drawn(uint64_t seed, const std::function<Json(Draw&)>& make) {
  static std::mutex one_at_a_time;
  std::lock_guard<std::mutex> hold(one_at_a_time);
  rc::Gen<Json> gen = rc::gen::exec([&make] {
    Draw draw;
    return make(draw);
  });
  return gen(rc::Random(seed), rc::kNominalSize).value();
}

}  // namespace scenarios
