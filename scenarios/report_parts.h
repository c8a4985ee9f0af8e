// SPDX-License-Identifier: Apache-2.0
//
// Lines of a report for people: wrapped at 100 columns, what goes on being indented.

#ifndef SCENARIOS_REPORT_PARTS_H_
#define SCENARIOS_REPORT_PARTS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "models/checkers/history/judge_types.h"

namespace scenarios {

inline constexpr size_t kReportColumns = 100;

// Columns that a UTF-8 text takes; escape sequences of colours take none.
size_t columns_of(std::string_view text);
// `text` broken at spaces into lines of at most `columns`, each but the first `hang` columns
// in. A word that is longer has a line of its own. Runs of spaces inside a line are kept. No line
// end at the end.
std::string wrapped(std::string_view text, size_t hang, size_t columns = kReportColumns);
// The same of a step of a cause chain: its place, "  [4812 broker.on_fetch]", is never broken.
std::string wrapped_step(std::string_view step, size_t hang, size_t columns = kReportColumns);

// "orders-0@15"; "orders-0, offset unknown (acks=0)".
std::string place_of(const models::Anomaly& anomaly);
// What is wrong with the record: "acknowledged 00:10.250 to checkout-1".
std::string account_of(const models::Anomaly& anomaly);

}  // namespace scenarios

#endif  // SCENARIOS_REPORT_PARTS_H_
