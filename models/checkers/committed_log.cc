// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/committed_log.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace models {

BatchPrint BatchPrint::of(const BatchHeader& header) {
  return {header.base_offset,       header.leader_epoch, header.crc,
          header.last_offset_delta, header.record_count, header.length};
}

std::string to_string(const BatchPrint& print) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string crc;
  for (int shift = 28; shift >= 0; shift -= 4) crc += kDigits[(print.crc >> shift) & 15];
  return std::to_string(print.base.value()) + ".." + std::to_string(print.next().value() - 1) +
         " of epoch " + std::to_string(print.epoch.value()) + " (crc " + crc + ")";
}

const BatchPrint* CommittedLog::starting_by(Offset offset) const {
  const Block* block = &open_;
  if (open_.empty() || offset < open_.front().base) {
    auto above = std::upper_bound(
        blocks_.begin(), blocks_.end(), offset,
        [](Offset o, const std::shared_ptr<const Block>& b) { return o < b->front().base; });
    if (above == blocks_.begin()) return nullptr;
    block = (above - 1)->get();
  }
  auto above = std::upper_bound(block->begin(), block->end(), offset,
                                [](Offset o, const BatchPrint& print) { return o < print.base; });
  return &*(above - 1);
}

Offset CommittedLog::end_of(LeaderEpoch epoch) const {
  if (empty() || last().epoch <= epoch) return end();
  auto later = [](LeaderEpoch e, const BatchPrint& print) { return e < print.epoch; };
  auto block = std::upper_bound(
      blocks_.begin(), blocks_.end(), epoch,
      [](LeaderEpoch e, const std::shared_ptr<const Block>& b) { return e < b->back().epoch; });
  const Block& in = block == blocks_.end() ? open_ : **block;
  return std::upper_bound(in.begin(), in.end(), epoch, later)->base;
}

const BatchPrint* CommittedLog::holding(Offset offset) const {
  const BatchPrint* print = starting_by(offset);
  return print != nullptr && offset < print->next() ? print : nullptr;
}

const BatchPrint* CommittedLog::first_ending_after(Offset offset) const {
  if (offset >= end()) return nullptr;
  const BatchPrint* print = starting_by(offset);
  if (print != nullptr && offset < print->next()) return print;
  auto later = [](const Block& block, Offset o) {
    return std::upper_bound(block.begin(), block.end(), o,
                            [](Offset at, const BatchPrint& p) { return at < p.base; });
  };
  auto block = std::upper_bound(
      blocks_.begin(), blocks_.end(), offset,
      [](Offset o, const std::shared_ptr<const Block>& b) { return o < b->back().base; });
  return &*later(block == blocks_.end() ? open_ : **block, offset);
}

const BatchPrint* CommittedLog::last_ending_by(Offset offset) const {
  const BatchPrint* print = starting_by(offset);
  if (print == nullptr || print->next() <= offset) return print;
  return print->base.value() == 0 ? nullptr : starting_by(print->base - 1);
}

void CommittedLog::push(const BatchPrint& print) {
  SIM_CHECK(print.base >= end(), print.base.value(), end().value());
  open_.push_back(print);
  if (open_.size() < kBlockPrints) return;
  blocks_.push_back(std::make_shared<const Block>(std::move(open_)));
  open_ = Block();
}

void CommittedLog::truncate(Offset end) {
  auto cut = [end](Block& block) {
    while (!block.empty() && block.back().next() > end) block.pop_back();
  };
  cut(open_);
  while (open_.empty() && !blocks_.empty() && blocks_.back()->back().next() > end) {
    open_ = *blocks_.back();
    blocks_.pop_back();
    cut(open_);
  }
}

}  // namespace models
