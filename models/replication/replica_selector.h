// SPDX-License-Identifier: Apache-2.0
//
// From which replica a consumer should read, as a pure function (KIP-392).
// Source: clients/.../common/replica/{RackAwareReplicaSelector,ReadableReplica}.java.

#ifndef MODELS_REPLICATION_REPLICA_SELECTOR_H_
#define MODELS_REPLICATION_REPLICA_SELECTOR_H_

#include <string_view>

#include "absl/types/span.h"
#include "models/common/ids.h"
#include "sim/time.h"

namespace models {

// A replica that has the offset asked for: the leader, or a member of the ISR.
struct ReadableReplica {
  NodeId id = kNoNode;
  std::string_view rack;  // Empty: none, or its broker is fenced.
  Offset log_end;
  sim::Duration behind;  // Since it was last caught up.
};

// `replicas` begins with the leader. The leader, unless others are in `rack` and it is not: then the
// most caught up of these.
NodeId replica_in_rack(std::string_view rack, absl::Span<const ReadableReplica> replicas);

}  // namespace models

#endif  // MODELS_REPLICATION_REPLICA_SELECTOR_H_
