// SPDX-License-Identifier: Apache-2.0
//
// The field's quantities, each a type of its own, so that a leader epoch cannot be passed as a
// broker epoch. Widths are those of Kafka's protocol.

#ifndef MODELS_COMMON_IDS_H_
#define MODELS_COMMON_IDS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/strong_id.h"

namespace models {

// A Kafka node: broker or controller. -1: none.
using NodeId = sim::StrongId<struct NodeIdTag, int32_t>;
inline constexpr NodeId kNoNode{-1};

// Position in a partition's log. Kafka's "no offset" is -1.
using Offset = sim::OrderedId<struct OffsetTag, int64_t>;
inline constexpr Offset kNoOffset{-1};

// Generation of a partition's leadership, in every batch; -1: none or unknown.
using LeaderEpoch = sim::OrderedId<struct LeaderEpochTag, int32_t>;
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};
// Version of a partition's registration at the controller; guards AlterPartition.
using PartitionEpoch = sim::OrderedId<struct PartitionEpochTag, int32_t>;
// Version of one life of a broker, given at registration; -1: none.
using BrokerEpoch = sim::OrderedId<struct BrokerEpochTag, int64_t>;
inline constexpr BrokerEpoch kNoBrokerEpoch{-1};

using ProducerId = sim::StrongId<struct ProducerIdTag, int64_t>;
inline constexpr ProducerId kNoProducerId{-1};
using ProducerEpoch = sim::OrderedId<struct ProducerEpochTag, int16_t>;
inline constexpr ProducerEpoch kNoProducerEpoch{-1};
// Sequence number of a record of an idempotent producer; wraps from 2^31-1 to 0. -1: none.
using Sequence = sim::StrongId<struct SequenceTag, int32_t>;
inline constexpr Sequence kNoSequence{-1};
// `sequence` moved on by `n` records, with Kafka's wrap (DefaultRecordBatch.incrementSequence).
constexpr Sequence advance(Sequence sequence, int32_t n) {
  int64_t next = int64_t{sequence.value()} + n;
  return Sequence(static_cast<int32_t>(next & 0x7fffffff));
}

// 128-bit id, as Kafka's Uuid. Printed in URL-safe base64 without padding.
struct Uuid {
  std::array<uint64_t, 2> words{};
  auto operator<=>(const Uuid&) const = default;
  bool is_zero() const { return words[0] == 0 && words[1] == 0; }
  static void fields(auto&& f) { f("words", &Uuid::words); }
};
std::string to_string(const Uuid& id);
// Nothing if it is not 22 digits of such an id.
std::optional<Uuid> parse_uuid(std::string_view text);

// A partition by its topic's name. `TopicPartition` strings look like "orders-0".
struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
  static void fields(auto&& f) {
    f("topic", &TopicPartition::topic);
    f("partition", &TopicPartition::partition);
  }
};
std::string to_string(const TopicPartition& partition);

}  // namespace models

#endif  // MODELS_COMMON_IDS_H_
