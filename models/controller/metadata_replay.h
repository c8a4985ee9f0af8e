// SPDX-License-Identifier: Apache-2.0
//
// Replays metadata records into an image: the only code that changes one. The controller and each
// broker's observer replay the same records with it, so that equal logs give equal images.
// Source: metadata/.../image/*Delta.java, metadata/PartitionRegistration.java (merge).

#ifndef MODELS_CONTROLLER_METADATA_REPLAY_H_
#define MODELS_CONTROLLER_METADATA_REPLAY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/config.h"
#include "models/common/metadata_image.h"
#include "models/controller/metadata_records.h"

namespace models {

inline constexpr std::string_view kMetadataVersionFeature = "metadata.version";
inline constexpr std::string_view kElrFeature = "eligible.leader.replicas.version";

// The registration after `change`: partition epoch + 1 always, leader epoch + 1 if a leader is
// named.
PartitionRegistration merge(const PartitionRegistration& partition,
                            const PartitionChangeRecord& change);

class MetadataReplay {
 public:
  // `topic_defaults`: what a topic's configs are laid over, unless a dynamic setting of the cluster
  // or of `node` says otherwise.
  explicit MetadataReplay(const TopicConfig& topic_defaults, NodeId node = kNoNode)
      : static_defaults_(topic_defaults), node_(node), topic_defaults_(topic_defaults) {}

  // `offset` is the record's, and not below `image().next_offset`. A record that does not fit what
  // was replayed before is a bug of its writer (SIM_CHECK).
  void replay(const MetadataRecord& record, Offset offset, MetadataDelta& delta);
  // The log up to `next` holds no more records for the image (control batches).
  void skip_to(Offset next);
  // The image is what a snapshot's records give, which stands for the log below `end`, whatever was
  // replayed before. Returns what that changed.
  MetadataDelta load(const std::vector<MetadataRecord>& records, Offset end);

  const MetadataImage& image() const { return image_; }
  // The topic with this id; nullptr if there is none.
  const TopicImage* find_topic(const Uuid& id) const;

  static void fields(auto&& f) { f("image", &MetadataReplay::image_); }

 private:
  void apply(const RegisterBrokerRecord& record, MetadataDelta& delta);
  void apply(const BrokerRegistrationChangeRecord& record, MetadataDelta& delta);
  void apply(const TopicRecord& record, MetadataDelta& delta);
  void apply(const PartitionRecord& record, MetadataDelta& delta);
  void apply(const PartitionChangeRecord& record, MetadataDelta& delta);
  void apply(const ConfigRecord& record, MetadataDelta& delta);
  void apply(const ProducerIdsRecord& record, MetadataDelta& delta);
  void apply(const NoOpRecord&, MetadataDelta&) {}
  void apply(const FeatureLevelRecord& record, MetadataDelta& delta);
  void apply(const RemoveTopicRecord& record, MetadataDelta& delta);
  void apply(const ClearElrRecord& record, MetadataDelta& delta);
  void apply(const UnregisterBrokerRecord& record, MetadataDelta& delta);

  TopicImage& topic_of(const Uuid& id);
  void apply_broker_config(const ConfigRecord& record, MetadataDelta& delta);
  void resolve_config(TopicImage& topic) const;
  void clear_elr(TopicImage& topic, MetadataDelta& delta);

  TopicConfig static_defaults_;
  NodeId node_;
  TopicConfig topic_defaults_;  // With the dynamic settings of brokers.
  MetadataImage image_;
  absl::btree_map<Uuid, std::string> topic_names_;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_METADATA_REPLAY_H_
