// SPDX-License-Identifier: Apache-2.0

#include "models/clients/workload.h"

#include <algorithm>

#include "models/log/byte_order.h"
#include "sim/check.h"

namespace models {

Workload::Workload(const WorkloadOptions& options) : options_(options) {
  SIM_CHECK(options.value_bytes >= kMinValueBytes, options.value_bytes);
  if (options.skew != KeySkew::kZipf) return;
  auto cumulative = std::make_shared<std::vector<uint64_t>>();
  uint64_t total = 0;
  for (int32_t k = 1; k <= options.distinct_keys; ++k) {
    total += (uint64_t{1} << 32) / static_cast<uint64_t>(k);
    cumulative->push_back(total);
  }
  cumulative_ = std::move(cumulative);
}

std::optional<sim::MonoTime> Workload::next_due() const {
  if (stopped_ || options_.records <= 0) return std::nullopt;
  __int128 after = static_cast<__int128>(taken_) * options_.per.nanos() / options_.records;
  sim::MonoTime due = options_.start + sim::Duration::nanos(static_cast<int64_t>(after));
  if (due >= options_.end) return std::nullopt;
  return due;
}

void Workload::begin(sim::MonoTime now) {
  if (now <= options_.start || options_.records <= 0) return;
  __int128 due = static_cast<__int128>((now - options_.start).nanos()) * options_.records;
  taken_ = static_cast<int64_t>((due + options_.per.nanos() - 1) / options_.per.nanos());
}

std::optional<std::string> Workload::next_key(sim::Rng& rng) const {
  if (options_.skew == KeySkew::kNone) return std::nullopt;
  uint64_t key = 0;
  if (cumulative_ != nullptr) {
    uint64_t draw = rng.below(cumulative_->back());
    key = static_cast<uint64_t>(std::upper_bound(cumulative_->begin(), cumulative_->end(), draw) -
                                cumulative_->begin());
  } else {
    key = rng.below(static_cast<uint64_t>(options_.distinct_keys));
  }
  return "k" + std::to_string(key);
}

bool Workload::next_is_tombstone(sim::Rng& rng) const {
  return options_.tombstones.numerator > 0 && rng.chance(options_.tombstones);
}

std::string Workload::next_id(int32_t producer) const {
  std::string id;
  append_big_endian<int64_t>(id, make_record_id(producer, taken_).value());
  return id;
}

std::string Workload::next_value(int32_t producer) const {
  std::string value(static_cast<size_t>(options_.value_bytes), '.');
  store_big_endian<int64_t>(value.data(), make_record_id(producer, taken_).value());
  return value;
}

std::optional<RecordId> record_id_of(std::string_view value) {
  if (value.size() < kMinValueBytes) return std::nullopt;
  return RecordId(load_big_endian<int64_t>(value.data()));
}

std::optional<RecordId> record_id_of(const RecordView& record) {
  if (record.value) return record_id_of(*record.value);
  for (const auto& [name, value] : record.headers) {
    if (name == Workload::kIdHeader && value) return record_id_of(*value);
  }
  return std::nullopt;
}

}  // namespace models
