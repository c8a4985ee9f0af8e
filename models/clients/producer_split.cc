// SPDX-License-Identifier: Apache-2.0
//
// A batch that the broker calls too large goes again in pieces. max.message.bytes of the topic is
// unknown here, so pieces are first of batch.size and then halved (KAFKA-8350: splitting by
// batch.size alone gives the same batch again and again until delivery.timeout.ms). What was
// compressed is filled anew by the estimate, which starts from 1 again, and halved by what it was.
// Source: RecordAccumulator.splitAndReenqueue, ProducerBatch.split.

#include <algorithm>
#include <utility>

#include "models/clients/producer.h"
#include "sim/check.h"

namespace models {

// Pieces keep the time of creation, count as never sent, and take nothing of buffer.memory.
SendBatch Producer::new_piece(const SendBatch& batch, int64_t size_limit) const {
  SendBatch piece = empty_batch(size_limit);
  piece.partition = batch.partition;
  piece.created = piece.last_attempt = batch.created;
  piece.is_split = true;
  return piece;
}

std::vector<SendBatch> Producer::pieces_of(const SendBatch& batch) const {
  std::vector<SendBatch> pieces;
  int64_t limit = batch.is_split ? batch.estimated_bytes() / 2 : options_.config.batch_size;
  size_t next = 0;
  BatchHeader header = *read_batch_header(batch.sealed);
  absl::Status read = for_each_record(batch.sealed, header, [&](const RecordView& record) {
    int64_t more = record_size_bytes(0, 0, record.key, record.value) + headers_size(record.headers);
    if (pieces.empty() || pieces.back().estimated_bytes() + more > limit)
      pieces.push_back(new_piece(batch, limit));
    SendBatch& last = pieces.back();
    last.builder.add_at(Offset(last.count()), record);
    pieces.back().ids.push_back(batch.ids[next++]);
  });
  SIM_CHECK(read.ok(), "a batch of our own cannot be read");
  return pieces;
}

void Producer::split(SendBatch&& batch, Step& step) {
  step.mark(Mark::kBatchSplit);
  Partition& partition = partitions_[static_cast<size_t>(batch.partition)];
  if (batch.sealed.empty()) batch.sealed = batch.builder.build();  // Renumbered on its way.
  if (batch.is_compressed) ratio_.reset_after(batch.observed_ratio());
  std::vector<SendBatch> pieces = pieces_of(batch);
  if (batch.has_sequence()) {
    // The broker has stored nothing, so the pieces share the sequences that the batch had, in the
    // epoch that it had.
    auto at =
        std::find(partition.outstanding.begin(), partition.outstanding.end(), batch.base_sequence);
    if (at != partition.outstanding.end()) at = partition.outstanding.erase(at);
    Sequence next = batch.base_sequence;
    for (SendBatch& piece : pieces) {
      piece.set_sequence(batch.producer_id, batch.producer_epoch, next);
      at = partition.outstanding.insert(at, next) + 1;
      next = advance(next, piece.count());
    }
  }
  auto later = is_idempotent()
                   ? std::find_if(partition.queue.begin(), partition.queue.end(),
                                  [&](const SendBatch& other) { return batch.is_before(other); })
                   : partition.queue.begin();
  partition.queue.insert(later, std::make_move_iterator(pieces.begin()),
                         std::make_move_iterator(pieces.end()));
  release(batch);
}

}  // namespace models
