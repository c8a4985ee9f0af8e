// SPDX-License-Identifier: Apache-2.0
//
// What an application sends, and when: an open-loop load at a constant rate. The n-th record is due
// exactly n / rate after the start, in integer arithmetic, so a rate does not drift over a day.

#ifndef MODELS_CLIENTS_WORKLOAD_H_
#define MODELS_CLIENTS_WORKLOAD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/client_event.h"
#include "models/log/record_batch.h"
#include "sim/rng.h"
#include "sim/time.h"

namespace models {

enum class KeySkew : uint8_t {
  kNone,  // Records have no key.
  kUniform,
  kZipf,  // The k-th key is 1/k as frequent as the first.
};

struct WorkloadOptions {
  int64_t records = 0;  // `records` every `per`; 0: no load.
  sim::Duration per = sim::Duration::seconds(1);
  sim::MonoTime start;  // On the client's monotonic clock.
  sim::MonoTime end;
  KeySkew skew = KeySkew::kUniform;
  int32_t distinct_keys = 1000;
  int32_t value_bytes = 200;    // At least 8: a value begins with its RecordId.
  sim::Ratio tombstones{0, 1};  // Share of records with a key that have no value.
};

inline constexpr int32_t kMinValueBytes = 8;

class Workload {
 public:
  explicit Workload(const WorkloadOptions& options);

  // When the next record is due; nothing when the load is over.
  std::optional<sim::MonoTime> next_due() const;
  // The next record's key ("k17"), drawn now. Empty: no key.
  std::optional<std::string> next_key(sim::Rng& rng) const;
  // Whether the next record deletes its key, drawn now.
  bool next_is_tombstone(sim::Rng& rng) const;
  // The next record's value.
  std::string next_value(int32_t producer) const;
  // A tombstone has its RecordId in a header: its name, and its value.
  static constexpr std::string_view kIdHeader = "id";
  std::string next_id(int32_t producer) const;
  // An application that starts now sends what is due from now on.
  void begin(sim::MonoTime now);
  // Moves on to the record after it.
  void take() { ++taken_; }
  int64_t taken() const { return taken_; }
  void stop() { stopped_ = true; }

 private:
  WorkloadOptions options_;
  std::shared_ptr<const std::vector<uint64_t>> cumulative_;  // Of key weights; zipf only.
  int64_t taken_ = 0;
  bool stopped_ = false;
};

// The RecordId at the beginning of a value; nothing if it is too short.
std::optional<RecordId> record_id_of(std::string_view value);
// That of a record, tombstones too; nothing if it is none of a workload.
std::optional<RecordId> record_id_of(const RecordView& record);

}  // namespace models

#endif  // MODELS_CLIENTS_WORKLOAD_H_
