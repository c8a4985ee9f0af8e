// SPDX-License-Identifier: Apache-2.0
//
// An image of the cluster's metadata as the records that make it anew, in the order in which Kafka
// writes them into a snapshot, and what differs between two images.
// Source: metadata/.../image/{Metadata,Features,Cluster,Topics,Configurations,ProducerIds}Image.java
// (write); *Delta.java (finishSnapshot).

#ifndef MODELS_CONTROLLER_IMAGE_RECORDS_H_
#define MODELS_CONTROLLER_IMAGE_RECORDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "models/common/metadata_image.h"
#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_records.h"
#include "models/raft/snapshot_records.h"

namespace models {

// Features, brokers, topics each with its partitions, settings, producer ids.
std::vector<MetadataRecord> records_of(const MetadataImage& image);

// What a snapshot of `image` holds, which the log gave up to `reached`.
SnapshotContent snapshot_of(const MetadataImage& image, const MetadataPosition& reached);

// The records of a snapshot's bytes. DataLoss, InvalidArgument or Unimplemented for what is none.
absl::StatusOr<std::vector<MetadataRecord>> records_in_snapshot(const absl::Cord& snapshot);

// What `after` has that `before` has not, and the other way round.
MetadataDelta difference(const MetadataImage& before, const MetadataImage& after);

}  // namespace models

#endif  // MODELS_CONTROLLER_IMAGE_RECORDS_H_
