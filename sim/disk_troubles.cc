// SPDX-License-Identifier: Apache-2.0

#include "sim/disk_troubles.h"

#include <algorithm>

namespace sim {

void DiskTroubles::begin(uint64_t token, const DiskTrouble& trouble) {
  active_.push_back({trouble, token});
}

int64_t DiskTroubles::spoilt_by(uint64_t token) const {
  int64_t spoilt = 0;
  for (const Active& active : active_) spoilt += active.token == token ? active.spoilt : 0;
  return spoilt;
}

bool DiskTroubles::none_stops_work() const {
  return std::all_of(active_.begin(), active_.end(), [](const Active& active) {
    return active.trouble.kind != DiskTrouble::Kind::kFailing;
  });
}

int64_t DiskTroubles::end(uint64_t token) {
  int64_t spoilt = spoilt_by(token);
  std::erase_if(active_, [&](const Active& active) { return active.token == token; });
  return spoilt;
}

absl::Status DiskTroubles::fail(int32_t device, bool is_write) {
  for (Active& active : active_) {
    if (!active.hits(DiskTrouble::Kind::kFailing, device)) continue;
    if (is_write ? !active.trouble.writes : !active.trouble.reads) continue;
    ++active.spoilt;
    return absl::UnavailableError("input/output error");
  }
  return absl::OkStatus();
}

absl::Status DiskTroubles::on_read(int32_t device) { return fail(device, /*is_write=*/false); }
absl::Status DiskTroubles::on_write(int32_t device) { return fail(device, /*is_write=*/true); }

int64_t DiskTroubles::grow(int32_t device, int64_t bytes) {
  int64_t room = bytes;
  for (Active& active : active_) {
    if (!active.hits(DiskTrouble::Kind::kFull, device)) continue;
    if (active.trouble.free_bytes < bytes) ++active.spoilt;
    room = std::min(room, active.trouble.free_bytes);
  }
  shrink(device, -room);
  return room;
}

void DiskTroubles::shrink(int32_t device, int64_t bytes) {
  for (Active& active : active_) {
    if (active.hits(DiskTrouble::Kind::kFull, device)) active.trouble.free_bytes += bytes;
  }
}

bool DiskTroubles::ignores_sync(int32_t device) {
  bool ignores = false;
  for (Active& active : active_) {
    if (!active.hits(DiskTrouble::Kind::kLying, device)) continue;
    ++active.spoilt;
    ignores = true;
  }
  return ignores;
}

}  // namespace sim
