// SPDX-License-Identifier: Apache-2.0

#include "models/controller/controller_notes.h"

#include "sim/check.h"

namespace models {

namespace {

std::string text_of(NodeId id) { return id == kNoNode ? "none" : std::to_string(id.value()); }

void note(const RegisterBrokerRecord& record, const MetadataReplay& before, std::string_view,
          Step& step) {
  const BrokerRegistration* former = before.image().find(record.broker_id);
  BrokerEpoch former_epoch = former == nullptr ? kNoBrokerEpoch : former->epoch;
  step.effects.note("broker_registered", {{"broker", text_of(record.broker_id)},
                                          {"epoch", std::to_string(record.broker_epoch.value())},
                                          {"former_epoch", std::to_string(former_epoch.value())},
                                          {"incarnation", to_string(record.incarnation_id)}});
}

void note(const BrokerRegistrationChangeRecord& record, const MetadataReplay&, std::string_view why,
          Step& step) {
  std::string_view what = "controlled_shutdown";
  if (record.fencing == FencingChange::kFence) what = "broker_fenced";
  if (record.fencing == FencingChange::kUnfence) what = "broker_unfenced";
  step.effects.note(what, {{"broker", text_of(record.broker_id)},
                           {"epoch", std::to_string(record.broker_epoch.value())},
                           {"reason", std::string(why)}});
}

void note(const TopicRecord& record, const MetadataReplay&, std::string_view, Step& step) {
  step.effects.note("topic_created", {{"topic", record.name}, {"id", to_string(record.topic_id)}});
}

void note(const PartitionRecord& record, const MetadataReplay& before, std::string_view why,
          Step& step) {
  const TopicImage* topic = before.find_topic(record.topic_id);
  SIM_CHECK(topic != nullptr, to_string(record.topic_id));
  step.effects.note("leader_elected",
                    {{"partition", to_string(TopicPartition{topic->name, record.partition_id})},
                     {"from", text_of(kNoNode)},
                     {"to", text_of(record.partition.leader)},
                     {"epoch", std::to_string(record.partition.leader_epoch.value())},
                     {"isr", text_of(record.partition.isr)},
                     {"why", std::string(why)}});
}

void note(const PartitionChangeRecord& record, const MetadataReplay& before, std::string_view why,
          Step& step) {
  const TopicImage* topic = before.find_topic(record.topic_id);
  SIM_CHECK(topic != nullptr, to_string(record.topic_id));
  const PartitionRegistration& old = topic->partitions.at(static_cast<size_t>(record.partition_id));
  PartitionRegistration next = merge(old, record);
  std::string partition = to_string(TopicPartition{topic->name, record.partition_id});
  if (next.isr != old.isr) {
    step.effects.note("isr_changed",
                      {{"partition", partition},
                       {"from", text_of(old.isr)},
                       {"to", text_of(next.isr)},
                       {"partition_epoch", std::to_string(next.partition_epoch.value())},
                       {"why", std::string(why)}});
  }
  if (next.leader_epoch == old.leader_epoch) return;
  step.effects.note("leader_elected",
                    {{"partition", partition},
                     {"from", text_of(old.leader)},
                     {"to", text_of(next.leader)},
                     {"epoch", std::to_string(next.leader_epoch.value())},
                     {"isr", text_of(next.isr)},
                     {"unclean", next.recovering && !old.recovering ? "yes" : "no"},
                     {"why", std::string(why)}});
}

// Not of interest outside.
void note(const ConfigRecord&, const MetadataReplay&, std::string_view, Step&) {}
void note(const ProducerIdsRecord&, const MetadataReplay&, std::string_view, Step&) {}
void note(const NoOpRecord&, const MetadataReplay&, std::string_view, Step&) {}
void note(const FeatureLevelRecord&, const MetadataReplay&, std::string_view, Step&) {}

}  // namespace

std::string text_of(const std::vector<NodeId>& ids) {
  std::string text = "[";
  for (NodeId id : ids) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(id.value());
  }
  return text + "]";
}

void note_record(const MetadataRecord& record, const MetadataReplay& before, std::string_view why,
                 Step& step) {
  std::visit([&](const auto& body) { note(body, before, why, step); }, record);
}

}  // namespace models
