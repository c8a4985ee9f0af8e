// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/signature.h"

#include <cctype>
#include <string_view>

namespace scenarios {

namespace {

// "orders-1 has no leader" -> "#-# has no leader": digits, and topics before a partition's number.
std::string without_numbers(std::string_view text) {
  std::string out;
  auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (digit(text[i])) {
      if (out.empty() || out.back() != '#') out += '#';
    } else if (text[i] == '-' && i + 1 < text.size() && digit(text[i + 1])) {
      size_t word = out.rfind(' ');
      out.resize(word == std::string::npos ? 0 : word + 1);
      out += "T-";
    } else {
      out += text[i];
    }
  }
  return out;
}

// "/src/models/log/x.cc:12: check failed: ..." -> "x.cc:12".
std::string place_of_check(std::string_view text) {
  std::string_view place = text.substr(0, text.find(": "));
  return std::string(place.substr(place.rfind('/') + 1));
}

std::string of_expectation(const CheckedExpectation& checked) {
  const Expectation& asked = checked.expectation;
  std::string text = asked.metric + " " + std::string(name_of(asked.op));
  if (asked.metric != "convergence") return without_numbers(text + ", " + checked.why);
  size_t where = checked.actual.find("not yet: ");
  if (where == std::string::npos) return "convergence takes too long";
  std::string missing = checked.actual.substr(where + 9);
  if (!missing.empty() && missing.back() == ')') missing.pop_back();
  return "no convergence: " + without_numbers(missing);
}

std::string of_promises(const RunResult& result) {
  for (const models::AnomalyCount& count : result.anomaly_counts) {
    if (!count.permitted_by.empty()) continue;
    std::string_view by = count.reader.empty() ? "" : ", as a consumer sees it";
    return "promise: " + std::string(models::name_of(count.kind)) + std::string(by);
  }
  return {};
}

}  // namespace

std::string signature_of(const RunResult& result) {
  if (result.outcome == Outcome::kPassed || result.outcome == Outcome::kInterrupted) return {};
  if (result.violation) {
    bool check = result.violation->invariant == "check";
    return check ? "check: " + place_of_check(result.violation->text) : result.violation->signature;
  }
  if (!result.stalled.empty()) return "stall: " + without_numbers(result.stalled);
  std::string broken = of_promises(result);
  if (!broken.empty()) return broken;
  using State = CheckedExpectation::State;
  // Where retention or compaction took all there was, nothing is left to judge, and nothing to find.
  int64_t stored = result.acknowledged;
  for (const models::RemovalCount& count : result.removals) stored -= count.records;
  const bool empty = stored <= 0;
  for (State state : {State::kBroken, State::kUnknown}) {
    for (const CheckedExpectation& checked : result.expectations) {
      if (checked.state != state || (empty && state == State::kUnknown)) continue;
      return (state == State::kBroken ? "expect: " : "not judged: ") + of_expectation(checked);
    }
  }
  return empty ? std::string() : std::string(name_of(result.outcome));
}

}  // namespace scenarios
