// SPDX-License-Identifier: Apache-2.0

#include "scenarios/log_batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "models/log/byte_order.h"
#include "models/log/crc32c.h"
#include "scenarios/format.h"

namespace scenarios {

namespace {

constexpr int64_t kWindow = 1 << 20;
constexpr int64_t kCrcBegins = 21;  // What it covers.
constexpr int64_t kLeastLength = models::kBatchHeaderBytes - models::kBatchLengthPrefixBytes;
constexpr int64_t kLeastOldLength = 14;  // Of a message of magic 0 or 1.

constexpr int16_t kCodecBits = 0x07;
constexpr int16_t kLogAppendTimeBit = 0x08;
constexpr int16_t kDeleteHorizonBit = 0x40;

constexpr std::string_view kCodecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
constexpr std::string_view kControlNames[] = {"ABORT",           "COMMIT",          "LEADER_CHANGE",
                                              "SNAPSHOT_HEADER", "SNAPSHOT_FOOTER", "KRAFT_VERSION",
                                              "KRAFT_VOTERS"};

// Does models::for_each_record decompress? Since a header tells its codec, it does; before, what it
// would make of compressed bytes is nonsense.
template <class Header>
constexpr bool kReadsCompressed = requires(const Header& header) {
  header.codec();
};

size_t size(int64_t n) { return static_cast<size_t>(n); }

}  // namespace

uint32_t StoredBatch::computed_crc() const { return models::crc32c(bytes, kCrcBegins); }

// --- Scanning ---

absl::StatusOr<absl::Cord> BatchScanner::bytes_at(int64_t position, int64_t length) {
  int64_t window_end = window_begin_ + static_cast<int64_t>(window_.size());
  if (position < window_begin_ || position + length > window_end) {
    auto bytes = files_.read(file_, position, std::max(length, kWindow));
    if (!bytes.ok()) return bytes.status();
    window_ = *std::move(bytes);
    window_begin_ = position;
    if (static_cast<int64_t>(window_.size()) < length)
      return absl::UnavailableError("the file became shorter while it was read");
  }
  return window_.Subcord(size(position - window_begin_), size(length));
}

absl::StatusOr<int64_t> BatchScanner::zeros() {
  for (int64_t at = position_; at < size_; at += kWindow) {
    auto bytes = bytes_at(at, std::min(kWindow, size_ - at));
    if (!bytes.ok()) return bytes.status();
    int64_t before = 0;
    for (absl::string_view chunk : bytes->Chunks()) {
      size_t other = chunk.find_first_not_of('\0');
      if (other != chunk.npos) return at - position_ + before + static_cast<int64_t>(other);
      before += static_cast<int64_t>(chunk.size());
    }
  }
  return size_ - position_;
}

absl::StatusOr<std::string> BatchScanner::why_none(
    const absl::Cord& head, const std::optional<models::BatchHeader>& header) {
  int64_t left = size_ - position_;
  auto zero_bytes = zeros();
  if (!zero_bytes.ok()) return zero_bytes.status();
  if (*zero_bytes == left)
    return fmt::format("only zeros from here to the end ({} bytes)", with_commas(left));
  if (*zero_bytes >= static_cast<int64_t>(head.size()))
    return fmt::format("{} zero bytes where a batch should begin", with_commas(*zero_bytes));
  if (!header) return fmt::format("{} bytes at the end are less than a batch's header", left);
  bool old = (header->magic == 0 || header->magic == 1) && header->length >= kLeastOldLength;
  if (old) {
    return fmt::format("magic {}: a format older than Kafka 0.11, which cannot be read here",
                       header->magic);
  }
  if (header->length < kLeastLength)
    return fmt::format("no batch: its length would be {}", header->length);
  return fmt::format("a batch of {} bytes, of which the file has {}",
                     with_commas(header->total_bytes()), with_commas(left));
}

absl::StatusOr<std::optional<StoredBatch>> BatchScanner::next() {
  trouble_.clear();
  int64_t left = size_ - position_;
  if (left <= 0) return std::nullopt;
  auto head = bytes_at(position_, std::min(left, models::kBatchHeaderBytes));
  if (!head.ok()) return head.status();
  auto header = models::read_batch_header(*head);
  if (!header || header->length < kLeastLength || header->total_bytes() > left) {
    auto why = why_none(*head, header);
    if (!why.ok()) return why.status();
    trouble_ = *std::move(why);
    return std::nullopt;
  }
  auto bytes = bytes_at(position_, header->total_bytes());
  if (!bytes.ok()) return bytes.status();
  StoredBatch batch{position_, *header, *std::move(bytes)};
  position_ = batch.end();
  return batch;
}

absl::StatusOr<std::optional<models::BatchHeader>> BatchScanner::peek() {
  if (size_ - position_ < models::kBatchHeaderBytes) return std::nullopt;
  auto head = bytes_at(position_, models::kBatchHeaderBytes);
  if (!head.ok()) return head.status();
  return models::read_batch_header(*head);
}

absl::StatusOr<bool> BatchScanner::valid_batch_at(int64_t position) {
  auto head = bytes_at(position, models::kBatchHeaderBytes);
  if (!head.ok()) return head.status();
  auto header = models::read_batch_header(*head);
  if (!has_sane_offsets(*header) || header->total_bytes() > size_ - position) return false;
  auto bytes = bytes_at(position, header->total_bytes());
  if (!bytes.ok()) return bytes.status();
  return models::is_valid_batch(*bytes, *header);
}

absl::StatusOr<bool> BatchScanner::resume(models::Offset least) {
  // What no batch of this log can be, before any CRC is computed.
  auto plausible = [&](const char* head) {
    int64_t base = models::load_big_endian<int64_t>(head);
    return head[16] == 2 && models::load_big_endian<int32_t>(head + 8) >= kLeastLength &&
           base >= least.value() && base - least.value() <= INT32_MAX;
  };
  constexpr int64_t kOverlap = models::kBatchHeaderBytes - 1;
  for (int64_t begin = position_ + 1; begin + kOverlap < size_; begin += kWindow) {
    auto bytes = files_.read(file_, begin, kWindow + kOverlap);
    if (!bytes.ok()) return bytes.status();
    std::string flat(*bytes);
    for (int64_t i = 0; i + kOverlap < static_cast<int64_t>(flat.size()); ++i) {
      if (!plausible(flat.data() + i)) continue;
      auto valid = valid_batch_at(begin + i);
      if (!valid.ok()) return valid.status();
      if (!*valid) continue;
      position_ = begin + i;
      trouble_.clear();
      return true;
    }
  }
  return false;
}

// --- What the bits mean ---

std::string codec_of(const models::BatchHeader& header) {
  int codec = header.attributes & kCodecBits;
  return has_known_codec(header) ? std::string(kCodecs[codec]) : fmt::format("codec {}", codec);
}

bool has_known_codec(const models::BatchHeader& header) {
  return static_cast<size_t>(header.attributes & kCodecBits) < std::size(kCodecs);
}

bool is_compressed(const models::BatchHeader& header) {
  return (header.attributes & kCodecBits) != 0;
}

bool has_log_append_time(const models::BatchHeader& header) {
  return (header.attributes & kLogAppendTimeBit) != 0;
}

std::optional<int64_t> delete_horizon_of(const models::BatchHeader& header) {
  bool has = (header.attributes & kDeleteHorizonBit) != 0;
  return has ? std::optional(header.base_timestamp_ms) : std::nullopt;
}

models::Sequence last_sequence_of(const models::BatchHeader& header) {
  return header.base_sequence == models::kNoSequence ? models::kNoSequence : header.last_sequence();
}

bool has_sane_offsets(const models::BatchHeader& header) {
  return header.base_offset >= models::Offset(0) && header.last_offset_delta >= 0 &&
         header.base_offset.value() < INT64_MAX - header.last_offset_delta;
}

absl::Status for_each_stored_record(const StoredBatch& batch,
                                    const std::function<void(const models::RecordView&)>& visit) {
  if (!kReadsCompressed<models::BatchHeader> && is_compressed(batch.header))
    return absl::FailedPreconditionError("compressed (" + codec_of(batch.header) + ")");
  bool stamped_at_append = has_log_append_time(batch.header);
  return models::for_each_record(batch.bytes, batch.header, [&](const models::RecordView& record) {
    if (!stamped_at_append) return visit(record);
    models::RecordView stamped = record;
    stamped.timestamp_ms = batch.header.max_timestamp_ms;
    visit(stamped);
  });
}

std::optional<ControlRecord> decode_control(const models::RecordView& record) {
  if (!record.key || record.key->size() < 4) return std::nullopt;
  ControlRecord control;
  control.type = models::load_big_endian<int16_t>(record.key->data() + 2);
  bool known = control.type >= 0 && control.type < static_cast<int16_t>(std::size(kControlNames));
  control.name = known ? kControlNames[control.type] : "UNKNOWN";
  bool has_number = control.ends_transaction() || control.name == "LEADER_CHANGE";
  if (!has_number) return control;
  if (!record.value || record.value->size() < 6) return std::nullopt;
  int32_t number = models::load_big_endian<int32_t>(record.value->data() + 2);
  (control.ends_transaction() ? control.coordinator_epoch : control.leader_id) = number;
  return control;
}

std::string time_text(int64_t timestamp_ms) {
  constexpr int64_t kYear10000 = 253'402'300'800'000;
  if (timestamp_ms == -1) return "-";
  if (timestamp_ms < 0 || timestamp_ms >= kYear10000) return fmt::format("{} ms", timestamp_ms);
  int64_t day = timestamp_ms / 86'400'000, ms = timestamp_ms % 86'400'000;
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     ms / 3'600'000, ms / 60'000 % 60, ms / 1'000 % 60, ms % 1'000);
}

}  // namespace scenarios
