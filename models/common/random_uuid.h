// SPDX-License-Identifier: Apache-2.0
//
// A random Uuid as Kafka draws it: version 4, none of the reserved ids, and none that prints with a
// leading '-' (which would read as an option on a command line). Source: clients/.../Uuid.java.

#ifndef MODELS_COMMON_RANDOM_UUID_H_
#define MODELS_COMMON_RANDOM_UUID_H_

#include "models/common/ids.h"
#include "sim/rng.h"

namespace models {

Uuid random_uuid(sim::Rng& rng);

}  // namespace models

#endif  // MODELS_COMMON_RANDOM_UUID_H_
