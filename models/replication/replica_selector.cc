// SPDX-License-Identifier: Apache-2.0

#include "models/replication/replica_selector.h"

#include <tuple>

namespace models {
namespace {

// The further along, then the less behind, then the larger id.
bool is_better(const ReadableReplica& a, const ReadableReplica& b) {
  return std::tuple(a.log_end, b.behind, a.id) > std::tuple(b.log_end, a.behind, b.id);
}

}  // namespace

NodeId replica_in_rack(std::string_view rack, absl::Span<const ReadableReplica> replicas) {
  const ReadableReplica& leader = replicas.front();
  if (rack.empty() || leader.rack == rack) return leader.id;
  const ReadableReplica* best = nullptr;
  for (const ReadableReplica& replica : replicas.subspan(1)) {
    if (replica.rack == rack && (best == nullptr || is_better(replica, *best))) best = &replica;
  }
  return best == nullptr ? leader.id : best->id;
}

}  // namespace models
