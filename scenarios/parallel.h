// SPDX-License-Identifier: Apache-2.0
//
// The same work for many numbers, on several threads. Results do not depend on the number of threads
// if the work for one number does not look at that of another.

#ifndef SCENARIOS_PARALLEL_H_
#define SCENARIOS_PARALLEL_H_

#include <cstddef>
#include <cstdint>
#include <functional>

namespace scenarios {

// work(i) for i from 0 to all - 1, begun in that order, on `jobs` threads; each asks stop() before it
// begins another one. done(count) is called after each, from one thread at a time. Throws
// std::bad_alloc, when all threads have ended, if one of them ran out of memory.
void for_each_index(int32_t jobs, size_t all, const std::function<bool()>& stop,
                    const std::function<void(size_t)>& work,
                    const std::function<void(size_t)>& done);

}  // namespace scenarios

#endif  // SCENARIOS_PARALLEL_H_
