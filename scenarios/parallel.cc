// SPDX-License-Identifier: Apache-2.0

#include "scenarios/parallel.h"

#include <atomic>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace scenarios {

void for_each_index(int32_t jobs, size_t all, const std::function<bool()>& stop,
                    const std::function<void(size_t)>& work,
                    const std::function<void(size_t)>& done) {
  std::atomic<size_t> next{0};
  std::mutex done_lock;
  size_t count = 0;
  std::atomic<bool> out_of_memory{false};
  auto work_on_some = [&] {
    for (size_t i = next++; i < all; i = next++) {
      if (stop()) return;
      work(i);
      std::lock_guard<std::mutex> hold(done_lock);
      done(++count);
    }
  };
  // An exception must not leave a thread.
  auto guarded = [&] {
    try {
      work_on_some();
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
      next = all;
    }
  };
  std::vector<std::thread> threads;
  for (int32_t i = 1; i < jobs; ++i) threads.emplace_back(guarded);
  guarded();
  for (std::thread& thread : threads) thread.join();
  if (out_of_memory) throw std::bad_alloc();
}

}  // namespace scenarios
