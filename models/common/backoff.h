// SPDX-License-Identifier: Apache-2.0
//
// How long to wait after failures: for a retry, for metadata, for a connection.
// Source: clients/.../common/utils/ExponentialBackoff.java (KIP-580, KIP-601).

#ifndef MODELS_COMMON_BACKOFF_H_
#define MODELS_COMMON_BACKOFF_H_

#include <cstdint>

#include "sim/rng.h"
#include "sim/time.h"

namespace models {

// `base` doubled `times` times but no more than `max`, plus or minus a fifth, and still no more
// than `max`. A `max` of `base` or less is constant.
sim::Duration exponential_backoff(sim::Duration base, sim::Duration max, int32_t times,
                                  sim::Rng& rng);

}  // namespace models

#endif  // MODELS_COMMON_BACKOFF_H_
