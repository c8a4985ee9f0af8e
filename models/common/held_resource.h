// SPDX-License-Identifier: Apache-2.0
//
// What a node holds on to and has to give back: parked requests, timers, buffers.

#ifndef MODELS_COMMON_HELD_RESOURCE_H_
#define MODELS_COMMON_HELD_RESOURCE_H_

#include <cstdint>
#include <string_view>

namespace models {

struct HeldResource {
  std::string_view what;  // "parked requests without a timer"; static storage.
  int64_t held = 0;
  int64_t at_most = 0;  // More than that is a leak.
};

}  // namespace models

#endif  // MODELS_COMMON_HELD_RESOURCE_H_
