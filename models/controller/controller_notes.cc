// SPDX-License-Identifier: Apache-2.0

#include "models/controller/controller_notes.h"

#include <algorithm>

#include "models/controller/leader_election.h"
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
  // One of directories alone is told as "directory_offline".
  if (record.fencing == FencingChange::kNone && !record.enters_controlled_shutdown) return;
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

bool has_more(const std::vector<NodeId>& now, const std::vector<NodeId>& before) {
  return std::any_of(now.begin(), now.end(), [&](NodeId id) {
    return std::find(before.begin(), before.end(), id) == before.end();
  });
}

void mark_change(const PartitionRegistration& old, const PartitionRegistration& next, Step& step) {
  if (has_more(next.elr, old.elr)) step.mark(Mark::kElrJoined);
  bool elected = next.leader != old.leader && next.leader != kNoNode;
  if (elected && old.in_elr(next.leader)) step.mark(Mark::kElrLeaderElected);
  if (elected && next.recovering && !old.recovering) {
    bool last_known = old.last_known_elr == std::vector<NodeId>{next.leader};
    step.mark(last_known ? Mark::kLastKnownLeaderElected : Mark::kUncleanLeaderElected);
  }
  if (next.leader == kNoNode && old.leader != kNoNode) step.mark(Mark::kPartitionLeaderless);
  bool of_old = next.leader != old.leader && next.leader == next.replicas.front();
  if (of_old && old.leader != kNoNode && old.replicas == next.replicas) {
    step.mark(Mark::kPreferredLeaderBack);
  }
}

// What becomes of a reassignment, in a word; empty: nothing.
std::string_view reassignment_step(const PartitionRegistration& old,
                                   const PartitionRegistration& next, Step& step) {
  if (!old.is_reassigning() && !next.is_reassigning()) return {};
  if (!old.is_reassigning()) {
    step.mark(Mark::kReassignmentBegun);
    return "begun";
  }
  if (next.is_reassigning()) return old.replicas == next.replicas ? "" : "changed";
  bool completed = next.replicas.size() == final_replica_count(old) &&
                   !has_more(next.replicas, old.replicas) && !has_more(old.adding, next.replicas);
  step.mark(completed ? Mark::kReassignmentCompleted : Mark::kReassignmentCancelled);
  return completed ? "complete" : "cancelled";
}

void note_reassignment(const std::string& partition, const PartitionRegistration& old,
                       const PartitionRegistration& next, Step& step) {
  std::string_view what = reassignment_step(old, next, step);
  if (what.empty()) return;
  step.effects.note("reassignment", {{"partition", partition},
                                     {"what", std::string(what)},
                                     {"replicas", text_of(next.replicas)},
                                     {"adding", text_of(next.adding)},
                                     {"removing", text_of(next.removing)}});
}

void note(const PartitionChangeRecord& record, const MetadataReplay& before, std::string_view why,
          Step& step) {
  const TopicImage* topic = before.find_topic(record.topic_id);
  SIM_CHECK(topic != nullptr, to_string(record.topic_id));
  const PartitionRegistration& old = topic->partitions.at(static_cast<size_t>(record.partition_id));
  PartitionRegistration next = merge(old, record);
  std::string partition = to_string(TopicPartition{topic->name, record.partition_id});
  mark_change(old, next, step);
  note_reassignment(partition, old, next, step);
  if (next.isr != old.isr) {
    step.effects.note("isr_changed",
                      {{"partition", partition},
                       {"from", text_of(old.isr)},
                       {"to", text_of(next.isr)},
                       {"elr", text_of(next.elr)},
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

void note(const ConfigRecord& record, const MetadataReplay&, std::string_view, Step& step) {
  std::string of = record.resource_type == kTopicResource ? "topic " + record.resource_name
                   : record.resource_name.empty()         ? std::string("all brokers")
                                                          : "broker " + record.resource_name;
  step.effects.note(
      "config_changed",
      {{"of", of}, {"key", record.name}, {"value", record.value.value_or("(default)")}});
}

void note(const RemoveTopicRecord& record, const MetadataReplay& before, std::string_view,
          Step& step) {
  const TopicImage* topic = before.find_topic(record.topic_id);
  SIM_CHECK(topic != nullptr, to_string(record.topic_id));
  step.mark(Mark::kTopicDeleted);
  step.effects.note("topic_deleted", {{"topic", topic->name}, {"id", to_string(topic->id)}});
}

void note(const UnregisterBrokerRecord& record, const MetadataReplay&, std::string_view,
          Step& step) {
  step.mark(Mark::kBrokerUnregistered);
  step.effects.note("broker_unregistered", {{"broker", text_of(record.broker_id)}});
}

void note(const ClearElrRecord& record, const MetadataReplay& before, std::string_view,
          Step& step) {
  for (const auto& [name, topic] : before.image().topics) {
    if (!record.topic.empty() && record.topic != name) continue;
    for (const PartitionRegistration& partition : topic.partitions) {
      if (!partition.elr.empty() || !partition.last_known_elr.empty()) step.mark(Mark::kElrCleared);
    }
  }
}

// Not of interest outside.
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
