// SPDX-License-Identifier: Apache-2.0

#include "sim/disk_file.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sim {

namespace {

constexpr size_t kManyDirtyPages = 256;

size_t bytes(int64_t n) { return static_cast<size_t>(n); }

void pad_with_zeros(absl::Cord& cord, int64_t size) {
  if (static_cast<int64_t>(cord.size()) >= size) return;
  cord.Append(std::string(bytes(size) - cord.size(), '\0'));
}

// `base` with [begin, begin + piece.size()) replaced by `piece`, grown with zeros if needed.
absl::Cord overlay(const absl::Cord& base, int64_t begin, absl::Cord piece) {
  int64_t end = begin + static_cast<int64_t>(piece.size());
  absl::Cord result = base.Subcord(0, bytes(begin));
  pad_with_zeros(result, begin);
  result.Append(std::move(piece));
  if (static_cast<int64_t>(base.size()) > end) result.Append(base.Subcord(bytes(end), base.size()));
  return result;
}

}  // namespace

absl::Cord DiskFile::read(int64_t position, int64_t length) const {
  if (position >= size()) return absl::Cord();
  return content_.Subcord(bytes(position), bytes(length));
}

void DiskFile::mark(int64_t begin, int64_t end, SimTime now, Duration after) {
  if (end <= begin) return;
  int64_t first = begin / kPageBytes, last = (end - 1) / kPageBytes;
  if (dirty_.size() > kManyDirtyPages && dirty_.front().since + after <= now) write_back_old(now, after);
  for (int64_t page = first; page <= last; ++page) {
    if (dirty_.empty() || dirty_.back().page < page) {
      dirty_.push_back({page, now});
      continue;
    }
    auto at = std::lower_bound(dirty_.begin(), dirty_.end(), page,
                               [](const Dirty& d, int64_t p) { return d.page < p; });
    if (at->page != page) {
      dirty_.insert(at, {page, now});
    } else if (at->since + after <= now) {
      write_back(page * kPageBytes, (page + 1) * kPageBytes);
      at->since = now;
    }
  }
}

void DiskFile::append(absl::Cord data, SimTime now, Duration after) {
  mark(size(), size() + static_cast<int64_t>(data.size()), now, after);
  content_.Append(std::move(data));
}

void DiskFile::write_at(int64_t position, absl::Cord data, SimTime now, Duration after) {
  int64_t end = position + static_cast<int64_t>(data.size());
  mark(std::min(position, size()), end, now, after);
  content_ = overlay(content_, position, std::move(data));
}

void DiskFile::truncate(int64_t new_size, SimTime now) {
  if (new_size > size()) {
    int64_t old_size = size();
    pad_with_zeros(content_, new_size);
    for (int64_t page = old_size / kPageBytes; page * kPageBytes < new_size; ++page) {
      if (dirty_.empty() || dirty_.back().page < page) dirty_.push_back({page, now});
    }
    return;
  }
  if (new_size == size()) return;
  content_.RemoveSuffix(content_.size() - bytes(new_size));
  std::erase_if(dirty_, [&](const Dirty& d) { return d.page * kPageBytes >= new_size; });
  int64_t smallest = truncated_ ? std::min(truncated_->size, new_size) : new_size;
  truncated_ = Truncation{smallest, now};
}

void DiskFile::sync() {
  durable_ = content_;
  dirty_.clear();
  truncated_.reset();
}

void DiskFile::clear() { *this = DiskFile(); }

int64_t DiskFile::dirty_bytes() const {
  int64_t total = 0;
  for (const Dirty& dirty : dirty_)
    total += std::min(kPageBytes, size() - dirty.page * kPageBytes);
  return total;
}

void DiskFile::write_back(int64_t begin, int64_t end) {
  end = std::min(end, size());
  if (end <= begin) return;
  durable_ = overlay(durable_, begin, content_.Subcord(bytes(begin), bytes(end - begin)));
}

void DiskFile::write_back_old(SimTime now, Duration after) {
  if (truncated_ && truncated_->since + after <= now) {
    durable_ = durable_.Subcord(0, bytes(truncated_->size));
    truncated_.reset();
  }
  size_t kept = 0;
  for (size_t i = 0; i < dirty_.size();) {
    if (dirty_[i].since + after > now) {
      dirty_[kept++] = dirty_[i++];
      continue;
    }
    // Neighbouring pages in one go.
    size_t end = i + 1;
    while (end < dirty_.size() && dirty_[end].page == dirty_[end - 1].page + 1 &&
           dirty_[end].since + after <= now) {
      ++end;
    }
    write_back(dirty_[i].page * kPageBytes, (dirty_[end - 1].page + 1) * kPageBytes);
    i = end;
  }
  dirty_.resize(kept);
}

int64_t DiskFile::power_loss(SimTime now, Duration after, Rng& rng) {
  write_back_old(now, after);
  if (truncated_ && rng.chance(Ratio{1, 2})) durable_ = durable_.Subcord(0, bytes(truncated_->size));
  std::vector<int64_t> survivors;
  int64_t lost = 0;
  for (const Dirty& dirty : dirty_) {
    if (rng.chance(Ratio{1, 2})) {
      survivors.push_back(dirty.page);
    } else {
      lost += std::min(kPageBytes, size() - dirty.page * kPageBytes);
    }
  }
  // One page was on its way when the power went.
  size_t torn = survivors.empty() ? 0 : rng.below(survivors.size());
  for (size_t i = 0; i < survivors.size(); ++i) {
    int64_t begin = survivors[i] * kPageBytes;
    int64_t end = std::min(begin + kPageBytes, size());
    if (i == torn && end > begin) {
      int64_t kept = static_cast<int64_t>(rng.below(static_cast<uint64_t>(end - begin) + 1));
      lost += end - begin - kept;
      end = begin + kept;
    }
    write_back(begin, end);
  }
  content_ = durable_;
  dirty_.clear();
  truncated_.reset();
  return lost;
}

}  // namespace sim
