// SPDX-License-Identifier: Apache-2.0
//
// Random scripts for files_test: everything that may come to a log, in any order. The same seed
// gives the same script.
//
// It does not know what the log will refuse (every step may fail), only about where the log ends:
// its idea of that is never below the truth.

#ifndef TESTS_CONFORMANCE_LOG_SCRIPT_GENERATOR_H_
#define TESTS_CONFORMANCE_LOG_SCRIPT_GENERATOR_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/rng.h"

namespace conformance {

class ScriptGenerator {
 public:
  explicit ScriptGenerator(uint64_t seed) : rng_(seed) {}
  nlohmann::json script(int steps);

 private:
  using Json = nlohmann::json;
  struct Producer {
    int64_t id = 0;
    int epoch = 0;
    int32_t sequence = 0;
    bool in_transaction = false;
    Json last;  // Its last batch, for retries.
  };

  bool one_in(int64_t n) { return rng_.below(static_cast<uint64_t>(n)) == 0; }
  int64_t pick(std::initializer_list<int64_t> values);
  Json config();
  Json step();
  Json leader_append();
  Json follower_append();
  Json truncation();
  Json passing_time();
  Json cleaning();
  Json batch();
  Json records();
  Json record();
  Json bytes(int64_t most);
  void add_producer(Json& batch);
  Json marker(Producer& producer);
  void set_codec(Json& batch);

  sim::Rng rng_;
  bool compacts_ = false;
  bool repacks_ = false;  // The broker compresses anew.
  bool leads_only_ = false;
  bool manual_high_watermark_ = false;
  bool closed_ = false;
  int64_t now_ = 1'700'000'000'000;
  int64_t end_ = 0;
  int leader_epoch_ = 0;
  int coordinator_epoch_ = 0;
  std::vector<Producer> producers_;
};

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_SCRIPT_GENERATOR_H_
