// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/reads_are_committed.h"

#include "models/checkers/words.h"
#include "models/log/record_batch.h"

namespace models {

std::optional<Violation> ReadsAreCommitted::on_reading(const ServedRead& read) {
  const PartitionMemory& partition = read.partition;
  auto entry = partition.replicas().find(read.broker);
  // Not looked at: it was removed from the partition, and has not heard yet.
  if (entry == partition.replicas().end() || !entry->second.seen) return std::nullopt;
  if (partition.is_rotten()) return std::nullopt;  // Kafka reads no further than the length.
  const ReplicaMemory& replica = entry->second;
  Offset watermark = replica.facts.high_watermark;
  auto report = [&](std::string_view kind, const std::string& what) {
    return violation(kind, to_string(partition.partition()) + ": " + broker_text(read.broker) +
                               " gave a consumer " + what);
  };
  if (read.end > watermark) {
    return report("end above the watermark",
                  "the end " + text_of(read.end) + "; its high watermark is " + text_of(watermark));
  }
  bool is_bound = replica.known && !partition.awaits_release() &&
                  replica.facts.leader_epoch >= partition.floor();
  int64_t position = 0;
  while (std::optional<BatchHeader> header = read_batch_header(read.records, position)) {
    BatchPrint print = BatchPrint::of(*header);
    position += header->total_bytes();
    if (print.base >= watermark) {
      return report("above the watermark",
                    to_string(print) + "; its high watermark is " + text_of(watermark));
    }
    const BatchPrint* committed = partition.committed().holding(print.base);
    if (!is_bound || committed == nullptr || partition.is_same(*committed, print)) continue;
    return report("not what was committed",
                  to_string(print) + "; the committed history has " + to_string(*committed));
  }
  return std::nullopt;
}

}  // namespace models
