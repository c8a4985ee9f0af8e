// SPDX-License-Identifier: Apache-2.0
//
// The verbs of actions: what an administrator does at a time of the run, and the keys each takes. The
// loader, the JSON Schema and `faultline actions` read this one list.

#ifndef SCENARIOS_ACTION_CATALOGUE_H_
#define SCENARIOS_ACTION_CATALOGUE_H_

#include <span>
#include <string_view>

#include "scenarios/declarations.h"
#include "scenarios/scenario.h"

namespace scenarios {

struct ActionCard {
  ActionVerb verb{};
  std::string_view name;     // As written in a file.
  std::string_view about;    // What it does, in a sentence.
  KeyKind subject{};         // The form of the verb's value.
  std::string_view keys;     // That it takes beside its own, with spaces between.
  std::string_view example;  // A whole action, as JSON.
};

// In the order of the verbs' enum.
std::span<const ActionCard> action_catalogue();
const ActionCard* find_action(std::string_view name);

// The keys of an element of "actions": when, the verbs, and what they take.
const ObjectDecl* action_declaration();

}  // namespace scenarios

#endif  // SCENARIOS_ACTION_CATALOGUE_H_
