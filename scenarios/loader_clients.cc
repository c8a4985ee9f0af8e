// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "models/common/config_keys.h"
#include "scenarios/loader_parts.h"
#include "scenarios/memory_need.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

using models::ConfigScope;

void add_notes(const models::ConfigFindings& findings, std::string_view client,
               Scenario& scenario) {
  for (const std::string& change : findings.changes) {
    scenario.notes.push_back(fmt::format("{}: {}", client, change));
  }
}

void report_if_bad(const absl::Status& status, const JsonValue& value, ProblemList& problems) {
  if (!status.ok()) problems.at_value(value, std::string(status.message()));
}

void load_keys(const Fields& fields, ProducerPlan& producer) {
  if (fields.find("keys") == nullptr) return;
  Fields keys = fields.object("keys");
  producer.distinct_keys = static_cast<int32_t>(keys.integer("distinct").value_or(1));
  bool zipf = keys.text("skew").value_or("") == "zipf";
  producer.skew = zipf ? models::KeySkew::kZipf : models::KeySkew::kUniform;
}

void load_producer(const JsonValue& value, const ObjectDecl& decl, Scenario& scenario,
                   ProblemList& problems) {
  Fields fields(&value, decl);
  ProducerPlan producer;
  producer.name = value.key;
  producer.count = static_cast<int32_t>(fields.integer("count").value_or(kMostClients));
  if (std::optional<std::string> topic = fields.text("topic")) {
    producer.topic = *topic;
    report_if_bad(check_topic(scenario, *topic), *fields.find("topic"), problems);
  }
  Rate rate = fields.rate("rate").value_or(Rate{});
  producer.records = rate.records;
  producer.per = rate.per;
  load_keys(fields, producer);
  Fields value_fields = fields.object("value");
  producer.value_bytes = static_cast<int32_t>(value_fields.size("size").value_or(0));
  producer.tombstones = value_fields.ratio("tombstones").value_or(sim::Ratio{0, 1});
  if (producer.tombstones.numerator > 0 && fields.find("keys") == nullptr)
    problems.at_value(*fields.find("value"), "tombstones need \"keys\": they delete a key");
  ConfigReader reader(fields.find("config"), ConfigScope::kProducer, problems);
  reader.read([&](std::string_view key, std::string_view text) {
    return models::set_producer_config(producer.config, key, text);
  });
  producer.config_text = reader.text();
  models::ConfigFindings findings =
      models::settle_producer_config(producer.config, reader.written());
  reader.report(findings, value);
  add_notes(findings, producer.name, scenario);
  scenario.producers.push_back(std::move(producer));
}

void load_topics_read(const Fields& fields, const Scenario& scenario, ConsumerPlan& consumer,
                      ProblemList& problems) {
  std::set<std::string_view> seen;
  for (const JsonValue* topic : fields.texts("topics")) {
    if (problems.full()) return;
    report_if_bad(check_topic(scenario, topic->text), *topic, problems);
    if (!seen.insert(topic->text).second) {
      problems.at_value(*topic, in_quotes(topic->text) + " is named twice");
    }
    consumer.topics.push_back(topic->text);
  }
  const JsonValue* list = fields.find("topics");
  if (list != nullptr && list->kind == JsonKind::kArray && list->children.empty()) {
    problems.at_value(*list, "is empty; name at least one topic");
  }
}

// Kafka takes any, but one that no broker is in is a slip of the pen.
void check_rack(const Fields& fields, const Scenario& scenario, const std::string& rack,
                ProblemList& problems) {
  const std::vector<std::string>& racks = scenario.cluster.racks;
  const JsonValue* config = fields.find("config");
  const JsonValue* value = config == nullptr ? nullptr : config->find("client.rack");
  if (rack.empty() || value == nullptr) return;
  if (racks.empty()) {
    problems.at_value(*value, "no broker is in a rack; say which with \"racks\" in \"cluster\"");
  } else if (std::find(racks.begin(), racks.end(), rack) == racks.end()) {
    std::vector<std::string_view> names(racks.begin(), racks.end());
    problems.at_value(*value,
                      fmt::format("no broker is in rack {}; there are {}{}", in_quotes(rack),
                                  fmt::join(racks, ", "), did_you_mean(rack, names)));
  }
}

void load_consumer(const JsonValue& value, const ObjectDecl& decl, Scenario& scenario,
                   ProblemList& problems) {
  Fields fields(&value, decl);
  ConsumerPlan consumer;
  consumer.name = value.key;
  consumer.count = static_cast<int32_t>(fields.integer("count").value_or(kMostClients));
  load_topics_read(fields, scenario, consumer, problems);
  consumer.processing = fields.duration("processing").value_or(sim::Duration());
  ConfigReader reader(fields.find("config"), ConfigScope::kConsumer, problems);
  reader.read([&](std::string_view key, std::string_view text) {
    return models::set_consumer_config(consumer.config, key, text);
  });
  consumer.config_text = reader.text();
  check_rack(fields, scenario, consumer.config.client_rack, problems);
  models::ConfigFindings findings =
      models::settle_consumer_config(consumer.config, reader.written());
  reader.report(findings, value);
  add_notes(findings, consumer.name, scenario);
  scenario.consumers.push_back(std::move(consumer));
}

// A name must mean one client: "client billing-2" is the second of `billing` or the one called so.
class ClientNames {
 public:
  explicit ClientNames(ProblemList& problems) : problems_(problems) {}

  void add(const JsonValue& value, std::optional<int64_t> count) {
    if (count) count_in(value, *count);
    if (value.key == "auditor") {
      problems_.at_key(value,
                       "\"auditor\" is the reader that checks what is stored; take another name");
    }
    if (!names_.insert(value.key).second) {
      problems_.at_key(value, in_quotes(value.key) + " is the name of a producer already");
    }
    if (count.value_or(1) > 1) many_.push_back({&value, *count});
  }

  void finish() {
    if (clients_ > kMostClients) return;
    for (const auto& [value, count] : many_) {
      for (int64_t i = 1; i <= count; ++i) {
        std::string member = fmt::format("{}-{}", value->key, i);
        if (names_.count(member) == 0) continue;
        problems_.at_key(
            *value, fmt::format("its member {} has the name of another client", in_quotes(member)));
      }
    }
  }

 private:
  void count_in(const JsonValue& value, int64_t count) {
    bool fitted = clients_ <= kMostClients;
    clients_ += count;
    if (fitted && clients_ > kMostClients) {
      problems_.at_value(value, fmt::format("more than {} clients in all", kMostClients));
    }
  }

  ProblemList& problems_;
  std::set<std::string> names_;
  std::vector<std::pair<const JsonValue*, int64_t>> many_;
  int64_t clients_ = 0;
};

// A run that no machine has the memory for is refused while there is still something to say.
void check_size(const Fields& root, const Scenario& scenario, ProblemList& problems) {
  constexpr int64_t kMostGigabytes = 32;
  MemoryNeed need = memory_need(scenario);
  if (need.gigabytes() < kMostGigabytes) return;
  const JsonValue& value = *root.entries("producers")[need.largest];
  const JsonValue* rate = value.find("rate");
  problems.at_value(rate == nullptr ? value : *rate,
                    fmt::format("{}, and {} GB is the most: lower rate, count, value size or "
                                "duration",
                                to_string(need), kMostGigabytes));
}

}  // namespace

void load_clients(const Fields& root, Scenario& scenario, ProblemList& problems) {
  ClientNames names(problems);
  const ObjectDecl& producer = *find_key(scenario_declaration(), "producers")->of();
  for (const JsonValue* value : root.entries("producers")) {
    load_producer(*value, producer, scenario, problems);
    names.add(*value, Fields(value, producer).integer("count"));
  }
  const ObjectDecl& consumer = *find_key(scenario_declaration(), "consumers")->of();
  for (const JsonValue* value : root.entries("consumers")) {
    load_consumer(*value, consumer, scenario, problems);
    names.add(*value, Fields(value, consumer).integer("count"));
  }
  names.finish();
  // A number that is malformed stands for the most that is allowed.
  if (problems.empty()) check_size(root, scenario, problems);
}

}  // namespace scenarios
