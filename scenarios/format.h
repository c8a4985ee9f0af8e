// SPDX-License-Identifier: Apache-2.0
//
// Values as people read them. Integer arithmetic: the same text on every machine.

#ifndef SCENARIOS_FORMAT_H_
#define SCENARIOS_FORMAT_H_

#include <cstdint>
#include <string>

#include "sim/strong_id.h"
#include "sim/time.h"

namespace scenarios {

std::string text_of(sim::Duration duration);        // "6.10 ms", "9.83 s"
std::string clock_of(sim::SimTime time);            // "00:29.113", "1:02:03.000", "-00:01.250"
std::string with_commas(int64_t number);            // "1,204,331"
std::string rate_of(int64_t thousandths_a_second);  // "1,000.0/s"
std::string digest_of(uint64_t digest);             // "5f1c 9a02 77d1 3e80"
std::string bytes_of(int64_t bytes);                // "14.2 KiB"

}  // namespace scenarios

#endif  // SCENARIOS_FORMAT_H_
