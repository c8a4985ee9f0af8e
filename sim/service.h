// SPDX-License-Identifier: Apache-2.0
//
// Thread pools of a simulated process, as queues in front of k servers.
//
//   FixedServers   work whose length is known beforehand (a network thread reading a request):
//                  `reserve` answers at once when the work will be done.
//   ServiceQueue   work that shows its full length only while it runs (a request handler that waits
//                  for a disk): the server stays taken from `admit` until `finish`.
//
// Pure values; the owner turns the times into events. Both are FIFO.

#ifndef SIM_SERVICE_H_
#define SIM_SERVICE_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/check.h"
#include "sim/time.h"

namespace sim {

// Idle since before the world began (worlds may start at negative times).
inline constexpr SimTime kAlways = SimTime::at_nanos(INT64_MIN);

class FixedServers {
 public:
  explicit FixedServers(int servers) : free_at_(static_cast<size_t>(servers), kAlways) {
    SIM_CHECK(servers > 0, servers);
  }
  // Work of length `cost`, ready at `ready`, goes to the server that is free first. Returns its end.
  // Until then nobody is kept waiting by it: what becomes ready only after `now` takes its share of
  // the server's time now.
  SimTime reserve(SimTime now, SimTime ready, Duration cost) {
    auto server = std::min_element(free_at_.begin(), free_at_.end());
    *server = std::max(*server, now) + cost;
    return std::max(*server, ready + cost);
  }

 private:
  std::vector<SimTime> free_at_;
};

class ServiceQueue {
 public:
  struct Start {
    int64_t work;  // The owner's number of the piece of work.
    SimTime at;    // When its computing is done and its effects may happen.
  };

  explicit ServiceQueue(int servers)
      : servers_(static_cast<size_t>(servers)), idle_since_(servers_, kAlways) {
    SIM_CHECK(servers > 0, servers);
  }

  // `work` is ready at `ready` and computes for `cost`. If a server is idle, it is taken, and the
  // owner must call `finish` at or after the returned time; else the work waits.
  std::optional<Start> admit(int64_t work, SimTime ready, Duration cost) {
    if (idle_since_.empty()) {
      waiting_.push_back(Waiting{work, ready, cost});
      return std::nullopt;
    }
    auto server = std::min_element(idle_since_.begin(), idle_since_.end());
    SimTime start = std::max(*server, ready);
    *server = idle_since_.back();
    idle_since_.pop_back();
    return Start{work, start + cost};
  }

  // A server is done at `at` and takes up the next work, if any.
  std::optional<Start> finish(SimTime at) {
    if (waiting_.empty()) {
      idle_since_.push_back(at);
      return std::nullopt;
    }
    Waiting next = waiting_.front();
    waiting_.pop_front();
    return Start{next.work, std::max(at, next.ready) + next.cost};
  }

  size_t waiting() const { return waiting_.size(); }
  // Work that waits or is being served.
  size_t in_hand() const { return waiting_.size() + servers_ - idle_since_.size(); }

 private:
  struct Waiting {
    int64_t work;
    SimTime ready;
    Duration cost;
  };
  size_t servers_;
  std::vector<SimTime> idle_since_;  // One entry an idle server.
  std::deque<Waiting> waiting_;
};

}  // namespace sim

#endif  // SIM_SERVICE_H_
