// SPDX-License-Identifier: Apache-2.0
//
// Texts for notes: "1,2,3".

#ifndef MODELS_REPLICATION_NOTES_H_
#define MODELS_REPLICATION_NOTES_H_

#include <string>
#include <vector>

#include "models/common/ids.h"
#include "models/protocol/alter_partition.h"

namespace models {

inline std::string list_of(const std::vector<NodeId>& nodes) {
  std::string text;
  for (NodeId node : nodes) {
    if (!text.empty()) text += ',';
    text += std::to_string(node.value());
  }
  return text;
}

inline std::string list_of(const std::vector<IsrMember>& members) {
  std::vector<NodeId> nodes;
  for (const IsrMember& member : members) nodes.push_back(member.broker_id);
  return list_of(nodes);
}

}  // namespace models

#endif  // MODELS_REPLICATION_NOTES_H_
