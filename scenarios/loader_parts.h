// SPDX-License-Identifier: Apache-2.0
//
// The loader's parts, each filling its piece of a Scenario from the file's tree. The tree has been
// checked against the declarations: the parts pass over what is malformed there without a word, and
// report only what one value must be because of another.

#ifndef SCENARIOS_LOADER_PARTS_H_
#define SCENARIOS_LOADER_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/common/config_rules.h"
#include "scenarios/declarations.h"
#include "scenarios/json_reader.h"
#include "scenarios/loader.h"
#include "scenarios/values.h"

namespace scenarios {

// The members of one object by their declared names. A member that is not there has its declared
// default; nothing when there is none, or when the member is malformed.
class Fields {
 public:
  // `object` may be null: then all members are absent.
  Fields(const JsonValue* object, const ObjectDecl& decl) : object_(object), decl_(decl) {}

  const JsonValue* find(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name) const;
  std::optional<uint64_t> seed(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;
  std::optional<sim::Duration> duration(std::string_view name) const;
  std::optional<sim::Duration> signed_duration(std::string_view name) const;
  std::optional<int64_t> drift(std::string_view name) const;  // Nanoseconds a second.
  std::optional<int64_t> size(std::string_view name) const;
  std::optional<Rate> rate(std::string_view name) const;
  std::optional<sim::Ratio> ratio(std::string_view name) const;      // A factor or a probability.
  std::vector<const JsonValue*> texts(std::string_view name) const;  // The strings of a list.
  Fields object(std::string_view name) const;
  // The members of a map or the elements of a list, those that are objects.
  std::vector<const JsonValue*> entries(std::string_view name) const;

 private:
  const KeyDecl& declared(std::string_view name) const;
  // As written or the default; nothing when it is malformed or absent.
  std::optional<std::string> valid_text(std::string_view name) const;

  const JsonValue* object_;
  const ObjectDecl& decl_;
};

// Applies --set to the tree.
void apply_overrides(JsonValue& root, const std::vector<Override>& overrides,
                     ProblemList& problems);

void load_cluster(const Fields& root, Scenario& scenario, ProblemList& problems);
void load_topics(const Fields& root, Scenario& scenario, ProblemList& problems);
// After the topics.
void load_imports(const Fields& root, Scenario& scenario, ProblemList& problems);
void load_clients(const Fields& root, Scenario& scenario, ProblemList& problems);
void load_faults(const Fields& root, Scenario& scenario, ProblemList& problems);
void load_actions(const Fields& root, Scenario& scenario, ProblemList& problems);
void load_expectations(const Fields& root, Scenario& scenario, ProblemList& problems);

// Kafka's settings of one object. Reports unknown ones and bad values.
class ConfigReader {
 public:
  ConfigReader(const JsonValue* config, models::ConfigScope scope, ProblemList& problems)
      : config_(config), scope_(scope), problems_(problems) {}

  // `set(key, value)` is one of models' set_*_config.
  template <class Set>
  void read(const Set& set) {
    if (config_ == nullptr || config_->kind != JsonKind::kObject) return;
    for (const JsonValue& member : config_->children) {
      if (!known(member)) continue;
      absl::Status status = set(member.key, member.text);
      if (!status.ok()) report_value(member, status);
      text_.emplace_back(member.key, member.text);
      written_.insert(member.key);
    }
  }
  const ConfigText& text() const { return text_; }
  const models::ConfigNames& written() const { return written_; }
  // Reports Kafka's rules between settings that are broken, unless a setting is wrong by itself.
  void report(const models::ConfigFindings& findings, const JsonValue& owner) const;

 private:
  bool known(const JsonValue& member);
  void report_value(const JsonValue& member, const absl::Status& status);

  const JsonValue* config_;
  models::ConfigScope scope_;
  ProblemList& problems_;
  ConfigText text_;
  models::ConfigNames written_;
  bool failed_ = false;
};

// The names of scenario parts, checked; InvalidArgument with words for people.
const TopicPlan* find_topic(const Scenario& scenario, std::string_view name);
const ProducerPlan* find_producer(const Scenario& scenario, std::string_view name);
const ConsumerPlan* find_consumer(const Scenario& scenario, std::string_view name);
absl::Status check_topic(const Scenario& scenario, std::string_view name);
absl::StatusOr<models::TopicPartition> parse_partition(const Scenario& scenario,
                                                       std::string_view text);
absl::StatusOr<Target> parse_target(const Scenario& scenario, std::string_view text);
absl::StatusOr<Expectation> parse_expectation(const Scenario& scenario, std::string_view text);

}  // namespace scenarios

#endif  // SCENARIOS_LOADER_PARTS_H_
