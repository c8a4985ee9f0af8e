// SPDX-License-Identifier: Apache-2.0

#include "scenarios/scenario.h"

#include "scenarios/fault_catalogue.h"

namespace scenarios {

std::string_view name_of(FaultVerb verb) { return card_of(verb).name; }

std::string_view name_of(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return "==";
    case CompareOp::kNotEqual:
      return "!=";
    case CompareOp::kLess:
      return "<";
    case CompareOp::kLessEqual:
      return "<=";
    case CompareOp::kGreater:
      return ">";
    case CompareOp::kGreaterEqual:
      return ">=";
  }
  return "?";
}

}  // namespace scenarios
