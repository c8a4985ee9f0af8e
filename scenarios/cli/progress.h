// SPDX-License-Identifier: Apache-2.0
//
// One line of progress on stderr, when that is a terminal; nothing when it is piped.

#ifndef SCENARIOS_CLI_PROGRESS_H_
#define SCENARIOS_CLI_PROGRESS_H_

#include <chrono>
#include <string>

#include "scenarios/run.h"

namespace scenarios::cli {

class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress() { clear(); }

  // Simulated time, speed and the time left; drawn at most ten times a second.
  void show_run(const Run& run);
  void show_seeds(const std::string& scenario, size_t done, size_t all);
  // Removes the line.
  void clear();

 private:
  bool is_due();
  void draw(std::string line);

  bool shown_ = false;
  bool enabled_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace scenarios::cli

#endif  // SCENARIOS_CLI_PROGRESS_H_
