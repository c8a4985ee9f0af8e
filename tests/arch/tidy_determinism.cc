// SPDX-License-Identifier: Apache-2.0
//
// What may not be named in sim/ and models/, and what to use in its place.

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/tidy_rules.h"
#include "tests/arch/tidy_scopes.h"

namespace tests {

namespace {

struct Banned {
  std::string_view names;  // Separated by blanks.
  std::string_view instead;
};

constexpr std::string_view kUseClocks = "the clocks of the step or the world";
constexpr std::string_view kUseRng = "sim::Rng and its integer distributions (sim/rng.h)";
constexpr std::string_view kUseEvents = "events: a world runs in one thread";
constexpr std::string_view kUseOrdered = "absl::btree_map, absl::btree_set or a sorted vector";
constexpr std::string_view kUseIntegers = "integers with the unit in the type or the name";

// Wherever they stand, but as members of something.
constexpr Banned kAnywhere[] = {
    {"random_device mt19937 mt19937_64 minstd_rand default_random_engine seed_seq drand48 rand_r "
     "BitGen InsecureBitGen",
     kUseRng},
    {"bernoulli_distribution binomial_distribution discrete_distribution exponential_distribution "
     "gamma_distribution geometric_distribution lognormal_distribution normal_distribution "
     "poisson_distribution uniform_int_distribution uniform_real_distribution weibull_distribution",
     kUseRng},
    {"system_clock steady_clock high_resolution_clock gettimeofday clock_gettime localtime "
     "localtime_r gmtime sleep_for sleep_until nanosleep",
     kUseClocks},
    {"getenv secure_getenv setenv putenv", "a setting that reaches the world through its options"},
    {"setlocale imbue stod stof strtod strtof atof", "parsing of exact decimals in scenarios/"},
    {"jthread shared_mutex recursive_mutex lock_guard unique_lock scoped_lock condition_variable "
     "thread_local pthread_create",
     kUseEvents},
    {"unordered_map unordered_set unordered_multimap unordered_multiset flat_hash_map "
     "flat_hash_set node_hash_map node_hash_set",
     kUseOrdered},
    {"float double", kUseIntegers},
};

// Only as std::name or absl::name: elsewhere these are words of the field.
constexpr Banned kOfLibraries[] = {
    {"thread async mutex Mutex MutexLock atomic future promise latch barrier", kUseEvents},
    {"hash Hash", "sim::ByteHash or sim::Rng::hash: std's differs between libraries"},
    {"shuffle sample random_shuffle", kUseRng},
    {"Now SleepFor", kUseClocks},
    {"chrono", "sim/time.h"},
    {"locale", "text that is the same everywhere"},
    {"sqrt pow exp log log2 log10 sin cos", "integer tables (sim/quantile_table.h)"},
};

// Only as calls: time(nullptr), rand().
constexpr Banned kAsCalls[] = {
    {"rand srand random srandom", kUseRng},
    {"clock sleep usleep", kUseClocks},
};

template <size_t kSize>
const Banned* find_in(const Banned (&table)[kSize], const std::string& name) {
  for (const Banned& banned : table) {
    std::string names = " " + std::string(banned.names) + " ";
    if (names.find(" " + name + " ") != std::string::npos) return &banned;
  }
  return nullptr;
}

bool is_decimal_fraction(const std::string& token) {
  if (!std::isdigit(static_cast<unsigned char>(token[0]))) return false;
  if (token.size() > 1 && (token[1] == 'x' || token[1] == 'X')) return false;
  return token.find_first_of(".eE") != std::string::npos;
}

// The tokens of one file, with a look to both sides.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : tokens_(tokens_of(text)) {}

  std::vector<Finding> findings() const {
    std::vector<Finding> findings;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      std::string instead = objection(i);
      if (instead.empty()) continue;
      findings.push_back({tokens_[i].line, tokens_[i].text + ": use " + instead});
    }
    return findings;
  }

 private:
  std::string objection(size_t i) const {
    const std::string& name = tokens_[i].text;
    if (is_decimal_fraction(name)) return std::string(kUseIntegers);
    if (!is_identifier(name) || is(i - 1, ".") || is(i - 1, "->")) return "";
    const Banned* banned = find_in(kAnywhere, name);
    if (!banned && of_library(i)) banned = find_in(kOfLibraries, name);
    if (!banned && is_free_call(i)) banned = find_in(kAsCalls, name);
    if (!banned && name == "time" && is_libc_time(i)) return std::string(kUseClocks);
    return banned ? std::string(banned->instead) : "";
  }

  bool is(size_t i, std::string_view text) const {
    return i < tokens_.size() && tokens_[i].text == text;
  }

  bool of_library(size_t i) const {
    return is(i - 1, "::") && (is(i - 2, "std") || is(i - 2, "absl"));
  }

  // name(...), std::name(...), ::name(...); not `Type& name(...)` nor `sim::name(...)`.
  bool is_free_call(size_t i) const {
    if (!is(i + 1, "(")) return false;
    if (is(i - 1, "::")) return is(i - 2, "std") || i < 2 || !is_identifier(tokens_[i - 2].text);
    if (i == 0 || is(i - 1, "return")) return true;
    return !is_identifier(tokens_[i - 1].text) && !is(i - 1, "&") && !is(i - 1, "*") &&
           !is(i - 1, ">");
  }

  // time(nullptr), time(0), time(&t).
  bool is_libc_time(size_t i) const {
    return is_free_call(i) &&
           (is(i + 2, "nullptr") || is(i + 2, "NULL") || is(i + 2, "0") || is(i + 2, "&"));
  }

  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Finding> check_determinism(const std::string& path, std::string_view text) {
  if (path.rfind("sim/", 0) != 0 && path.rfind("models/", 0) != 0) return {};
  std::vector<Finding> findings = Tokens(text).findings();
  for (const Finding& finding : scopes_of(text).mutable_statics) {
    findings.push_back({finding.line, finding.text + ": use a member of the world or the machine"});
  }
  return findings;
}

}  // namespace tests
