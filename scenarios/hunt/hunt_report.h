// SPDX-License-Identifier: Apache-2.0
//
// What a hunt found, as a page for people and as JSON for programs.

#ifndef SCENARIOS_HUNT_HUNT_REPORT_H_
#define SCENARIOS_HUNT_HUNT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/hunt/hunt.h"

namespace scenarios {

// Where a finding went.
struct SavedFinding {
  std::string file;   // The scenario of its first seed.
  std::string small;  // What was left of it after shrinking; empty: it was not shrunk.
  int64_t steps = 0, runs = 0;
  bool complete = true;
};

struct HuntReportOptions {
  std::string program = "./faultline";
  size_t asked = 0;                 // Seeds that were to be run; 0: as many as there was time for.
  bool interrupted = false;         // By a person.
  std::vector<SavedFinding> saved;  // By finding; fewer if not all could be written.
  bool marks = false;               // In text: each mark's count; in JSON they always are.
  int64_t wall_nanos = 0;           // In text alone, so that JSON is the same for each hunt.
  bool color = false;
};

std::string hunt_text(const HuntResult& result, const HuntReportOptions& options);
std::string hunt_json(const HuntResult& result, const HuntReportOptions& options);

// The table of `hunt --museum`.
std::string museum_text(const std::vector<MuseumFind>& finds);
std::string museum_json(const std::vector<MuseumFind>& finds);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_HUNT_REPORT_H_
