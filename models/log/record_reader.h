// SPDX-License-Identifier: Apache-2.0
//
// Reads the records of one batch one after another, compressed or not.
//
// A batch that is not compressed is read where it lies. Of a compressed one, only the piece in hand
// and a record that began in the piece before it are in memory, so that a bomb costs little.
// Source: the iterators of clients/.../record/DefaultRecordBatch.java; DefaultRecord.java.

#ifndef MODELS_LOG_RECORD_READER_H_
#define MODELS_LOG_RECORD_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "models/log/compression.h"
#include "models/log/record_batch.h"

namespace models {

// The bytes behind a batch's header in one piece; copied only if they are not.
class FlatPayload {
 public:
  FlatPayload(const absl::Cord& batch, const BatchHeader& header);
  FlatPayload(const FlatPayload&) = delete;
  FlatPayload& operator=(const FlatPayload&) = delete;
  std::string_view bytes() const { return bytes_; }

 private:
  absl::Cord shared_;
  std::string copy_;
  std::string_view bytes_;
};

class RecordReader {
 public:
  // kSkip leaves out headers, and of keys and values all but whether they are there. As Kafka's
  // leader, it does not then notice a record that does not end where its length says.
  enum class Content { kRead, kSkip };

  // `payload` must outlive the reader.
  RecordReader(std::string_view payload, const BatchHeader& header, CompressionType codec,
               Content content, int64_t max_bytes);

  // The next record, whose views live until the next call; false at the end and on failure.
  bool next(RecordView& record);
  // Bytes of the last record, by its own length.
  int64_t record_bytes() const { return record_bytes_; }

  // InvalidArgument: damaged records, or a damaged stream; ResourceExhausted: more than
  // `max_bytes`.
  const absl::Status& status() const { return status_; }
  // True if the stream could not be decompressed, rather than that it held damaged records.
  bool is_stream_damaged() const { return is_stream_damaged_; }

 private:
  bool fail(const char* why);
  // Takes the next piece of the stream; false at its end and on failure.
  bool refill();
  // Brings `size` bytes into one piece.
  bool gather(size_t size);
  int8_t byte();
  // A varint of 64 bits (10) or of 32 (5).
  int64_t number(size_t most_bytes);
  int32_t number32() { return static_cast<int32_t>(number(5)); }
  void skip(int32_t size);
  bool read(RecordView& record);
  bool pass_over(RecordView& record);

  BatchHeader header_;
  Content content_;
  std::string_view window_;               // What of the piece in hand is not yet read.
  std::string carried_;                   // A record that lies in more than one piece.
  std::unique_ptr<Decompressor> stream_;  // None if the batch is not compressed.
  int32_t seen_ = 0;
  int64_t record_bytes_ = 0;
  absl::Status status_;
  bool is_stream_damaged_ = false;
};

}  // namespace models

#endif  // MODELS_LOG_RECORD_READER_H_
