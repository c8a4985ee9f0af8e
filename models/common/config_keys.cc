// SPDX-License-Identifier: Apache-2.0

#include "models/common/config_keys.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "models/common/config_tables.h"

namespace models {
namespace {

// A quarter of the clock's range leaves room to add a few spans to any time of a run.
constexpr int64_t kLongestNanos = INT64_MAX / 4;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

// Kafka takes the words of a boolean in any case.
std::optional<bool> boolean_of(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

std::optional<Acks> acks_of(std::string_view text) {
  if (text == "all" || text == "-1") return Acks::kAll;
  if (text == "1") return Acks::kLeader;
  if (text == "0") return Acks::kNone;
  return std::nullopt;
}

// Words of an enumeration, in the order of its values.
template <class Enum>
struct WordsOf;
template <>
struct WordsOf<TopicCompression> {
  static constexpr std::string_view kWords[] = {"producer", "uncompressed", "gzip",
                                                "snappy",   "lz4",          "zstd"};
};
template <>
struct WordsOf<ProducerCompression> {
  static constexpr std::string_view kWords[] = {"none", "gzip", "snappy", "lz4", "zstd"};
};
template <>
struct WordsOf<MessageTimestampType> {
  static constexpr std::string_view kWords[] = {"CreateTime", "LogAppendTime"};
};
template <>
struct WordsOf<ReplicaSelector> {
  static constexpr std::string_view kWords[] = {
      "", "org.apache.kafka.common.replica.LeaderSelector",
      "org.apache.kafka.common.replica.RackAwareReplicaSelector"};
};
template <class Enum>
std::optional<Enum> word_of(std::string_view text) {
  const auto& words = WordsOf<Enum>::kWords;
  const auto* found = std::find(std::begin(words), std::end(words), text);
  if (found == std::end(words)) return std::nullopt;
  return static_cast<Enum>(found - std::begin(words));
}

std::optional<AutoOffsetReset> reset_of(std::string_view text) {
  if (text == "latest") return AutoOffsetReset::kLatest;
  if (text == "earliest") return AutoOffsetReset::kEarliest;
  if (text == "none") return AutoOffsetReset::kNone;
  return std::nullopt;
}

// "0.5": digits, and after a point up to six more.
std::optional<Fraction> fraction_of(std::string_view text) {
  size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  std::string part(point == std::string_view::npos ? "" : text.substr(point + 1));
  if (whole.empty() && part.empty()) return std::nullopt;
  while (part.size() > 6 && part.back() == '0') part.pop_back();
  if (part.size() > 6 || whole.size() > 12) return std::nullopt;
  part.resize(6, '0');
  int64_t value = 0;
  for (char c : std::string(whole) + part) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return Fraction{value};
}

// "1048576", "1048576.0", "1.5E7": a whole number as Java's parser of doubles takes it.
std::optional<IoRate> rate_of(std::string_view text) {
  constexpr size_t kMostDigits = 18;  // More is no limit.
  size_t letter = std::min(text.find_first_of("eE"), text.size());
  std::string_view power = text.substr(std::min(letter + 1, text.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  std::optional<int64_t> exponent = letter == text.size() ? 0 : number_of(power);
  std::string_view mantissa = text.substr(0, letter);
  size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string_view part = mantissa.substr(std::min(point + 1, mantissa.size()));
  std::string digits = std::string(mantissa.substr(0, point)) + std::string(part);
  bool plain =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty() || !plain || !exponent || *exponent > 400 || *exponent < -400)
    return std::nullopt;
  digits.erase(0, digits.find_first_not_of('0'));
  int64_t zeros = *exponent - static_cast<int64_t>(part.size());
  for (; zeros < 0 && digits.ends_with('0'); ++zeros) digits.pop_back();
  if (digits.empty() || zeros < 0) return std::nullopt;
  if (digits.size() + static_cast<size_t>(zeros) > kMostDigits) return IoRate{};
  digits.append(static_cast<size_t>(zeros), '0');
  return IoRate{*number_of(digits)};
}

std::optional<CleanupPolicy> policy_of(std::string_view text) {
  CleanupPolicy policy{.deletes = false};
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view word = trimmed(text.substr(0, comma));
    if (word != "delete" && word != "compact") return std::nullopt;
    (word == "delete" ? policy.deletes : policy.compacts) = true;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return policy;
}

// "/disk1,/disk2": directories of the root, as names; a disk of the simulator has no deeper mounts.
std::optional<std::vector<std::string>> directories_of(std::string_view text,
                                                       const ConfigKey& key) {
  std::vector<std::string> names;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view name = trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (!name.starts_with('/')) return std::nullopt;
    name.remove_prefix(1);
    bool plain = !name.empty() && name != "." && name != ".." &&
                 std::all_of(name.begin(), name.end(), [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
                 });
    if (!plain || std::find(names.begin(), names.end(), name) != names.end()) return std::nullopt;
    names.emplace_back(name);
  }
  int64_t count = static_cast<int64_t>(names.size());
  if (count < key.min || count > key.max) return std::nullopt;
  return names;
}

int64_t nanos_in(ConfigUnit unit) {
  return unit == ConfigUnit::kSeconds ? 1'000'000'000 : 1'000'000;
}

sim::Duration span_of(int64_t count, ConfigUnit unit) {
  int64_t longest = kLongestNanos / nanos_in(unit);
  return sim::Duration::nanos(std::min(count, longest) * nanos_in(unit));
}

template <class T>
bool store(const std::optional<T>& parsed, T& place) {
  if (!parsed) return false;
  place = *parsed;
  return true;
}

bool store_number(const ConfigKey& key, const ConfigSlot& slot, std::string_view text) {
  std::optional<int64_t> number = number_of(text);
  if (!number || *number < key.min || *number > key.max) return false;
  if (key.allowed == kGzipLevels.words && *number == 0) return false;  // The one gap of a range.
  if (int32_t* const* place = std::get_if<int32_t*>(&slot)) **place = static_cast<int32_t>(*number);
  if (int64_t* const* place = std::get_if<int64_t*>(&slot)) **place = *number;
  if (sim::Duration* const* place = std::get_if<sim::Duration*>(&slot)) {
    **place = span_of(*number, key.unit);
  }
  return true;
}

// False, with nothing changed, when the text is no value of this key.
bool store_text(const ConfigKey& key, const ConfigSlot& slot, std::string_view text) {
  return std::visit(
      Overloaded{
          [&](bool* place) { return store(boolean_of(text), *place); },
          [&](Acks* place) { return store(acks_of(text), *place); },
          [&](AutoOffsetReset* place) { return store(reset_of(text), *place); },
          [&](CleanupPolicy* place) { return store(policy_of(text), *place); },
          [&](TopicCompression* place) { return store(word_of<TopicCompression>(text), *place); },
          [&](ProducerCompression* place) {
            return store(word_of<ProducerCompression>(text), *place);
          },
          [&](MessageTimestampType* place) {
            return store(word_of<MessageTimestampType>(text), *place);
          },
          [&](ReplicaSelector* place) { return store(word_of<ReplicaSelector>(text), *place); },
          [&](std::string* place) { return store(std::optional(std::string(text)), *place); },
          [&](std::vector<std::string>* place) { return store(directories_of(text, key), *place); },
          [&](IoRate* place) { return store(rate_of(text), *place); },
          [&](Fraction* place) {
            auto parsed = fraction_of(text);
            bool allowed = parsed && parsed->millionths >= key.min && parsed->millionths <= key.max;
            return allowed && store(parsed, *place);
          },
          [&](auto*) { return store_number(key, slot, text); },
      },
      slot);
}

template <class Enum>
std::string word_for(Enum value) {
  return std::string(WordsOf<Enum>::kWords[static_cast<size_t>(value)]);
}

std::string text_of(Acks acks) {
  return acks == Acks::kAll ? "all" : std::to_string(static_cast<int>(acks));
}

std::string text_of(AutoOffsetReset reset) {
  switch (reset) {
    case AutoOffsetReset::kLatest:
      return "latest";
    case AutoOffsetReset::kEarliest:
      return "earliest";
    case AutoOffsetReset::kNone:
      return "none";
  }
  return "";
}

std::string text_of(CleanupPolicy policy) {
  if (policy.compacts && policy.deletes) return "compact,delete";
  return policy.compacts ? "compact" : policy.deletes ? "delete" : "";
}

std::string text_of(const std::vector<std::string>& directories) {
  std::string text;
  for (const std::string& name : directories) text += (text.empty() ? "/" : ",/") + name;
  return text;
}

// As Java prints a double of this size: "0.5", "1.0".
std::string text_of(Fraction fraction) {
  std::string part = std::to_string(Fraction::kOne + fraction.millionths % Fraction::kOne);
  part.erase(0, 1);
  while (part.size() > 1 && part.back() == '0') part.pop_back();
  return std::to_string(fraction.millionths / Fraction::kOne) + "." + part;
}

std::string text_of(IoRate rate) {
  return rate.is_unlimited() ? "1.7976931348623157E308"
                             : std::to_string(rate.bytes_per_second) + ".0";
}

std::string text_in(const ConfigKey& key, const ConfigTarget& target) {
  return std::visit(Overloaded{
                        [](const bool* value) -> std::string { return *value ? "true" : "false"; },
                        [](const Acks* value) { return text_of(*value); },
                        [](const AutoOffsetReset* value) { return text_of(*value); },
                        [](const CleanupPolicy* value) { return text_of(*value); },
                        [](const std::vector<std::string>* value) { return text_of(*value); },
                        [](const TopicCompression* value) { return word_for(*value); },
                        [](const ProducerCompression* value) { return word_for(*value); },
                        [](const MessageTimestampType* value) { return word_for(*value); },
                        [](const ReplicaSelector* value) { return word_for(*value); },
                        [](const std::string* value) { return *value; },
                        [](const Fraction* value) { return text_of(*value); },
                        [](const IoRate* value) { return text_of(*value); },
                        [&](const sim::Duration* value) {
                          return std::to_string(value->nanos() / nanos_in(key.unit));
                        },
                        [](const auto* value) { return std::to_string(*value); },
                    },
                    key.slot(target));
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// "a whole number of milliseconds, >= 0": what the reader should write instead.
std::string wanted_by(const ConfigKey& key) {
  if (key.type == ConfigType::kDouble) return "a number " + std::string(key.allowed);
  if (key.type != ConfigType::kInt && key.type != ConfigType::kLong) {
    return std::string(key.allowed);
  }
  std::string wanted = "a whole number";
  if (key.unit == ConfigUnit::kMillis) wanted += " of milliseconds";
  if (key.unit == ConfigUnit::kSeconds) wanted += " of seconds";
  if (key.unit == ConfigUnit::kBytes) wanted += " of bytes";
  wanted += " " + std::string(key.allowed);
  if (key.type == ConfigType::kInt) wanted += " and <= " + std::to_string(key.max);
  return wanted;
}

absl::Status no_such_key(ConfigScope scope, std::string_view key) {
  std::string setting = std::string(name_of(scope)) + " setting " + quoted(key);
  if (is_known_unsupported(scope, key)) {
    return absl::InvalidArgumentError(setting + " is Kafka's, but not supported yet");
  }
  return absl::InvalidArgumentError("unknown " + setting);
}

absl::Status set_in(ConfigScope scope, const ConfigTarget& target, std::string_view name,
                    std::string_view value) {
  const ConfigKey* key = find_config_key(scope, name);
  if (key == nullptr) return no_such_key(scope, name);
  if (store_text(*key, key->slot(target), trimmed(value))) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(name) + ": found " + quoted(value) + ", must be " +
                                    wanted_by(*key));
}

}  // namespace

std::string_view name_of(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::kBroker:
      return "broker";
    case ConfigScope::kTopic:
      return "topic";
    case ConfigScope::kProducer:
      return "producer";
    case ConfigScope::kConsumer:
      return "consumer";
  }
  return "";
}

std::span<const ConfigKey> config_keys(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::kBroker:
      return broker_config_keys();
    case ConfigScope::kTopic:
      return topic_config_keys();
    case ConfigScope::kProducer:
      return producer_config_keys();
    case ConfigScope::kConsumer:
      return consumer_config_keys();
  }
  return {};
}

const ConfigKey* find_config_key(ConfigScope scope, std::string_view name) {
  std::span<const ConfigKey> keys = config_keys(scope);
  auto found = std::lower_bound(
      keys.begin(), keys.end(), name,
      [](const ConfigKey& key, std::string_view wanted) { return key.name < wanted; });
  return found != keys.end() && found->name == name ? &*found : nullptr;
}

std::string default_of(const ConfigKey& key) {
  BrokerConfig broker;
  ProducerConfig producer;
  ConsumerConfig consumer;
  return text_in(key, {&broker, &broker.topic, &producer, &consumer});
}

absl::Status set_broker_config(BrokerConfig& config, std::string_view key, std::string_view value) {
  ConfigTarget target{.broker = &config, .topic = &config.topic};
  return set_in(ConfigScope::kBroker, target, key, value);
}

absl::Status set_topic_config(TopicConfig& config, std::string_view key, std::string_view value) {
  return set_in(ConfigScope::kTopic, {.topic = &config}, key, value);
}

absl::Status set_producer_config(ProducerConfig& config, std::string_view key,
                                 std::string_view value) {
  return set_in(ConfigScope::kProducer, {.producer = &config}, key, value);
}

absl::Status set_consumer_config(ConsumerConfig& config, std::string_view key,
                                 std::string_view value) {
  return set_in(ConfigScope::kConsumer, {.consumer = &config}, key, value);
}

// A slot is an address to write to; reading goes through a copy.
std::string broker_config_value(const BrokerConfig& config, const ConfigKey& key) {
  BrokerConfig copy = config;
  return text_in(key, {.broker = &copy, .topic = &copy.topic});
}

std::string topic_config_value(const TopicConfig& config, const ConfigKey& key) {
  TopicConfig copy = config;
  return text_in(key, {.topic = &copy});
}

std::string producer_config_value(const ProducerConfig& config, const ConfigKey& key) {
  ProducerConfig copy = config;
  return text_in(key, {.producer = &copy});
}

std::string consumer_config_value(const ConsumerConfig& config, const ConfigKey& key) {
  ConsumerConfig copy = config;
  return text_in(key, {.consumer = &copy});
}

}  // namespace models
