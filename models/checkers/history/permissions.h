// SPDX-License-Identifier: Apache-2.0
//
// Which setting permits an anomaly, written as "key=value"; empty: none does, a promise is broken.
// If several do, the client's own is named first, then the topic's.
//
//   lost                 acks=0, acks=1; or as a replaced log
//   replaced log         unclean.leader.election.enable=true, if there was such an election;
//                        replication.factor=1; min.insync.replicas=1; flush.messages not set, if the
//                        power failed: records that were already readable may vanish, and others
//                        take their offsets. acks decides nothing here: only what the high watermark has
//                        passed is readable (KIP-966: with a full minimal ISR)
//   duplicate in a log   enable.idempotence=false with retries; or several requests in flight, if a
//                        leader that started anew had forgotten the batch
//   reordered in a log   enable.idempotence=false with several requests in flight, or when the
//                        overtaken record was given up (a request in flight may still be stored);
//                        or flush.messages not set, if what the brokers knew of the producer went
//                        with the power; or several requests in flight, if a leader that did not
//                        know the producer took the later one first
//
//   deletion             retention.ms, if the record was that old; retention.bytes
//
// acks=all waits until all of the ISR have the record, and not for any disk. So it is gone if the
// power fails on as many replicas as had to have it, min.insync.replicas, and takes their unflushed
// tails. `Trouble` tells what happened to the partition since the record was sent.
//
// Sources: ProducerConfig.java and TopicConfig.java (documentation of the settings), KIP-98,
// KIP-966.

#ifndef MODELS_CHECKERS_HISTORY_PERMISSIONS_H_
#define MODELS_CHECKERS_HISTORY_PERMISSIONS_H_

#include <string_view>

#include "models/checkers/history/judge_types.h"
#include "models/common/config.h"
#include "sim/time.h"

namespace models {

struct Trouble {
  int32_t tails_lost = 0;  // Replicas.
  bool unclean_election = false;
  bool disk_lied = false;
  bool bit_rot = false;
  // A leader took a batch of the producer in question that was not its first.
  bool unknown_producer = false;
};

// A reader that was assigned anew went on at the log's beginning or end. The judge is not told the
// setting, but only this value moves a position that way.
inline constexpr std::string_view kResetToEarliest = "auto.offset.reset=earliest";
inline constexpr std::string_view kResetToLatest = "auto.offset.reset=latest";

// A value of a key that a later one replaced.
inline constexpr std::string_view kCompaction = "cleanup.policy=compact";
inline constexpr std::string_view kDeleteRecords = "delete_records";
inline constexpr std::string_view kTombstoneExpired = "delete.retention.ms";

// What deleted the beginning of a log; empty: nothing may have. `sent`: the record that is gone.
std::string_view permits_deletion(const JudgedTopic& topic, sim::SimTime sent = sim::SimTime(),
                                  sim::SimTime deleted = sim::SimTime());
std::string_view permits_loss(const ProducerConfig& producer, const JudgedTopic& topic,
                              const Trouble& trouble);
std::string_view permits_replaced_log(const JudgedTopic& topic, const Trouble& trouble);
// `forgotten`: between its two places in the log a leader refused a batch that it had forgotten.
std::string_view permits_duplicate(const ProducerConfig& producer, bool forgotten);
std::string_view permits_reordering(const ProducerConfig& producer, bool overtaken_was_given_up,
                                    const JudgedTopic& topic, const Trouble& trouble);

}  // namespace models

#endif  // MODELS_CHECKERS_HISTORY_PERMISSIONS_H_
