// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>

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
  if (result.broken_promises > 0)
    text += fmt::format("broken promises: {}\n", broken_promises_text(result));
  if (result.violation)
    text += fmt::format("{}: {}\n", result.violation->invariant, result.violation->text);
  if (!result.stalled.empty()) text += "stalled: " + result.stalled + "\n";
  return text;
}

// What is wrong, in a word.
std::string headline_of(const RunResult& result) {
  bool broken = std::any_of(
      result.expectations.begin(), result.expectations.end(),
      [](const CheckedExpectation& checked) { return checked.state == State::kBroken; });
  if (result.outcome == Outcome::kFailed)
    return broken ? "expectations do not hold" : "promises were broken";
  if (result.outcome == Outcome::kNotJudged) return "expectations could not be judged";
  return std::string(name_of(result.outcome));
}

bool is_failure(Outcome outcome) {
  return outcome == Outcome::kFailed || outcome == Outcome::kNotJudged;
}

// One run as XML: its verdict, its warnings, how to run it again.
std::string case_of(const JunitCase& each) {
  const RunResult& result = *each.result;
  std::string time = each.wall_nanos == 0
                         ? ""
                         : fmt::format(" time=\"{}.{:03}\"", each.wall_nanos / 1'000'000'000,
                                       each.wall_nanos / 1'000'000 % 1'000);
  std::string body = fmt::format("  <testcase classname=\"faultline\" name=\"{} seed {}\"{}>\n",
                                 escaped(each.scenario->name), result.seed, time);
  if (result.outcome != Outcome::kPassed) {
    const char* tag = is_failure(result.outcome) ? "failure" : "error";
    body += fmt::format("    <{} message=\"{}\">{}</{}>\n", tag, headline_of(result),
                        escaped(failures_of(result)), tag);
  }
  std::string out = "replay: " + replay_command(*each.scenario, result.seed, each.replay) + "\n";
  for (const std::string& warning : result.warnings) out += "warning: " + warning + "\n";
  return body + fmt::format("    <system-out>{}</system-out>\n  </testcase>\n", escaped(out));
}

}  // namespace

std::string junit_report(const std::vector<JunitCase>& cases) {
  size_t failures = 0, errors = 0, skipped = 0;
  std::string body;
  for (const JunitCase& each : cases) {
    if (each.result == nullptr) {
      ++skipped;
      body += fmt::format(
          "  <testcase classname=\"faultline\" name=\"{}\">\n    <skipped message=\"not run: "
          "interrupted\"/>\n  </testcase>\n",
          escaped(each.scenario->name));
      continue;
    }
    if (is_failure(each.result->outcome)) ++failures;
    if (!is_failure(each.result->outcome) && each.result->outcome != Outcome::kPassed) ++errors;
    body += case_of(each);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"faultline\" tests=\"{}\" "
      "failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}</testsuite>\n",
      cases.size(), failures, errors, skipped, body);
}

}  // namespace scenarios
