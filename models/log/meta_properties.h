// SPDX-License-Identifier: Apache-2.0
//
// Two files that say whose a directory is.
//
//   meta.properties      at the root of a log directory: version=1, cluster.id, node.id and the
//                        directory's own id, made when the directory is formatted
//   partition.metadata   in a partition's directory: the id of its topic; a log without it, or with
//                        another topic's, is a stray
//
// Both are replaced as a whole. What is there and cannot be understood is DataLoss, with the reason.
// Source: metadata/.../properties/{MetaProperties,PropertiesUtils}.java, storage/.../checkpoint/
// {PartitionMetadataFile,PartitionMetadataReadBuffer}.java.

#ifndef MODELS_LOG_META_PROPERTIES_H_
#define MODELS_LOG_META_PROPERTIES_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/common/ids.h"
#include "models/common/step.h"

namespace models {

inline constexpr std::string_view kMetaPropertiesFile = "meta.properties";
inline constexpr std::string_view kPartitionMetadataFile = "partition.metadata";

struct MetaProperties {
  std::string cluster_id;
  NodeId node_id = kNoNode;
  std::optional<Uuid> directory_id;  // Absent in directories from before KIP-858.
  bool operator==(const MetaProperties&) const = default;
};

// Nothing if the directory has no such file: it is not formatted.
absl::StatusOr<std::optional<MetaProperties>> read_meta_properties(const std::string& directory,
                                                                   Step& step);
absl::Status write_meta_properties(const std::string& directory, const MetaProperties& properties,
                                   Step& step);
// Creates the directory if need be, formats it if it is not, gives it an id if it has none, and
// returns its id. FailedPrecondition if it is another node's or another cluster's.
absl::StatusOr<Uuid> prepare_log_directory(const std::string& directory,
                                           const std::string& cluster_id, NodeId node, Step& step);

// Nothing if there is no such file.
absl::StatusOr<std::optional<Uuid>> read_partition_metadata(const std::string& directory,
                                                            Step& step);
absl::Status write_partition_metadata(const std::string& directory, const Uuid& topic_id,
                                      Step& step);

}  // namespace models

#endif  // MODELS_LOG_META_PROPERTIES_H_
