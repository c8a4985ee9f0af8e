// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "scenarios/report.h"

namespace scenarios {

namespace {

using State = CheckedExpectation::State;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

std::string failures_of(const RunResult& result) {
  std::string text;
  for (const CheckedExpectation& checked : result.expectations) {
    if (checked.state != State::kHolds)
      text += fmt::format("{}: {} {}\n", checked.expectation.text, checked.actual, checked.why);
  }
  if (result.violation)
    text += fmt::format("{}: {}\n", result.violation->invariant, result.violation->text);
  if (!result.stalled.empty()) text += "stalled: " + result.stalled + "\n";
  return text;
}

}  // namespace

std::string junit_report(const std::vector<JunitCase>& cases) {
  size_t failures = 0, errors = 0;
  std::string body;
  for (const JunitCase& each : cases) {
    Outcome outcome = each.result->outcome;
    body +=
        fmt::format("  <testcase classname=\"faultline\" name=\"{} seed {}\" time=\"{}.{:03}\">",
                    escaped(each.scenario->name), each.result->seed,
                    each.wall_nanos / 1'000'000'000, each.wall_nanos / 1'000'000 % 1'000);
    if (outcome == Outcome::kFailed || outcome == Outcome::kNotJudged) {
      ++failures;
      body += fmt::format("\n    <failure message=\"expectations {}\">{}</failure>\n  ",
                          outcome == Outcome::kFailed ? "do not hold" : "could not be judged",
                          escaped(failures_of(*each.result)));
    } else if (outcome != Outcome::kPassed) {
      ++errors;
      body += fmt::format("\n    <error message=\"{}\">{}</error>\n  ", name_of(outcome),
                          escaped(failures_of(*each.result)));
    }
    body += "</testcase>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"faultline\" tests=\"{}\" "
      "failures=\"{}\" errors=\"{}\">\n{}</testsuite>\n",
      cases.size(), failures, errors, body);
}

}  // namespace scenarios
