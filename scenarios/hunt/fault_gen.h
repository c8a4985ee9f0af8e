// SPDX-License-Identifier: Apache-2.0
//
// Random faults for a cluster, from the catalogue of faults: a new kind is one line of the table in
// fault_gen.cc, which says what harm it does.
//
// Which kinds take part is drawn once for a whole run (feature swarm: a run with few kinds goes deeper
// than one in which everything happens). Beginnings gather around few moments, and targets around one
// partition, as the hard bugs need two failures close to each other.

#ifndef SCENARIOS_HUNT_FAULT_GEN_H_
#define SCENARIOS_HUNT_FAULT_GEN_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "scenarios/hunt/draw.h"
#include "scenarios/scenario.h"

namespace scenarios {

// The worst that a kind of fault does.
enum class Harm : uint8_t {
  kSlows,      // Things take longer; clients stop.
  kLies,       // Nothing, until the power goes: what was flushed is not.
  kStops,      // Processes die or cannot be reached. What they have written stays.
  kLosesTail,  // What a disk had not flushed is gone.
  kRots,       // What was flushed is gone or wrong.
};

// What a cluster with these settings has to survive, and so what may happen to it.
enum class FaultClass : uint8_t {
  kProcesses,     // Any number of processes and links fail; disks keep what they have.
  kOnePowerLoss,  // One broker loses its unflushed tail, and nothing else takes a replica out of the
                  // ISR: then another member has each acknowledged record.
  kFlushed,       // Any number of power losses: each record is flushed before it is acknowledged.
  kBeyond,        // Anything: what is lost must be permitted by a setting.
};
std::string_view name_of(FaultClass kind);
inline bool must_survive(FaultClass kind) { return kind != FaultClass::kBeyond; }

// Of the classes that the scenario's own settings promise to survive, or kBeyond.
FaultClass draw_fault_class(Draw& draw, const Scenario& scenario);

struct DrawnFaults {
  Json faults;        // For the scenario's "faults": all over well before the load ends.
  bool heals = true;  // Nothing that they do stays for ever: all must converge.
};
// `scenario`: loaded, without faults.
DrawnFaults draw_faults(Draw& draw, const Scenario& scenario, FaultClass kind);

// Of a verb of the catalogue; nothing: hunts do not draw it.
std::optional<Harm> harm_of(std::string_view verb);

}  // namespace scenarios

#endif  // SCENARIOS_HUNT_FAULT_GEN_H_
