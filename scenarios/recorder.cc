// SPDX-License-Identifier: Apache-2.0

#include "scenarios/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/format.h"
#include "sim/check.h"

namespace scenarios {

namespace {

using models::NodeReport;

std::string field(const NodeReport::Told& told, std::string_view name) {
  for (const auto& [key, value] : told.note.fields) {
    if (key == name) return value;
  }
  return {};
}

int64_t number(const std::string& text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

models::NodeId node_of(const std::string& text) {
  return text.empty() || text == "none" ? models::kNoNode
                                        : models::NodeId(static_cast<int32_t>(number(text)));
}

// "[1, 2, 3]" -> "{1,2,3}"
std::string set_of(const std::string& list) {
  std::string text = "{";
  for (char c : list) {
    if (c == ',' || (c >= '0' && c <= '9')) text += c;
  }
  return text + "}";
}

size_t members_of(const std::string& list) {
  bool empty = std::none_of(list.begin(), list.end(), [](char c) { return c >= '0' && c <= '9'; });
  return empty ? 0 : 1 + static_cast<size_t>(std::count(list.begin(), list.end(), ','));
}

size_t lacking(const models::PartitionRegistration& p) { return p.replicas.size() - p.isr.size(); }

}  // namespace

models::TopicPartition partition_named(std::string_view text) {
  size_t dash = text.rfind('-');
  SIM_CHECK(dash != std::string_view::npos, std::string(text));
  int32_t index = 0;
  std::from_chars(text.data() + dash + 1, text.data() + text.size(), index);
  return {std::string(text.substr(0, dash)), index};
}

const Series* Recorder::find(std::string_view metric, std::string_view argument) const {
  auto found = series_.find({std::string(metric), std::string(argument)});
  return found == series_.end() ? nullptr : &found->second;
}

void Recorder::count(std::string_view metric, const std::string& partition,
                     const std::string& topic, sim::SimTime at, int64_t by) {
  for (const std::string& argument : {std::string(), topic, partition})
    series_[{std::string(metric), argument}].add(at, by);
  ++changes_;
}

std::optional<int64_t> Recorder::current(const Expectation& asked) const {
  const Series* series = find(asked.metric, asked.arguments.empty() ? "" : asked.arguments.front());
  if (series != nullptr) return series->last();
  bool counts = find_metric(asked.metric)->kind == MetricKind::kCounter;
  return counts ? std::optional<int64_t>(0) : std::nullopt;
}

void Recorder::on_image(const models::MetadataImage& image, sim::SimTime at) {
  int64_t under_replicated = 0, under_min_isr = 0, offline = 0, fenced = 0;
  for (const auto& [name, topic] : image.topics) {
    for (size_t p = 0; p < topic.partitions.size(); ++p) {
      const models::PartitionRegistration& partition = topic.partitions[p];
      on_partition(name + "-" + std::to_string(p), name, partition, at);
      under_replicated += lacking(partition) > 0;
      under_min_isr += partition.isr.size() < static_cast<size_t>(topic.config.min_insync_replicas);
      offline += partition.leader == models::kNoNode;
    }
  }
  for (const auto& [id, broker] : image.brokers) fenced += broker.fenced;
  sample("under_replicated", "", at, under_replicated);
  sample("under_min_isr", "", at, under_min_isr);
  sample("offline", "", at, offline);
  sample("fenced_brokers", "", at, fenced);
}

void Recorder::on_partition(const std::string& name, const std::string& topic,
                            const models::PartitionRegistration& now, sim::SimTime at) {
  auto [found, is_new] = partitions_.try_emplace(name, now);
  if (!is_new && found->second == now) return;
  models::PartitionRegistration before = std::exchange(found->second, now);
  sample("isr", name, at, static_cast<int64_t>(now.isr.size()));
  sample("leader", name, at, now.leader.value());
  std::string isr;
  for (models::NodeId id : now.isr) isr += (isr.empty() ? "" : ",") + std::to_string(id.value());
  partition_changes_.push_back({at, name, now.leader, now.leader_epoch, std::move(isr)});
  if (is_new) return;
  if (now.leader_epoch != before.leader_epoch && now.leader != models::kNoNode) {
    count("leader_changes", name, topic, at);
    // The image may have moved by several changes at once: the ISR says nothing.
    if (now.recovering && !before.recovering) count("unclean_elections", name, topic, at);
  }
  auto lost = [&](models::NodeId id) { return !now.in_isr(id); };
  auto won = [&](models::NodeId id) { return !before.in_isr(id); };
  if (std::any_of(before.isr.begin(), before.isr.end(), lost))
    count("isr_shrinks", name, topic, at);
  if (std::any_of(now.isr.begin(), now.isr.end(), won)) count("isr_expands", name, topic, at);
}

void Recorder::on_note(const NodeReport::Told& told, models::NodeId node, bool is_controller,
                       sim::SimTime at) {
  std::string_view what = told.note.what;
  if (what == "truncated") {
    on_truncation(told, node, at);
  } else if (what == "segments_deleted" || what == "records_deleted") {
    on_deletion(told, at);
  } else if (what == "unknown_producer_taken_over") {
    on_unknown_producer(told, at);
  } else if (what == "forgotten_batch_refused") {
    on_forgotten_batch(told, at);
  } else if (what == "log_cleaned") {
    on_cleaning(told, node, at);
  } else if (what == "corrupt_batch") {
    tell(told, at, "corrupt", field(told, "partition"),
         fmt::format("a batch that cannot be read, {} to {}", field(told, "from"),
                     field(told, "to")),
         "its CRC is wrong");
  } else if (what == "log_cut_at_recovery") {
    tell(told, at, "recovery", field(told, "partition"),
         fmt::format("broker {} cut {} torn bytes, its log ends at {}", node.value(),
                     field(told, "bytes"), field(told, "end")),
         "");
  } else if (what == "broker_cannot_start") {
    tell(told, at, "broken", fmt::format("broker {}", node.value()), std::string(what),
         field(told, "why"));
  } else if (what == "log_directory_failed") {
    tell(told, at, "broken", fmt::format("broker {}", node.value()),
         fmt::format("log directory /{} failed", field(told, "directory")),
         fmt::format("{} did not work", field(told, "during")));
  } else if (what == "stray_replica") {
    tell(told, at, "stray", field(told, "partition"),
         fmt::format("broker {} put a log aside that is not its own", node.value()),
         "the topic or the replica is no more");
  }
  if (!is_controller || at < sim::SimTime()) return;
  if (on_quorum_note(told, node, at)) return;
  if (what == "leader_elected") {
    on_election(told, at);
  } else if (what == "isr_changed") {
    size_t from = members_of(field(told, "from")), to = members_of(field(told, "to"));
    tell(told, at, "isr", field(told, "partition"),
         fmt::format("ISR {} -> {}", set_of(field(told, "from")), set_of(field(told, "to"))),
         field(told, "why"),
         to < from   ? "shrinks"
         : to > from ? "expands"
                     : "changes");
  } else if (what == "broker_fenced" || what == "broker_unfenced" ||
             what == "controlled_shutdown") {
    std::string kind = what == "broker_fenced"     ? "fenced"
                       : what == "broker_unfenced" ? "unfenced"
                                                   : "shutdown";
    tell(told, at, kind, "broker " + field(told, "broker"), "", field(told, "reason"));
  }
}

bool Recorder::on_quorum_note(const NodeReport::Told& told, models::NodeId node, sim::SimTime at) {
  std::string_view what = told.note.what;
  std::string who = fmt::format("controller {}", node.value());
  if (what == "controller_active") {
    tell(told, at, "controller", who, fmt::format("elected, epoch {}", field(told, "epoch")), "");
  } else if (what == "controller_resigned") {
    tell(told, at, "controller", who, fmt::format("resigned from epoch {}", field(told, "epoch")),
         field(told, "reason"));
  } else if (what == "metadata_log_truncated") {
    tell(told, at, "controller", who,
         fmt::format("cut {} metadata records, its log ends at {}", field(told, "records"),
                     field(told, "to")),
         "they were never committed");
  } else if (what == "snapshot_fetched") {
    tell(told, at, "controller", who,
         fmt::format("took snapshot {} in place of its log, which ended at {}",
                     field(told, "snapshot"), field(told, "log_end")),
         "the active controller's log begins later");
  } else if (what == "metadata_log_shortened") {
    tell(told, at, "controller", who,
         fmt::format("its metadata log begins at {}", field(told, "log_start")),
         "a snapshot stands for what was before");
  } else if (what == "controller_halted") {
    tell(told, at, "broken", who, std::string(what), field(told, "reason"));
  } else {
    return false;
  }
  return true;
}

void Recorder::on_election(const NodeReport::Told& told, sim::SimTime at) {
  int64_t epoch = number(field(told, "epoch"));
  std::string partition = field(told, "partition");
  bool unclean = field(told, "unclean") == "yes";
  models::NodeId to = node_of(field(told, "to"));
  tell(told, at, "election", partition,
       fmt::format("leader {} -> {}, epoch {} -> {}, ISR {}{}", field(told, "from"),
                   field(told, "to"), epoch - 1, epoch, set_of(field(told, "isr")),
                   unclean ? ", unclean" : ""),
       field(told, "why"),
       to == models::kNoNode ? "lost"
       : unclean             ? "unclean"
                             : "won");
  elections_.push_back({at, partition_named(partition), node_of(field(told, "from")), to,
                        models::LeaderEpoch(static_cast<int32_t>(epoch)), told.event, unclean});
}

void Recorder::on_truncation(const NodeReport::Told& told, models::NodeId node, sim::SimTime at) {
  std::string partition = field(told, "partition");
  int64_t records = number(field(told, "records"));
  models::TopicPartition name = partition_named(partition);
  count("truncated", partition, name.topic, at, records);
  std::string text = fmt::format("broker {} removed {} records from {} on", node.value(), records,
                                 field(told, "to"));
  truncations_.push_back({name, models::Offset(number(field(told, "to"))), records, at, told.event,
                          fmt::format("{} {} truncated: {}", clock_of(at), partition, text)});
  tell(told, at, "truncated", partition, std::move(text), field(told, "why"));
}

// Retention is each replica's own; the first to delete counts.
void Recorder::on_deletion(const NodeReport::Told& told, sim::SimTime at) {
  std::string partition = field(told, "partition");
  models::TopicPartition name = partition_named(partition);
  models::Offset start(number(field(told, "log_start")));
  models::Offset& before = log_start_[name];
  if (start <= before) return;
  log_starts_.push_back({name, start, at, told.event, told.note.what == "records_deleted"});
  tell(told, at, "deleted", partition,
       fmt::format("log start {} -> {}", before.value(), start.value()), field(told, "why"));
  before = start;
}

void Recorder::on_unknown_producer(const NodeReport::Told& told, sim::SimTime at) {
  std::string partition = field(told, "partition");
  models::Offset offset(number(field(told, "offset")));
  models::ProducerId id(number(field(told, "producer_id")));
  unknown_producers_.push_back({partition_named(partition), offset, id, 0, at, told.event});
  tell(told, at, "producer", partition,
       fmt::format("producer id {} begins with sequence {} at offset {}",
                   field(told, "producer_id"), field(told, "sequence"), offset.value()),
       "the leader does not know it, and takes any first sequence");
}

void Recorder::on_forgotten_batch(const NodeReport::Told& told, sim::SimTime at) {
  std::string partition = field(told, "partition");
  models::Offset offset(number(field(told, "offset")));
  forgotten_batches_.push_back({partition_named(partition), offset, at, told.event});
  tell(told, at, "producer", partition,
       fmt::format("a batch with sequence {} of producer id {} is refused, though it is stored",
                   field(told, "sequence"), field(told, "producer_id")),
       "a leader that starts anew knows only the last batch of each producer");
}

void Recorder::on_cleaning(const NodeReport::Told& told, models::NodeId node, sim::SimTime at) {
  std::string partition = field(told, "partition");
  int64_t gone = number(field(told, "records_before")) - number(field(told, "records_after"));
  count("cleaned", partition, partition_named(partition).topic, at, gone);
  if (gone == 0) return;
  tell(told, at, "cleaned", partition,
       fmt::format("broker {} removed {} records that later ones of their key replaced",
                   node.value(), gone),
       "");
}

void Recorder::tell(const NodeReport::Told& told, sim::SimTime at, std::string kind,
                    std::string subject, std::string text, std::string cause,
                    std::string_view direction) {
  timeline_.push_back({at, told.event, std::move(kind), std::move(subject), std::move(text),
                       std::move(cause), std::string(direction)});
}

}  // namespace scenarios
