// SPDX-License-Identifier: Apache-2.0

#include "sim/disk_file.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sim {

namespace {

// Pages that became dirty within this time are one run: a file has few runs, however fast it grows.
constexpr Duration kGrain = Duration::seconds(1);

size_t bytes(int64_t n) { return static_cast<size_t>(n); }
int64_t size_of(const absl::Cord& cord) { return static_cast<int64_t>(cord.size()); }

void append_zeros(absl::Cord& cord, int64_t count) {
  constexpr int64_t kChunk = 65536;
  if (count <= 0) return;
  absl::Cord chunk(std::string(bytes(std::min(count, kChunk)), '\0'));
  for (; count >= kChunk; count -= kChunk) cord.Append(chunk);
  if (count > 0) cord.Append(chunk.Subcord(0, bytes(count)));
}

// [begin, end) of `from`, as far as it goes.
absl::Cord slice(const absl::Cord& from, int64_t begin, int64_t end) {
  end = std::min(end, size_of(from));
  return end <= begin ? absl::Cord() : from.Subcord(bytes(begin), bytes(end - begin));
}

}  // namespace

absl::Cord DiskFile::read(int64_t position, int64_t length) const {
  if (position >= size()) return absl::Cord();
  return content_.Subcord(bytes(position), bytes(length));
}

void DiskFile::append(absl::Cord data, SimTime now, const WriteBack& delays) {
  mark(size(), size() + size_of(data), now, delays);
  content_.Append(std::move(data));
}

void DiskFile::write_at(int64_t position, absl::Cord data, SimTime now, const WriteBack& delays) {
  int64_t end = position + size_of(data);
  if (end == position) return;
  mark(std::min(position, size()), end, now, delays);
  absl::Cord tail = slice(content_, end, size());
  if (position < size()) content_.RemoveSuffix(bytes(size() - position));
  append_zeros(content_, position - size());
  content_.Append(std::move(data));
  content_.Append(std::move(tail));
}

void DiskFile::truncate(int64_t new_size, SimTime now, const WriteBack& delays) {
  if (new_size >= size()) {
    mark(size(), new_size, now, delays);
    append_zeros(content_, new_size - size());
    return;
  }
  if (now >= due_) settle(now, delays);
  content_.RemoveSuffix(bytes(size() - new_size));
  keep_below((new_size + kPageBytes - 1) / kPageBytes);
  if (new_size >= size_of(durable_) && !cut_) return;
  cut_ = Cut{cut_ ? std::min(cut_->size, new_size) : new_size, now};
  due_ = std::min(due_, now + delays.journal);
}

void DiskFile::sync() {
  durable_ = content_;
  dirty_.clear();
  cut_.reset();
  due_ = SimTime::max();
}

void DiskFile::rot(int64_t position, const std::string& data) {
  for (absl::Cord* copy : {&content_, &durable_}) {
    int64_t length = std::min(size_of(*copy) - position, static_cast<int64_t>(data.size()));
    if (length <= 0) continue;
    absl::Cord tail = slice(*copy, position + length, size_of(*copy));
    copy->RemoveSuffix(bytes(size_of(*copy) - position));
    copy->Append(data.substr(0, bytes(length)));
    copy->Append(std::move(tail));
  }
}

int64_t DiskFile::dirty_bytes() const {
  int64_t total = 0;
  for (const Run& run : dirty_) {
    total += std::min(run.end * kPageBytes, size()) - run.first * kPageBytes;
  }
  return total;
}

// --- Dirty pages ---

void DiskFile::mark(int64_t begin, int64_t end, SimTime now, const WriteBack& delays) {
  if (end <= begin) return;
  // First, so that what is written back is what was there when it was due.
  if (now >= due_) settle(now, delays);
  due_ = std::min(due_, now + delays.pages);
  int64_t first = begin / kPageBytes;
  int64_t last = (end - 1) / kPageBytes + 1;
  if (!dirty_.empty() && first < dirty_.back().first) {
    mark_between(first, last, now);
    return;
  }
  if (!dirty_.empty()) {
    Run& run = dirty_.back();
    first = std::max(first, run.end);
    if (first >= last) return;
    if (first == run.end && now - run.since < kGrain) {
      run.end = last;
      return;
    }
  }
  dirty_.push_back(Run{first, last, now});
}

void DiskFile::mark_between(int64_t first, int64_t end, SimTime now) {
  std::vector<Run> runs;
  for (const Run& run : dirty_) {
    if (first < end && first < run.first) {
      runs.push_back(Run{first, std::min(end, run.first), now});
    }
    if (first < run.end) first = std::max(first, std::min(run.end, end));
    runs.push_back(run);
  }
  if (first < end) runs.push_back(Run{first, end, now});
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
  dirty_ = std::move(runs);
}

std::optional<SimTime> DiskFile::undurable_cut(SimTime now, const WriteBack& delays) const {
  if (!cut_ || cut_->since + delays.journal <= now) return std::nullopt;
  return cut_->since;
}

void DiskFile::commit_cut() {
  durable_ = slice(durable_, 0, cut_->size);
  cut_.reset();
}

void DiskFile::keep_below(int64_t page) {
  for (Run& run : dirty_) run.end = std::min(run.end, page);
  std::erase_if(dirty_, [](const Run& run) { return run.first >= run.end; });
}

void DiskFile::settle(SimTime now, const WriteBack& delays) {
  if (cut_ && !undurable_cut(now, delays)) commit_cut();
  due_ = cut_ ? cut_->since + delays.journal : SimTime::max();
  std::vector<Survivor> written;
  std::vector<Run> left;
  for (const Run& run : dirty_) {
    bool behind_cut = cut_ && run.end * kPageBytes > cut_->size;  // Has to wait for the journal.
    if (behind_cut || run.since + delays.pages > now) {
      left.push_back(run);
      if (!behind_cut) due_ = std::min(due_, run.since + delays.pages);
    } else {
      written.push_back(Survivor{run.first * kPageBytes, std::min(run.end * kPageBytes, size())});
    }
  }
  if (!written.empty()) durable_ = overlay(written);
  dirty_ = std::move(left);
}

absl::Cord DiskFile::overlay(const std::vector<Survivor>& survivors) const {
  // A growing file, most often: its durable part stays as it is.
  absl::Cord result = survivors.empty() ? durable_ : slice(durable_, 0, survivors.front().begin);
  for (size_t i = 0; i < survivors.size(); ++i) {
    const Survivor& survivor = survivors[i];
    append_zeros(result, survivor.begin - size_of(result));
    result.Append(slice(content_, survivor.begin, survivor.end));
    int64_t next = i + 1 < survivors.size() ? survivors[i + 1].begin : size_of(durable_);
    result.Append(slice(durable_, survivor.end, next));
  }
  return result;
}

// --- Power loss ---

// How many bytes of the content differ from what is durable, or have no durable counterpart.
int64_t DiskFile::changed_bytes(int64_t begin, int64_t end) const {
  end = std::min(end, size());
  if (end <= begin) return 0;
  std::string fresh(slice(content_, begin, end));
  std::string old(slice(durable_, begin, end));
  int64_t changed = static_cast<int64_t>(fresh.size() - old.size());
  for (size_t i = 0; i < old.size(); ++i) changed += fresh[i] != old[i] ? 1 : 0;
  return changed;
}

std::vector<DiskFile::Survivor> DiskFile::draw_survivors(Rng& rng, int64_t* lost) const {
  // Sometimes most pages made it and sometimes none: a fair coin for each would never show that.
  const Ratio survives{static_cast<int64_t>(rng.below(4)), 4};
  std::vector<Survivor> survivors;
  std::vector<int64_t> gone;
  for (const Run& run : dirty_) {
    for (int64_t page = run.first; page < run.end; ++page) {
      int64_t begin = page * kPageBytes;
      if (!rng.chance(survives)) {
        gone.push_back(page);
      } else if (!survivors.empty() && survivors.back().end == begin) {
        survivors.back().end += kPageBytes;
      } else {
        survivors.push_back(Survivor{begin, begin + kPageBytes});
      }
    }
  }
  for (Survivor& survivor : survivors) survivor.end = std::min(survivor.end, size());
  for (int64_t page : gone) *lost += changed_bytes(page * kPageBytes, (page + 1) * kPageBytes);
  if (gone.empty() || rng.chance(Ratio{1, 2})) return survivors;
  // One page was on its way when the power went.
  int64_t begin = gone[rng.below(gone.size())] * kPageBytes;
  int64_t torn_at = begin + rng.between(0, std::min(kPageBytes, size() - begin));
  *lost -= changed_bytes(begin, torn_at);
  if (torn_at > begin) survivors.push_back(Survivor{begin, torn_at});
  std::sort(survivors.begin(), survivors.end(),
            [](const Survivor& a, const Survivor& b) { return a.begin < b.begin; });
  return survivors;
}

int64_t DiskFile::power_loss(SimTime now, const WriteBack& delays, SimTime journal_end, Rng& rng) {
  settle(now, delays);
  int64_t lost = 0;
  if (cut_ && cut_->since <= journal_end) {
    commit_cut();
  } else if (cut_) {
    // The file is as long as it was; nothing that was written behind the cut found room.
    lost += changed_bytes(cut_->size / kPageBytes * kPageBytes, size());
    keep_below(cut_->size / kPageBytes);
  }
  if (!dirty_.empty()) durable_ = overlay(draw_survivors(rng, &lost));
  content_ = durable_;
  sync();
  return lost;
}

int64_t DiskFile::lose_all_unsynced(SimTime now, const WriteBack& delays) {
  settle(now, delays);
  int64_t lost = 0;
  for (const Run& run : dirty_) lost += changed_bytes(run.first * kPageBytes, run.end * kPageBytes);
  content_ = durable_;
  sync();
  return lost;
}

}  // namespace sim
