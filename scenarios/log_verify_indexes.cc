// SPDX-License-Identifier: Apache-2.0
//
// Indexes against the batches that they point at. Source: storage/.../log/{LogSegment,OffsetIndex,
// TimeIndex,TransactionIndex}.java.

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "scenarios/format.h"
#include "scenarios/log_verify_parts.h"

namespace scenarios {

using models::Offset;

namespace {

constexpr size_t kFewestLoose = 2;  // One alone is damage.

bool is_zero(std::string_view bytes) { return bytes.find_first_not_of('\0') == bytes.npos; }

// The entries before the first that is all zeros: an index is made large and cut to size when its
// segment is sealed.
template <class Entry>
std::vector<Entry> entries_of(std::string_view bytes) {
  std::vector<Entry> entries;
  for (size_t at = 0; at + Entry::kBytes <= bytes.size(); at += Entry::kBytes) {
    if (is_zero(bytes.substr(at, Entry::kBytes))) break;
    entries.push_back(Entry::decode(bytes.data() + at));
  }
  return entries;
}

// What lies behind the last entry: nothing, or zeros where that can be.
void check_tail(const std::string& path, std::string_view bytes, size_t used, size_t entry_bytes,
                std::optional<Offset> next_base, const PartitionContext& context,
                FindingSink& sink) {
  std::string_view tail = bytes.substr(used);
  if (tail.empty()) return;
  int64_t at = static_cast<int64_t>(used);
  size_t not_zero = tail.find_first_not_of('\0');
  if (not_zero != tail.npos) {
    int64_t place = at + static_cast<int64_t>(not_zero);
    sink.problem({path, place},
                 tail.size() < entry_bytes
                     ? fmt::format("{} bytes at the end are less than an entry", tail.size())
                     : std::string("not zero, behind the index's last entry"));
  } else if (tail.size() % entry_bytes != 0) {
    sink.problem({path, at}, fmt::format("{} bytes at the end are less than an entry",
                                         tail.size() % entry_bytes));
  } else if (context.clean) {
    sink.problem({path, at},
                 "zeros behind the last entry, though the log was closed in good order: "
                 "Kafka takes them for entries");
  } else if (next_base) {
    sink.note({path, at},
              "zeros behind the last entry of a sealed segment: it was not cut to size");
  }
}

std::string and_more(size_t count) {
  if (count == 0) return "";
  return fmt::format(", and {} more", with_commas(static_cast<int64_t>(count)));
}

template <class Entry, class Key>
std::vector<size_t> sorted_by(const std::vector<Entry>& entries, const Key& key) {
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return key(entries[a]) < key(entries[b]); });
  return order;
}

}  // namespace

// --- .index ---

OffsetIndexCheck::OffsetIndexCheck(std::string path, std::string bytes, Offset base)
    : path_(std::move(path)),
      bytes_(std::move(bytes)),
      base_(base),
      entries_(entries_of<models::OffsetIndexEntry>(bytes_)),
      by_position_(sorted_by(
          entries_, [](const models::OffsetIndexEntry& entry) { return entry.position; })) {}

FindingSink::Place OffsetIndexCheck::place_of(size_t entry) const {
  return {path_, static_cast<int64_t>(entry) * models::OffsetIndexEntry::kBytes,
          base_ + entries_[entry].relative_offset};
}

void OffsetIndexCheck::resolve_loose(Offset last_offset) {
  while (unresolved_ < loose_.size() && loose_[unresolved_].target <= last_offset) {
    loose_[unresolved_].found = loose_[unresolved_].target == last_offset;
    ++unresolved_;
  }
}

void OffsetIndexCheck::on_batch(const StoredBatch& batch, bool valid, FindingSink& sink) {
  for (; next_ < by_position_.size(); ++next_) {
    size_t index = by_position_[next_];
    const models::OffsetIndexEntry& entry = entries_[index];
    if (entry.position > batch.position) break;
    if (entry.position < batch.position) {
      sink.problem(
          place_of(index),
          fmt::format("points at byte {} of the log, where no batch begins", entry.position));
      continue;
    }
    Offset target = base_ + entry.relative_offset;
    if (!valid || target == batch.header.last_offset()) continue;
    if (target > batch.header.last_offset()) {
      loose_.push_back({index, target, batch.header.last_offset()});
    } else {
      sink.problem(place_of(index),
                   fmt::format("the batch at byte {} ends at offset {}", entry.position,
                               batch.header.last_offset().value()));
    }
  }
  if (valid) resolve_loose(batch.header.last_offset());
}

void OffsetIndexCheck::on_unreadable(int64_t begin, int64_t end) {
  for (; next_ < by_position_.size(); ++next_) {
    int64_t position = entries_[by_position_[next_]].position;
    if (position < begin || position >= end) break;
  }
}

void OffsetIndexCheck::on_end(std::optional<Offset> next_base, const PartitionContext& context,
                              FindingSink& sink) {
  if (next_ < by_position_.size()) {
    size_t index = by_position_[next_];
    sink.problem(place_of(index),
                 fmt::format("points at byte {}, behind the log's last batch{}",
                             entries_[index].position, and_more(by_position_.size() - next_ - 1)));
  }
  size_t found = static_cast<size_t>(
      std::count_if(loose_.begin(), loose_.end(), [](const Loose& loose) { return loose.found; }));
  for (const Loose& loose : loose_) {
    if (loose.found && found >= kFewestLoose) continue;
    sink.problem(place_of(loose.entry),
                 fmt::format("the batch at byte {} ends at offset {}",
                             entries_[loose.entry].position, loose.expected.value()));
  }
  if (found >= kFewestLoose) {
    sink.note({path_}, fmt::format("{} entries name the last offset of a whole append, as Kafka "
                                   "before 4.0 wrote them",
                                   with_commas(static_cast<int64_t>(found))));
  }
  for (size_t i = 1; i < entries_.size(); ++i) {
    if (entries_[i].position > entries_[i - 1].position) continue;
    sink.problem(place_of(i), "the entries are out of order");
    break;
  }
  check_tail(path_, bytes_, entries_.size() * models::OffsetIndexEntry::kBytes,
             models::OffsetIndexEntry::kBytes, next_base, context, sink);
}

// --- .timeindex ---

TimeIndexCheck::TimeIndexCheck(std::string path, std::string bytes, Offset base)
    : path_(std::move(path)),
      bytes_(std::move(bytes)),
      base_(base),
      entries_(entries_of<models::TimeIndexEntry>(bytes_)),
      by_offset_(sorted_by(
          entries_, [](const models::TimeIndexEntry& entry) { return entry.relative_offset; })) {}

FindingSink::Place TimeIndexCheck::place_of(size_t entry) const {
  return {path_, static_cast<int64_t>(entry) * models::TimeIndexEntry::kBytes,
          base_ + entries_[entry].relative_offset};
}

void TimeIndexCheck::check_entry(size_t index, const StoredBatch& batch, FindingSink& sink) {
  const models::TimeIndexEntry& entry = entries_[index];
  int64_t latest = batch.header.max_timestamp_ms;
  Offset last = batch.header.last_offset();
  if (entry.timestamp_ms != latest) {
    sink.problem(place_of(index), fmt::format("timestamp {}, but the latest in the batch that ends "
                                              "at offset {} is {}",
                                              entry.timestamp_ms, last.value(), latest));
  } else if (latest <= largest_ms_) {
    sink.problem(place_of(index),
                 fmt::format("timestamp {} is not the largest up to there, which is {}", latest,
                             largest_ms_));
  } else if (base_ + entry.relative_offset != last) {
    loose_.push_back({index, fmt::format("no batch ends at this offset; the one that holds it ends "
                                         "at {}",
                                         last.value())});
  }
}

void TimeIndexCheck::on_batch(const StoredBatch& batch, FindingSink& sink) {
  for (; next_ < by_offset_.size(); ++next_) {
    size_t index = by_offset_[next_];
    Offset offset = base_ + entries_[index].relative_offset;
    if (offset > batch.header.last_offset()) break;
    if (offset >= batch.header.base_offset) {
      check_entry(index, batch, sink);
    } else if (!doubtful_) {
      sink.problem(place_of(index), "there is no batch with this offset");
    }
  }
  doubtful_ = false;
  largest_ms_ = std::max(largest_ms_, batch.header.max_timestamp_ms);
}

void TimeIndexCheck::on_end(std::optional<Offset> next_base, const PartitionContext& context,
                            FindingSink& sink) {
  if (next_ < by_offset_.size() && !doubtful_) {
    sink.problem(place_of(by_offset_[next_]),
                 "lies behind the log's last batch" + and_more(by_offset_.size() - next_ - 1));
  }
  for (const auto& [index, text] : loose_) {
    if (loose_.size() < kFewestLoose) sink.problem(place_of(index), text);
  }
  if (loose_.size() >= kFewestLoose) {
    sink.note({path_}, fmt::format("{} entries name the record that has the timestamp and not the "
                                   "end of its batch, as Kafka before 4.0 wrote them",
                                   with_commas(static_cast<int64_t>(loose_.size()))));
  }
  for (size_t i = 1; i < entries_.size(); ++i) {
    bool grows = entries_[i].timestamp_ms > entries_[i - 1].timestamp_ms &&
                 entries_[i].relative_offset > entries_[i - 1].relative_offset;
    if (grows) continue;
    sink.problem(place_of(i), "the entries are out of order");
    break;
  }
  int64_t last = entries_.empty() ? -1 : entries_.back().timestamp_ms;
  bool sealed = next_base.has_value() || context.clean;
  if (sealed && all_read_ && context.is_trusted(next_base) && last < largest_ms_) {
    sink.problem({path_}, fmt::format("ends with timestamp {}, but the segment's largest is {}: it "
                                      "would be deleted too early",
                                      last, largest_ms_));
  }
  check_tail(path_, bytes_, entries_.size() * models::TimeIndexEntry::kBytes,
             models::TimeIndexEntry::kBytes, next_base, context, sink);
}

// --- .txnindex ---

TxnIndexCheck::TxnIndexCheck(std::string path, std::optional<std::string> bytes, Offset base)
    : path_(std::move(path)), bytes_(bytes.value_or("")), base_(base) {
  for (size_t at = 0; at + models::AbortedTxn::kBytes <= bytes_.size();
       at += models::AbortedTxn::kBytes)
    entries_.push_back(models::AbortedTxn::decode(bytes_.data() + at));
}

FindingSink::Place TxnIndexCheck::place_of(size_t entry) const {
  return {path_, static_cast<int64_t>(entry) * models::AbortedTxn::kBytes,
          entries_[entry].last_offset};
}

void TxnIndexCheck::check_entry(size_t index, bool certain, FindingSink& sink) {
  const models::AbortedTxn& entry = entries_[index];
  FindingSink::Place place = place_of(index);
  if (entry.version != models::AbortedTxn::kVersion)
    return sink.problem(place, fmt::format("version {}, expected 0", entry.version));
  if (index > 0 && entry.last_offset <= entries_[index - 1].last_offset)
    return sink.problem(place, "the entries are out of order");
  auto met = std::lower_bound(expected_.begin(), expected_.end(), entry.last_offset,
                              [](const ProducerWalk::Ended& ended, Offset offset) {
                                return ended.txn.last_offset < offset;
                              });
  bool is_met = met != expected_.end() && met->txn.last_offset == entry.last_offset;
  if (!is_met && certain) return sink.problem(place, "no transaction was aborted at this offset");
  auto compare = [&](const char* what, int64_t stored, int64_t expected) {
    if (stored == expected) return;
    sink.problem(place, fmt::format("{} {}, the log says {}", what, stored, expected));
  };
  // Where the log does not know, for it lacks what the cleaner or a deletion took.
  auto bound = [&](const char* what, Offset stored, Offset most) {
    if (Offset(0) <= stored && stored <= most) return;
    sink.problem(place,
                 fmt::format("{} {}, expected at most {}", what, stored.value(), most.value()));
  };
  if (is_met) {
    met_[static_cast<size_t>(met - expected_.begin())] = true;
    compare("producer", entry.producer_id.value(), met->txn.producer_id.value());
  }
  if (is_met && certain && met->first_known) {
    compare("first offset", entry.first_offset.value(), met->txn.first_offset.value());
  } else {
    bound("first offset", entry.first_offset, entry.last_offset);
  }
  if (is_met && certain && met->stable_known) {
    compare("last stable offset", entry.last_stable_offset.value(),
            met->txn.last_stable_offset.value());
  } else {
    bound("last stable offset", entry.last_stable_offset,
          std::min(entry.last_offset, kHighestBase) + 1);
  }
}

void TxnIndexCheck::on_end(std::optional<Offset> next_base, bool certain, FindingSink& sink) {
  met_.assign(expected_.size(), false);
  for (size_t i = 0; i < entries_.size(); ++i) {
    bool inside =
        entries_[i].last_offset >= base_ && (!next_base || entries_[i].last_offset < *next_base);
    if (inside) {
      check_entry(i, certain, sink);
    } else {
      sink.problem(place_of(i), "lies outside the segment");
    }
  }
  for (size_t i = 0; i < expected_.size(); ++i) {
    if (met_[i] || !certain || !expected_[i].first_known) continue;
    sink.problem(
        {path_, -1, expected_[i].txn.last_offset},
        fmt::format("producer {} aborted its transaction of offset {} here, and no entry "
                    "says so: its records would be read as committed",
                    expected_[i].txn.producer_id.value(), expected_[i].txn.first_offset.value()));
  }
  size_t cut = bytes_.size() % models::AbortedTxn::kBytes;
  if (cut != 0) {
    sink.problem({path_, static_cast<int64_t>(bytes_.size() - cut)},
                 fmt::format("{} bytes at the end are less than an entry", cut));
  }
}

}  // namespace scenarios
