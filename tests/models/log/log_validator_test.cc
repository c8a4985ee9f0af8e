// SPDX-License-Identifier: Apache-2.0

#include "models/log/log_validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "models/log/control_records.h"

namespace models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kNowMs = 1'000'000;
constexpr Offset kNext{500};

struct Record {
  int64_t timestamp_ms = kNowMs;
  std::optional<std::string> key = "key";
  std::string value = "value";
};

absl::Cord batch_of(const std::vector<Record>& records, BatchBuilder::Options options = {}) {
  BatchBuilder builder(options);
  for (const Record& record : records) {
    std::optional<std::string_view> key;
    if (record.key) key = *record.key;
    builder.add(record.timestamp_ms, key, record.value, {{"h", "x"}});
  }
  return builder.build();
}

// The batch with another header, under a CRC that fits.
template <class Change>
absl::Cord with(const absl::Cord& batch, Change change) {
  BatchHeader header = *read_batch_header(batch);
  change(header);
  return with_header(batch, header);
}

ValidatorOptions topic() { return {.leader_epoch = LeaderEpoch(7)}; }

ValidatedBatch validate(const absl::Cord& bytes, const ValidatorOptions& options = topic()) {
  return validate_append(bytes, kNext, kNowMs, options);
}

ErrorCode error_of(const absl::Cord& bytes, const ValidatorOptions& options = topic()) {
  ValidatedBatch result = validate(bytes, options);
  EXPECT_EQ(result.error == ErrorCode::kNone, result.message.empty()) << "each error says why";
  EXPECT_EQ(result.error == ErrorCode::kNone, !result.batch.empty());
  return result.error;
}

std::vector<std::pair<int32_t, ErrorCode>> faults_of(const ValidatedBatch& result) {
  std::vector<std::pair<int32_t, ErrorCode>> faults;
  for (const RecordError& error : result.record_errors)
    faults.emplace_back(error.index, error.error);
  return faults;
}

const char* last_byte_of(const absl::Cord& batch) {
  absl::string_view last;
  for (absl::string_view chunk : batch.Chunks()) last = chunk;
  return last.data() + last.size();
}

Compression codec(CompressionType type) { return {type, {}}; }

constexpr CompressionType kAllTypes[] = {CompressionType::kNone, CompressionType::kGzip,
                                         CompressionType::kSnappy, CompressionType::kLz4,
                                         CompressionType::kZstd};

// ---- What need not be rewritten ----

TEST(LogValidator, gives_offsets_and_epoch) {
  for (CompressionType type : kAllTypes) {
    absl::Cord batch = batch_of({{}, {}, {}}, {.compression = codec(type)});
    ValidatedBatch result = validate(batch);
    ASSERT_EQ(result.error, ErrorCode::kNone) << result.message;
    EXPECT_EQ(result.header, read_batch_header(result.batch));
    EXPECT_EQ(result.header.base_offset, kNext);
    EXPECT_EQ(result.header.last_offset(), kNext + 2);
    EXPECT_EQ(result.header.leader_epoch, LeaderEpoch(7));
    EXPECT_EQ(result.header.crc, read_batch_header(batch)->crc) << "which covers neither";
    EXPECT_EQ(result.max_timestamp_ms, kNowMs);
    EXPECT_EQ(result.offset_of_max_timestamp, kNext + 2) << "the batch's last";
    EXPECT_EQ(result.log_append_time_ms, std::nullopt);
    EXPECT_FALSE(result.is_packed_anew);
    EXPECT_EQ(result.uncompressed_bytes, static_cast<int64_t>(batch_of({{}, {}, {}}).size()));
  }
}

TEST(LogValidator, shares_the_payload_even_if_the_header_is_rewritten) {
  std::string noise;
  for (uint32_t i = 1; noise.size() < 5000; i = i * 1664525 + 1013904223)
    noise.push_back(static_cast<char>(i >> 24));
  ValidatorOptions options = topic();
  for (CompressionType type : kAllTypes) {
    absl::Cord batch = batch_of({{kNowMs - 1, "key", noise}}, {.compression = codec(type)});
    for (TimestampType time : {TimestampType::kCreateTime, TimestampType::kLogAppendTime}) {
      options.timestamp_type = time;
      EXPECT_EQ(last_byte_of(validate(batch, options).batch), last_byte_of(batch)) << name_of(type);
    }
  }
}

TEST(LogValidator, a_maximum_timestamp_that_is_wrong_is_put_right) {
  for (CompressionType type : {CompressionType::kNone, CompressionType::kZstd}) {
    absl::Cord wrong = with(batch_of({{kNowMs - 5}, {kNowMs - 3}}, {.compression = codec(type)}),
                            [](BatchHeader& header) { header.max_timestamp_ms = 7; });
    ValidatedBatch result = validate(wrong);
    ASSERT_EQ(result.error, ErrorCode::kNone);
    EXPECT_EQ(result.header.max_timestamp_ms, kNowMs - 3);
    EXPECT_TRUE(is_valid_batch(result.batch, result.header));
  }
}

TEST(LogValidator, records_without_timestamp_give_none) {
  ValidatedBatch result = validate(batch_of({{-1}, {-1}}));
  EXPECT_EQ(result.error, ErrorCode::kNone);
  EXPECT_EQ(result.max_timestamp_ms, -1);
  EXPECT_EQ(result.offset_of_max_timestamp, kNoOffset);
}

TEST(LogValidator, bytes_that_are_no_whole_batch_are_dropped) {
  absl::Cord batch = batch_of({{}});
  absl::Cord longer = batch;
  longer.Append(batch.Subcord(0, 70));
  ValidatedBatch result = validate(longer);
  EXPECT_EQ(result.error, ErrorCode::kNone);
  EXPECT_EQ(result.batch.size(), batch.size());
}

// ---- The request ----

TEST(LogValidator, needs_one_whole_batch) {
  absl::Cord batch = batch_of({{}});
  EXPECT_EQ(error_of(absl::Cord()), ErrorCode::kInvalidRecord);
  EXPECT_EQ(error_of(batch.Subcord(0, batch.size() - 1)), ErrorCode::kInvalidRecord);
  absl::Cord two = batch;
  two.Append(batch);
  EXPECT_EQ(error_of(two), ErrorCode::kInvalidRecord);
}

TEST(LogValidator, needs_magic_2) {
  auto with_magic = [](char magic) {
    std::string flat(batch_of({{}}));
    flat[16] = magic;
    return absl::Cord(flat);
  };
  EXPECT_EQ(error_of(with_magic(0)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(error_of(with_magic(1)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(error_of(with_magic(3)), ErrorCode::kCorruptMessage);
  EXPECT_EQ(error_of(with_magic(-1)), ErrorCode::kCorruptMessage);
}

TEST(LogValidator, a_length_that_no_batch_has_is_corrupt) {
  std::string flat(batch_of({{}}));
  flat[11] = 13;
  EXPECT_EQ(error_of(absl::Cord(flat)), ErrorCode::kCorruptMessage);
  flat[11] = 20;
  EXPECT_EQ(error_of(absl::Cord(flat.substr(0, 32))), ErrorCode::kCorruptMessage);
}

TEST(LogValidator, zstd_is_unsupported_before_version_7) {
  absl::Cord batch = batch_of({{}}, {.compression = codec(CompressionType::kZstd)});
  ValidatorOptions options = topic();
  options.produce_version = 6;
  EXPECT_EQ(error_of(batch, options), ErrorCode::kUnsupportedCompressionType);
  options.produce_version = 7;
  EXPECT_EQ(error_of(batch, options), ErrorCode::kNone);
}

// ---- The batch ----

TEST(LogValidator, a_clients_base_offset_is_0) {
  absl::Cord batch = batch_of({{}}, {.base_offset = Offset(3)});
  EXPECT_EQ(error_of(batch), ErrorCode::kInvalidRecord);
  ValidatorOptions coordinator = topic();
  coordinator.from_client = false;
  EXPECT_EQ(validate(batch, coordinator).header.base_offset, kNext);
}

TEST(LogValidator, has_a_largest_size) {
  absl::Cord batch = batch_of({{}});
  ValidatorOptions options = topic();
  options.max_message_bytes = static_cast<int64_t>(batch.size());
  EXPECT_EQ(error_of(batch, options), ErrorCode::kNone);
  --options.max_message_bytes;
  EXPECT_EQ(error_of(batch, options), ErrorCode::kMessageTooLarge);
}

TEST(LogValidator, a_wrong_crc_is_corrupt) {
  std::string flat(batch_of({{}}));
  flat[21 + 5] ^= 1;
  EXPECT_EQ(error_of(absl::Cord(flat)), ErrorCode::kCorruptMessage);
}

TEST(LogValidator, number_of_records_and_offsets_must_agree) {
  absl::Cord batch = batch_of({{}, {}});
  for (auto [delta, count] : {std::pair{-1, 0}, {0, 2}, {1, 1}, {1, 0}, {2, 2}, {-5, -4}}) {
    absl::Cord wrong = with(batch, [&](BatchHeader& header) {
      header.last_offset_delta = delta;
      header.record_count = count;
    });
    EXPECT_EQ(error_of(wrong), ErrorCode::kInvalidRecord) << delta << " " << count;
  }
}

TEST(LogValidator, holds_as_many_records_as_it_says) {
  for (CompressionType type : kAllTypes) {
    for (int count : {1, 3}) {
      absl::Cord wrong =
          with(batch_of({{}, {}}, {.compression = codec(type)}), [&](BatchHeader& header) {
            header.last_offset_delta = count - 1;
            header.record_count = count;
          });
      EXPECT_EQ(error_of(wrong), ErrorCode::kInvalidRecord) << name_of(type) << " " << count;
    }
  }
}

TEST(LogValidator, control_batches_are_not_for_clients) {
  absl::Cord marker = end_txn_batch({.is_abort = false, .coordinator_epoch = 1}, ProducerId(5),
                                    ProducerEpoch(0), kNowMs);
  EXPECT_EQ(error_of(marker), ErrorCode::kInvalidRecord);
  ValidatorOptions coordinator = topic();
  coordinator.from_client = false;
  coordinator.compression = codec(CompressionType::kGzip);
  ValidatedBatch result = validate(marker, coordinator);
  ASSERT_EQ(result.error, ErrorCode::kNone) << result.message;
  EXPECT_FALSE(result.is_packed_anew) << "control records are not compressed";
  EXPECT_TRUE(end_txn_marker_of(result.batch, result.header));
}

TEST(LogValidator, a_producers_batch_has_a_sequence) {
  BatchBuilder::Options options{.producer_id = ProducerId(5), .producer_epoch = ProducerEpoch(0)};
  EXPECT_EQ(error_of(batch_of({{}}, options)), ErrorCode::kInvalidRecord);
  options.base_sequence = Sequence(0);
  EXPECT_EQ(error_of(batch_of({{}}, options)), ErrorCode::kNone);
}

TEST(LogValidator, an_unknown_codec_is_what_kafka_did_not_foresee) {
  absl::Cord wrong = with(batch_of({{}}), [](BatchHeader& header) { header.attributes = 6; });
  EXPECT_EQ(error_of(wrong), ErrorCode::kUnknownServerError);
}

// ---- The records ----

TEST(LogValidator, compacted_topics_need_keys) {
  ValidatorOptions options = topic();
  options.compacted = true;
  for (CompressionType type : kAllTypes) {
    absl::Cord batch = batch_of({{kNowMs, ""}, {kNowMs, std::nullopt}, {}, {kNowMs, std::nullopt}},
                                {.compression = codec(type)});
    EXPECT_EQ(error_of(batch), ErrorCode::kNone);
    ValidatedBatch result = validate(batch, options);
    EXPECT_EQ(result.error, ErrorCode::kInvalidRecord);
    EXPECT_THAT(faults_of(result), ElementsAre(std::pair{1, ErrorCode::kInvalidRecord},
                                               std::pair{3, ErrorCode::kInvalidRecord}));
  }
}

TEST(LogValidator, timestamps_may_be_so_old_and_so_new) {
  ValidatorOptions options = topic();
  options.timestamp_before_max_ms = 100;
  options.timestamp_after_max_ms = 50;
  EXPECT_EQ(error_of(batch_of({{kNowMs - 100}, {kNowMs + 50}, {-1}}), options), ErrorCode::kNone);
  ValidatedBatch result = validate(batch_of({{kNowMs - 101}, {}, {kNowMs + 51}}), options);
  EXPECT_EQ(result.error, ErrorCode::kInvalidTimestamp);
  EXPECT_THAT(faults_of(result), ElementsAre(std::pair{0, ErrorCode::kInvalidTimestamp},
                                             std::pair{2, ErrorCode::kInvalidTimestamp}));
  options.timestamp_type = TimestampType::kLogAppendTime;
  EXPECT_EQ(error_of(batch_of({{1}, {kNowMs * 9}}), options), ErrorCode::kNone)
      << "which overwrites them";
  EXPECT_EQ(error_of(batch_of({{0}}), topic()), ErrorCode::kNone) << "by default, of any age";
  EXPECT_EQ(error_of(batch_of({{kNowMs + 3'600'001}}), topic()), ErrorCode::kInvalidTimestamp);
}

TEST(LogValidator, one_wrong_timestamp_makes_the_batchs_error) {
  ValidatorOptions options = topic();
  options.compacted = true;
  ValidatedBatch result = validate(batch_of({{kNowMs, std::nullopt}, {kNowMs * 10}}), options);
  EXPECT_EQ(result.error, ErrorCode::kInvalidTimestamp);
  EXPECT_THAT(faults_of(result), ElementsAre(std::pair{0, ErrorCode::kInvalidRecord},
                                             std::pair{1, ErrorCode::kInvalidTimestamp}));
}

TEST(LogValidator, the_time_of_the_append_is_not_a_clients_to_set) {
  absl::Cord batch = batch_of({{}}, {.log_append_time_ms = kNowMs - 1});
  ValidatorOptions options = topic();
  options.timestamp_type = TimestampType::kLogAppendTime;
  EXPECT_EQ(error_of(batch, options), ErrorCode::kInvalidTimestamp);
  // Kafka looks at it only where it does not look at the timestamp itself; then it corrects it.
  ValidatedBatch result = validate(batch);
  EXPECT_EQ(result.error, ErrorCode::kNone);
  EXPECT_EQ(result.header.timestamp_type(), TimestampType::kCreateTime);
  EXPECT_EQ(error_of(batch_of({{}}, {.log_append_time_ms = -1})), ErrorCode::kInvalidTimestamp);
}

TEST(LogValidator, offsets_inside_a_compressed_batch_count_from_0) {
  for (CompressionType type : kAllTypes) {
    BatchBuilder builder({.compression = codec(type)});
    builder.add_at(Offset(0), RecordView{.timestamp_ms = kNowMs, .key = "k"});
    builder.add_at(Offset(2), RecordView{.timestamp_ms = kNowMs, .key = "k"});
    absl::Cord batch =
        with(builder.build(), [](BatchHeader& header) { header.last_offset_delta = 1; });
    bool is_plain = type == CompressionType::kNone;
    EXPECT_EQ(error_of(batch), is_plain ? ErrorCode::kNone : ErrorCode::kUnknownServerError);
    // Packed anew, they are given anew.
    ValidatorOptions options = topic();
    options.compression =
        codec(type == CompressionType::kGzip ? CompressionType::kLz4 : CompressionType::kGzip);
    ValidatedBatch result = validate(batch, options);
    ASSERT_EQ(result.error, ErrorCode::kNone) << result.message;
    std::vector<int64_t> offsets;
    (void)for_each_record(result.batch, result.header, [&](const RecordView& record) {
      offsets.push_back(record.offset.value());
    });
    EXPECT_THAT(offsets, ElementsAre(500, 501));
  }
}

TEST(LogValidator, damaged_records_and_damaged_streams_are_told_apart) {
  absl::Cord plain = batch_of({{}, {}});
  std::string flat(plain);
  flat[61] ^= 2;  // The first record's length.
  absl::Cord damaged = with(absl::Cord(flat), [](BatchHeader&) {});
  ValidatedBatch result = validate(damaged);
  EXPECT_EQ(result.error, ErrorCode::kInvalidRecord);
  EXPECT_THAT(result.record_errors, IsEmpty());
  for (CompressionType type :
       {CompressionType::kGzip, CompressionType::kLz4, CompressionType::kZstd}) {
    std::string packed(batch_of({{}, {}}, {.compression = codec(type)}));
    packed[61] ^= 2;  // The stream's magic.
    EXPECT_EQ(error_of(with(absl::Cord(packed), [](BatchHeader&) {})),
              ErrorCode::kUnknownServerError);
  }
}

TEST(LogValidator, a_bomb_is_too_large) {
  for (CompressionType type : {CompressionType::kGzip, CompressionType::kSnappy,
                               CompressionType::kLz4, CompressionType::kZstd}) {
    absl::Cord bomb =
        batch_of({{kNowMs, "key", std::string(4 << 20, '\0')}}, {.compression = codec(type)});
    ASSERT_LT(bomb.size(), 1'000'000u);
    ValidatorOptions options = topic();
    EXPECT_EQ(error_of(bomb, options), ErrorCode::kNone);
    options.max_decompressed_bytes = 1 << 20;
    EXPECT_EQ(error_of(bomb, options), ErrorCode::kMessageTooLarge);
  }
}

// ---- What is rewritten ----

TEST(LogValidator, the_time_of_the_append_is_set_in_the_header) {
  ValidatorOptions options = topic();
  options.timestamp_type = TimestampType::kLogAppendTime;
  for (CompressionType type : kAllTypes) {
    absl::Cord batch = batch_of({{5}, {9}}, {.compression = codec(type)});
    ValidatedBatch result = validate(batch, options);
    ASSERT_EQ(result.error, ErrorCode::kNone) << result.message;
    EXPECT_EQ(result.header.timestamp_type(), TimestampType::kLogAppendTime);
    EXPECT_EQ(result.header.max_timestamp_ms, kNowMs);
    EXPECT_EQ(result.header.base_timestamp_ms, 5) << "the deltas stay";
    EXPECT_EQ(result.max_timestamp_ms, kNowMs);
    EXPECT_EQ(result.log_append_time_ms, kNowMs);
    EXPECT_TRUE(is_valid_batch(result.batch, result.header));
  }
}

TEST(LogValidator, the_topics_codec_replaces_the_producers) {
  for (CompressionType from : kAllTypes) {
    for (CompressionType to : kAllTypes) {
      absl::Cord batch = batch_of({{kNowMs - 9}, {kNowMs - 1, std::nullopt, ""}, {kNowMs - 4}},
                                  {.attributes = BatchHeader::kTransactionalFlag,
                                   .producer_id = ProducerId(5),
                                   .producer_epoch = ProducerEpoch(1),
                                   .base_sequence = Sequence(8),
                                   .compression = codec(from)});
      ValidatorOptions options = topic();
      options.compression = codec(to);
      ValidatedBatch result = validate(batch, options);
      ASSERT_EQ(result.error, ErrorCode::kNone) << result.message;
      EXPECT_EQ(result.is_packed_anew, from != to);
      EXPECT_EQ(result.header.codec(), to);
      EXPECT_EQ(result.max_timestamp_ms, kNowMs - 1);
      EXPECT_EQ(result.offset_of_max_timestamp, kNext + 2);
      EXPECT_TRUE(result.header.is_transactional());
      EXPECT_EQ(result.header.base_sequence, Sequence(8));
      EXPECT_TRUE(is_valid_batch(result.batch, result.header));
      std::vector<std::string> seen, wanted;
      auto to_text = [](const RecordView& record) {
        return std::string(record.key.value_or("null")) + std::string(*record.value) +
               std::to_string(record.timestamp_ms) + std::string(record.headers.at(0).first);
      };
      ASSERT_TRUE(for_each_record(result.batch, result.header, [&](const RecordView& record) {
                    seen.push_back(to_text(record));
                  }).ok());
      (void)for_each_record(batch, *read_batch_header(batch),
                            [&](const RecordView& record) { wanted.push_back(to_text(record)); });
      EXPECT_EQ(seen, wanted);
    }
  }
}

TEST(LogValidator, the_topics_level_counts_only_when_packing_anew) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(i * i % 977);
  ValidatorOptions options = topic();
  options.compression = Compression{CompressionType::kGzip, 1};
  size_t low = validate(batch_of({{kNowMs, "k", text}}), options).batch.size();
  options.compression->level = 9;
  size_t high = validate(batch_of({{kNowMs, "k", text}}), options).batch.size();
  EXPECT_LT(high, low);
  absl::Cord packed = batch_of({{kNowMs, "k", text}}, {.compression = {CompressionType::kGzip, 1}});
  EXPECT_FALSE(validate(packed, options).is_packed_anew) << "the same codec, whatever its level";
}

TEST(LogValidator, packed_anew_a_batch_may_be_too_large) {
  absl::Cord batch = batch_of({{kNowMs, "k", std::string(10000, 'x')}},
                              {.compression = codec(CompressionType::kZstd)});
  ValidatorOptions options = topic();
  options.max_message_bytes = 5000;
  EXPECT_EQ(error_of(batch, options), ErrorCode::kNone);
  options.compression = codec(CompressionType::kNone);
  EXPECT_EQ(error_of(batch, options), ErrorCode::kMessageTooLarge);
}

TEST(LogValidator, packing_anew_takes_the_time_of_the_append_along) {
  ValidatorOptions options = topic();
  options.timestamp_type = TimestampType::kLogAppendTime;
  options.compression = codec(CompressionType::kLz4);
  ValidatedBatch result = validate(batch_of({{5}, {9}}), options);
  ASSERT_EQ(result.error, ErrorCode::kNone);
  EXPECT_EQ(result.header.timestamp_type(), TimestampType::kLogAppendTime);
  EXPECT_EQ(result.header.base_timestamp_ms, 5);
  EXPECT_EQ(result.header.max_timestamp_ms, kNowMs);
}

TEST(LogValidator, what_kafkas_builder_refuses_cannot_be_packed_anew) {
  ValidatorOptions options = topic();
  options.compression = codec(CompressionType::kLz4);
  EXPECT_EQ(error_of(batch_of({{-5}})), ErrorCode::kNone);
  EXPECT_EQ(error_of(batch_of({{-5}}), options), ErrorCode::kUnknownServerError)
      << "a negative timestamp";
  absl::Cord without_id = batch_of({{}}, {.attributes = BatchHeader::kTransactionalFlag});
  EXPECT_EQ(error_of(without_id), ErrorCode::kNone);
  EXPECT_EQ(error_of(without_id, options), ErrorCode::kUnknownServerError)
      << "a transaction of nobody";
}

TEST(LogValidator, unknown_attributes_go_with_the_first_rewriting) {
  absl::Cord batch = with(batch_of({{}}), [](BatchHeader& header) { header.attributes = 0x180; });
  EXPECT_EQ(validate(batch).header.attributes, 0x180);
  ValidatorOptions options = topic();
  options.timestamp_type = TimestampType::kLogAppendTime;
  EXPECT_EQ(validate(batch, options).header.attributes, BatchHeader::kLogAppendTimeFlag);
}

// What a leader has written, another leader with the same configuration takes as it is.
RC_GTEST_PROP(LogValidatorProperty, what_is_valid_stays_valid, ()) {
  std::vector<Record> records;
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i)
    records.push_back({kNowMs - *rc::gen::inRange(0, 500), *rc::gen::arbitrary<std::string>(),
                       *rc::gen::arbitrary<std::string>()});
  std::vector<CompressionType> types(std::begin(kAllTypes), std::end(kAllTypes));
  absl::Cord batch = batch_of(records, {.compression = codec(*rc::gen::elementOf(types))});
  ValidatorOptions options = topic();
  if (*rc::gen::arbitrary<bool>()) options.compression = codec(*rc::gen::elementOf(types));
  ValidatedBatch once = validate(batch, options);
  RC_ASSERT(once.error == ErrorCode::kNone);
  RC_ASSERT(is_valid_batch(once.batch, once.header));
  ValidatedBatch twice = validate(stamp_batch(once.batch, Offset(0), LeaderEpoch(1)), options);
  RC_ASSERT(twice.error == ErrorCode::kNone);
  RC_ASSERT(twice.batch == once.batch);
  RC_ASSERT(!twice.is_packed_anew);
}

}  // namespace
}  // namespace models
