// SPDX-License-Identifier: Apache-2.0
//
// Random choices by RapidCheck's generators, which draw from whole numbers alone, so that a seed gives
// the same choices on every machine and compiler. The only place in scenarios/ that knows them.
//
// One choice a statement: compilers evaluate two in one argument list in different orders.

#ifndef SCENARIOS_HUNT_DRAW_H_
#define SCENARIOS_HUNT_DRAW_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>

namespace scenarios {

using Json = nlohmann::ordered_json;

class Draw {
 public:
  // Each number of [least, most] is as likely as another.
  int64_t between(int64_t least, int64_t most);
  bool percent(int64_t chance) { return between(1, 100) <= chance; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[between(0, static_cast<int64_t>(values.size()) - 1)];
  }
  // An index; each as likely as its weight says. Their sum must be above 0.
  size_t weighted(std::initializer_list<int64_t> weights) {
    return weighted(weights.begin(), weights.size());
  }
  size_t weighted(const int64_t* weights, size_t count);

 private:
  friend Json drawn(uint64_t seed, const std::function<Json(Draw&)>& make);
  Draw() = default;  // Works inside `drawn` alone.
};

// What `make` makes of the choices of this seed.
Json drawn(uint64_t seed, const std::function<Json(Draw&)>& make);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_DRAW_H_
