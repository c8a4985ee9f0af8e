// SPDX-License-Identifier: Apache-2.0
//
// The verbs of faults: what each does, whom it may hit and the keys it takes. The loader, the JSON
// Schema and `faultline faults` read this one list.

#ifndef SCENARIOS_FAULT_CATALOGUE_H_
#define SCENARIOS_FAULT_CATALOGUE_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "scenarios/declarations.h"
#include "scenarios/scenario.h"

namespace scenarios {

struct FaultCard {
  FaultVerb verb{};
  std::string_view name;   // As written in a file.
  std::string_view about;  // What it does, in a sentence.
  KeyKind target{};        // The form of the verb's value.
  enum class Hits : uint8_t { kNodes, kAll, kClients, kZones, kRegions };
  Hits hits = Hits::kNodes;  // Who may be targets; kAll: nodes and clients, zones and regions.
  std::string_view keys;     // That it takes beside its own, with spaces between.
  std::string_view example;  // A whole fault, as JSON.
};

// In the order of the verbs' enum.
std::span<const FaultCard> fault_catalogue();
const FaultCard& card_of(FaultVerb verb);
const FaultCard* find_fault(std::string_view name);

// The keys of an element of "faults": when, the verbs, and what they take.
const ObjectDecl* fault_declaration();

}  // namespace scenarios

#endif  // SCENARIOS_FAULT_CATALOGUE_H_
