// SPDX-License-Identifier: Apache-2.0
//
// Carries out a script (tests/conformance/kafka/FORMATS.md, "write") on our PartitionLog in a real
// folder, as LogWriter.java does on Kafka's UnifiedLog, with an answer a step.

#ifndef TESTS_CONFORMANCE_LOG_SCRIPT_LOG_H_
#define TESTS_CONFORMANCE_LOG_SCRIPT_LOG_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/log/partition_log.h"
#include "scenarios/real_directory.h"

namespace conformance {

// What a handler is given, over real files.
class RealStep {
 public:
  RealStep(const std::string& folder, int64_t now_ms);
  models::Step& at(int64_t now_ms);
  models::Step& now() { return step_; }

 private:
  scenarios::RealDirectory disk_;
  sim::Rng rng_{1};
  models::Effects effects_;
  models::MutationSet mutations_;
  models::Marks marks_;
  models::Step step_;
};

// `config`: a topic's, in Kafka's names. A key that we do not know fails the test.
models::TopicConfig topic_config(const nlohmann::json& config);

class ScriptLog {
 public:
  using Json = nlohmann::json;

  ScriptLog(const std::string& folder, const Json& script);
  // The batches' bytes are taken from `batches`, in the order of the script.
  std::vector<Json> run(const std::vector<absl::Cord>& batches);
  std::string name() const;
  int64_t now_ms() const { return now_ms_; }
  const Json& config() const { return config_text_; }

 private:
  struct Failure {
    std::string error;
  };
  std::optional<std::string> run_step(const Json& step, Json& answer);
  std::optional<std::string> append(const Json& step, Json& answer);
  std::optional<std::string> clean(const Json& step, Json& answer);
  std::optional<std::string> change(const std::string& what, const Json& step, Json& answer);
  std::optional<std::string> keep(const std::string& what, const Json& step);
  void open(bool clean);
  void checkpoint();
  void move_time(const Json& step);
  void settle();
  void add_state(Json& answer) const;
  models::Step& step() { return at_.at(now_ms_); }

  Json script_;
  int64_t now_ms_;
  RealStep at_;
  bool follows_end_;
  int64_t producer_id_expiration_ms_;
  Json config_text_;
  models::TopicConfig config_;
  std::optional<models::PartitionLog> log_;
  int64_t next_expiry_ms_ = 0;
  const std::vector<absl::Cord>* batches_ = nullptr;
  size_t next_batch_ = 0;
  // The files at the root of the log directory.
  std::optional<models::Offset> recovery_point_;
  std::optional<models::Offset> log_start_;
  std::optional<models::Offset> high_watermark_;
  std::optional<models::Offset> cleaned_to_;
};

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_SCRIPT_LOG_H_
