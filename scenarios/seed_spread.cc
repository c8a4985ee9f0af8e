// SPDX-License-Identifier: Apache-2.0

#include "scenarios/seed_spread.h"

#include <algorithm>

#include "scenarios/report.h"

namespace scenarios {

// A run that was not audited has fewer figures than others.
std::vector<Spread> spreads_of(const std::vector<RunResult>& results) {
  std::vector<Spread> spreads;
  for (const RunResult& result : results) {
    for (const Figure& figure : result.figures) {
      auto same = std::find_if(spreads.begin(), spreads.end(),
                               [&](const Spread& spread) { return spread.name == figure.name; });
      if (same == spreads.end())
        same = spreads.insert(spreads.end(),
                              {figure.name, figure.unit, figure.unit != MetricUnit::kRate, {}});
      same->values.emplace_back(figure.value, result.seed);
    }
  }
  for (Spread& spread : spreads) std::sort(spread.values.begin(), spread.values.end());
  return spreads;
}

std::string reason_of(const RunResult& result) {
  if (result.violation)
    return std::string(result.violation->invariant) + ": " + result.violation->text;
  if (!result.stalled.empty()) return result.stalled;
  for (CheckedExpectation::State state :
       {CheckedExpectation::State::kBroken, CheckedExpectation::State::kUnknown}) {
    for (const CheckedExpectation& checked : result.expectations) {
      if (checked.state == state) return checked.expectation.text + "  is " + checked.actual;
    }
  }
  if (result.broken_promises > 0) return "broken promises: " + broken_promises_text(result);
  return std::string(name_of(result.outcome));
}

}  // namespace scenarios
