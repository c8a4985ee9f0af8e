// SPDX-License-Identifier: Apache-2.0

#include "models/common/mutations.h"

#include <array>

#include "sim/check.h"

namespace models {

namespace {

constexpr std::array<MutationCard, kMutationCount> kCards = {{
    {Mutation::kKip101, "KIP-101",
     "A restarted follower cuts its log to its own high watermark, which lags the leader's, and "
     "fetches on from there.",
     "It asks the leader where its last leader epoch ends and cuts only what the leader never had.",
     "0.11.0"},
    {Mutation::kKafka7128, "KAFKA-7128",
     "A follower joins the ISR when its log end reaches the leader's high watermark.",
     "It must also have reached the start of the leader's epoch, because a new leader's high "
     "watermark lags what the former leader committed.",
     "2.0.1"},
    {Mutation::kKafka769, "KAFKA-769",
     "The high watermark checkpoint is not read when a broker starts: it restarts at zero.",
     "It is read, and is never moved back below the log start.", "0.8"},
    {Mutation::kKafka5634, "KAFKA-5634",
     "Retention deletes segments that hold records at or above the high watermark, and moves the "
     "log start past it.",
     "Only segments wholly below the high watermark are deleted.", "0.11.0.1"},
    {Mutation::kKafka13194, "KAFKA-13194",
     "Without an open transaction the cleaner works up to the active segment, though records at or "
     "above the high watermark may still be cut.",
     "It works up to the last stable offset, which the high watermark bounds.", "3.1.0"},
    {Mutation::kKip903, "KIP-903",
     "AlterPartition names bare broker ids: the controller takes any unfenced one into the ISR.",
     "Each member comes with the broker epoch that its fetches carried; a replica that was reborn "
     "since, perhaps without its tail, is refused (INELIGIBLE_REPLICA).",
     "3.5.0"},
    {Mutation::kKip966, "KIP-966",
     "The watermark moves on below min.insync.replicas, and the last member of the ISR stays "
     "electable even after an unclean restart that lost its tail.",
     "Below min.insync.replicas the watermark stands still, and whoever left since stays eligible "
     "unless it restarts uncleanly.",
     "3.7.0"},
    {Mutation::kKafka12619, "KAFKA-12619",
     "A new quorum leader commits what former epochs left as soon as a majority has it, before any "
     "record of its own epoch.",
     "The majority's offset must be above the start of the leader's epoch: then no other log can "
     "win a later election without those records.",
     "2.8.0"},
    {Mutation::kKafka10533, "KAFKA-10533",
     "The quorum's leader counts and serves what it has not flushed, and its followers fetch on "
     "from what they have not flushed.",
     "A leader serves and counts what it has flushed; a follower flushes before its next fetch.",
     "2.8.0"},
    {Mutation::kKafka15489, "KAFKA-15489",
     "A quorum leader that a majority no longer fetches from keeps its role.",
     "It resigns after 1.5 times controller.quorum.fetch.timeout.ms.", "3.7.0"},
    {Mutation::kVoteNotPersisted, "VOTE-NOT-PERSISTED",
     "A voter keeps its vote in memory alone, and may vote again in the same epoch after a restart.",
     "Epoch and vote are durable before anybody hears of them.", "no release had it"},
    {Mutation::kKafka6361, "KAFKA-6361",
     "A leader that lacks the follower's last epoch answers with the start of the next larger one, "
     "and the follower cuts there once.",
     "It answers with its largest epoch below, and that one's end; a follower that lacks that too "
     "cuts to the end of its own largest below and asks again.",
     "2.0.0"},
    {Mutation::kKafka13141, "KAFKA-13141",
     "A follower's fetch offset counts as its log end even when the answer tells it to cut.",
     "A fetch that is answered with a diverging epoch changes nothing that the leader knows.",
     "2.7.2, 2.8.1, 3.0.0"},
}};

}  // namespace

const MutationCard& card_of(Mutation mutation) {
  const MutationCard& card = kCards[static_cast<size_t>(mutation)];
  SIM_CHECK(card.mutation == mutation, static_cast<int>(mutation));
  return card;
}

std::optional<Mutation> mutation_named(std::string_view name) {
  for (const MutationCard& card : kCards) {
    if (card.name == name) return card.mutation;
  }
  return std::nullopt;
}

}  // namespace models
