// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/tally.h"

#include <cstdio>
#include <utility>

namespace conformance {

namespace {

Tally& sum() {
  static Tally all;
  return all;
}

std::string text_of(const Tally& tally) {
  std::string text;
  for (const auto& [number, name] :
       {std::pair(tally.scripts, "scripts"), std::pair(tally.steps, "steps"),
        std::pair(tally.files, "files"), std::pair(tally.bytes, "bytes in them"),
        std::pair(tally.logs, "logs opened"), std::pair(tally.batches, "batches"),
        std::pair(tally.records, "records")}) {
    if (number == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + name;
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  scripts += other.scripts;
  steps += other.steps;
  files += other.files;
  bytes += other.bytes;
  batches += other.batches;
  records += other.records;
  logs += other.logs;
  return *this;
}

void count(const std::string& what, const Tally& compared) {
  std::printf("compared  %s: %s\n", what.c_str(), text_of(compared).c_str());
  std::fflush(stdout);
  sum() += compared;
}

void print_tally() {
  std::printf("conformance with Kafka 4.1.1: compared %s\n", text_of(sum()).c_str());
}

}  // namespace conformance
