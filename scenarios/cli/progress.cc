// SPDX-License-Identifier: Apache-2.0

#include "scenarios/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "scenarios/cli/command.h"
#include "scenarios/format.h"

namespace scenarios::cli {

namespace {

constexpr int kWidth = 30;

std::string bar(int64_t done, int64_t all) {
  int filled = all <= 0 ? 0 : static_cast<int>(std::clamp<int64_t>(done * kWidth / all, 0, kWidth));
  return "[" + std::string(static_cast<size_t>(filled), '#') +
         std::string(static_cast<size_t>(kWidth - filled), ' ') + "]";
}

}  // namespace

Progress::Progress(bool quiet)
    : enabled_(!quiet && stderr_is_terminal()),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

bool Progress::is_due() {
  if (!enabled_) return false;
  auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return false;
  last_ = now;
  return true;
}

void Progress::draw(std::string line) {
  // A line that wraps could not be taken back. It is ASCII, but for a scenario's name.
  line.resize(std::min(line.size(), stderr_columns() - 1));
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::show_run(const Run& run) {
  if (!is_due()) return;
  int64_t wall = std::chrono::duration_cast<std::chrono::nanoseconds>(last_ - start_).count();
  int64_t simulated = std::max<int64_t>(0, run.world().now().nanos());
  int64_t all = run.end_of_load().nanos();
  int64_t left =
      simulated > 0
          ? static_cast<int64_t>(static_cast<__int128>(std::max<int64_t>(0, all - simulated)) *
                                 wall / simulated)
          : 0;
  draw(fmt::format("{} {} {} / {}  {}x  about {} left", name_of(run.phase()), bar(simulated, all),
                   clock_of(run.world().now()), clock_of(run.end_of_load()),
                   with_commas(simulated / std::max<int64_t>(1, wall)),
                   text_of(sim::Duration::seconds(left / 1'000'000'000 + 1))));
}

void Progress::show_seeds(const std::string& scenario, size_t done, size_t all) {
  if (!is_due()) return;
  draw(fmt::format("{} {} {} of {} seeds", scenario,
                   bar(static_cast<int64_t>(done), static_cast<int64_t>(all)), done, all));
}

void Progress::clear() {
  if (!shown_) return;
  std::fprintf(stderr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace scenarios::cli
