// SPDX-License-Identifier: Apache-2.0
//
// Answers clients' Metadata requests from a broker's image, which may lag the controller's.
// Source: core/.../server/metadata/KRaftMetadataCache.scala, KafkaApis.scala (handleTopicMetadata).

#ifndef MODELS_CONTROLLER_METADATA_CACHE_H_
#define MODELS_CONTROLLER_METADATA_CACHE_H_

#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/protocol/metadata.h"

namespace models {

// Holds nothing; it is a class so that the broker's machines are called alike.
class MetadataCache {
 public:
  // A topic that the image does not hold: UNKNOWN_TOPIC_OR_PARTITION. A partition whose leader is
  // none, unknown or fenced: LEADER_NOT_AVAILABLE and leader -1. No topics
  // named: brokers only.
  void on_metadata(RequestToken token, const MetadataRequest& request, const MetadataImage& image,
                   Step& step) const;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_CACHE_H_
