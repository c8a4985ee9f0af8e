// SPDX-License-Identifier: Apache-2.0
//
// Faults: what goes wrong. A kind is one header in sim/faults/ and one name in the list below; whom
// it hits and when is the caller's business (scenarios/), so the kernel never learns what a leader is.
// `end` undoes exactly what `begin` did, also when faults overlap.

#ifndef SIM_FAULT_H_
#define SIM_FAULT_H_

#include <cstdint>
#include <string_view>
#include <variant>

#include "sim/faults/corrupt_disk.h"
#include "sim/faults/crash.h"
#include "sim/faults/delay.h"
#include "sim/faults/drop.h"
#include "sim/faults/failing_disk.h"
#include "sim/faults/full_disk.h"
#include "sim/faults/isolate.h"
#include "sim/faults/lossy_link.h"
#include "sim/faults/lying_disk.h"
#include "sim/faults/partition.h"
#include "sim/faults/pause.h"
#include "sim/faults/power_off.h"
#include "sim/faults/shut_down.h"
#include "sim/faults/skew_clock.h"
#include "sim/faults/slow_cpu.h"
#include "sim/faults/slow_disk.h"
#include "sim/faults/slow_link.h"
#include "sim/faults/stall_client.h"
#include "sim/fault_state.h"

namespace sim {

using Fault = std::variant<Crash, PowerOff, Pause, ShutDown, Partition, Isolate, SlowLink, LossyLink,
                           Drop, Delay, SlowDisk, FailingDisk, FullDisk, LyingDisk, CorruptDisk,
                           SlowCpu, SkewClock, StallClient>;

std::string_view name_of(const Fault& fault);

}  // namespace sim

#endif  // SIM_FAULT_H_
