// SPDX-License-Identifier: Apache-2.0
//
// `partition.metadata` in a partition's directory: the id of its topic, by which a log is told from
// one of a former topic of the same name.
//
//   version: 0
//   topic_id: fx2mDkr9TIGdbCSDWjdhew
//
// Source: storage/.../checkpoint/PartitionMetadataFile.java.

#ifndef MODELS_REPLICATION_PARTITION_METADATA_H_
#define MODELS_REPLICATION_PARTITION_METADATA_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "sim/file_system.h"

namespace models {

inline constexpr std::string_view kPartitionMetadataFile = "partition.metadata";

// The id as text; empty: there is no file, or it cannot be read.
std::string read_topic_id(const std::string& directory, sim::FileSystem& disk);
// Durable when it returns.
absl::Status write_topic_id(const std::string& directory, const std::string& topic_id,
                            sim::FileSystem& disk);

}  // namespace models

#endif  // MODELS_REPLICATION_PARTITION_METADATA_H_
