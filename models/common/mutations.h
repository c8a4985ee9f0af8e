// SPDX-License-Identifier: Apache-2.0
//
// The museum: historical bugs of Kafka as switchable mutations, off by default. Each is one wrong
// rule in one machine, written as an `if (step.mutated(...))` beside the right rule, in the
// function that owns it. A world's set is fixed when the world is made.

#ifndef MODELS_COMMON_MUTATIONS_H_
#define MODELS_COMMON_MUTATIONS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace models {

enum class Mutation : uint8_t {
  kKip101,            // "KIP-101": a follower cuts its log to its own high watermark.
  kKafka7128,         // "KAFKA-7128": a follower below the leader's epoch start joins the ISR.
  kKafka769,          // "KAFKA-769": the high watermark checkpoint is not read at start.
  kKafka5634,         // "KAFKA-5634": retention deletes segments past the high watermark.
  kKafka13194,        // "KAFKA-13194": the cleaner works past the high watermark.
  kKip903,            // "KIP-903": a reborn replica joins the ISR by an old AlterPartition.
  kKip966,            // "KIP-966": the last replica stays electable after an unclean restart.
  kKafka12619,        // "KAFKA-12619": a quorum leader commits with no record of its own epoch.
  kKafka10533,        // "KAFKA-10533": the quorum's log is not flushed.
  kKafka15489,        // "KAFKA-15489": a quorum leader without a majority stays.
  kVoteNotPersisted,  // "VOTE-NOT-PERSISTED": a vote is answered before it is durable.
  kKafka6361,         // "KAFKA-6361": an unknown epoch is answered by the next larger one's start.
  kKafka13141,        // "KAFKA-13141": a fetch that is told to cut counts as progress.
};
inline constexpr int kMutationCount = 13;

struct MutationCard {
  Mutation mutation;
  std::string_view name;      // As written in a scenario's "mutations".
  std::string_view wrong;     // The wrong rule.
  std::string_view right;     // The right rule.
  std::string_view fixed_in;  // First releases that hold the fix.
};
// The closed list, in enum order.
const MutationCard& card_of(Mutation mutation);
std::optional<Mutation> mutation_named(std::string_view name);

class MutationSet {
 public:
  constexpr bool contains(Mutation m) const { return (bits_ >> static_cast<int>(m)) & 1u; }
  constexpr void insert(Mutation m) { bits_ |= uint64_t{1} << static_cast<int>(m); }
  constexpr bool operator==(const MutationSet&) const = default;

 private:
  uint64_t bits_ = 0;
};

}  // namespace models

#endif  // MODELS_COMMON_MUTATIONS_H_
