// SPDX-License-Identifier: Apache-2.0

#include "models/controller/metadata_records.h"

#include <utility>

#include "models/controller/wire_format.h"

namespace models {

namespace {

constexpr uint32_t kFrameVersion = 1;

// Api key and version of each record, in the order of MetadataRecord.
struct Schema {
  uint32_t api_key;
  uint32_t version;
};
constexpr Schema kRegisterBroker{0, 3};
constexpr Schema kUnregisterBroker{1, 0};
constexpr Schema kTopic{2, 0};
constexpr Schema kPartition{3, 2};
constexpr Schema kConfig{4, 0};
constexpr Schema kPartitionChange{5, 2};
constexpr Schema kRemoveTopic{9, 0};
constexpr Schema kFeatureLevel{12, 0};
constexpr Schema kProducerIds{15, 0};
constexpr Schema kBrokerRegistrationChange{17, 2};  // The highest of the three versions written.
constexpr Schema kNoOp{20, 0};
constexpr Schema kClearElr{28, 0};

std::string int_body(uint64_t value, int bytes) {
  WireWriter out;
  out.integer(value, bytes);
  return out.bytes();
}

void write(const std::vector<Uuid>& ids, WireWriter& out) {
  out.unsigned_varint(static_cast<uint32_t>(ids.size()) + 1);
  for (const Uuid& id : ids) out.uuid(id);
}

std::vector<Uuid> read_uuids(WireReader& in) {
  uint32_t count = in.array_length();
  std::vector<Uuid> ids;
  for (uint32_t i = 0; i < count && in.ok(); ++i) ids.push_back(in.uuid());
  return ids;
}

std::string uuids_body(const std::vector<Uuid>& ids) {
  WireWriter out;
  write(ids, out);
  return out.bytes();
}

std::string node_ids_body(const std::vector<NodeId>& ids) {
  WireWriter out;
  out.node_ids(ids);
  return out.bytes();
}

Schema schema_of(const RegisterBrokerRecord&) { return kRegisterBroker; }
Schema schema_of(const TopicRecord&) { return kTopic; }
Schema schema_of(const PartitionRecord&) { return kPartition; }
Schema schema_of(const ConfigRecord&) { return kConfig; }
Schema schema_of(const PartitionChangeRecord&) { return kPartitionChange; }
Schema schema_of(const FeatureLevelRecord&) { return kFeatureLevel; }
Schema schema_of(const ProducerIdsRecord&) { return kProducerIds; }
Schema schema_of(const NoOpRecord&) { return kNoOp; }
Schema schema_of(const RemoveTopicRecord&) { return kRemoveTopic; }
Schema schema_of(const ClearElrRecord&) { return kClearElr; }
Schema schema_of(const UnregisterBrokerRecord&) { return kUnregisterBroker; }
// The controller writes fencing at version 0, a controlled shutdown at 1, directories at 2.
Schema schema_of(const BrokerRegistrationChangeRecord& record) {
  uint32_t version = record.enters_controlled_shutdown ? 1 : 0;
  if (!record.log_dirs.empty()) version = kBrokerRegistrationChange.version;
  return {kBrokerRegistrationChange.api_key, version};
}

void write(const RegisterBrokerRecord& record, WireWriter& out) {
  out.i32(record.broker_id.value());
  out.boolean(false);  // IsMigratingZkBroker
  out.uuid(record.incarnation_id);
  out.i64(record.broker_epoch.value());
  out.unsigned_varint(1);  // EndPoints: none
  out.unsigned_varint(1);  // Features: none
  if (record.rack.empty()) {
    out.nullable_string(std::nullopt);
  } else {
    out.string(record.rack);
  }
  out.boolean(record.fenced);
  out.boolean(record.in_controlled_shutdown);
  std::vector<std::pair<uint32_t, std::string>> tagged;
  if (!record.log_dirs.empty()) tagged.emplace_back(0, uuids_body(record.log_dirs));
  out.tagged_fields(tagged);
}

void write(const BrokerRegistrationChangeRecord& record, WireWriter& out) {
  out.i32(record.broker_id.value());
  out.i64(record.broker_epoch.value());
  std::vector<std::pair<uint32_t, std::string>> tagged;
  if (record.fencing != FencingChange::kNone) {
    tagged.emplace_back(0, int_body(static_cast<uint64_t>(record.fencing), 1));
  }
  if (record.enters_controlled_shutdown) tagged.emplace_back(1, int_body(1, 1));
  if (!record.log_dirs.empty()) tagged.emplace_back(2, uuids_body(record.log_dirs));
  out.tagged_fields(tagged);
}

void write(const TopicRecord& record, WireWriter& out) {
  out.string(record.name);
  out.uuid(record.topic_id);
  out.tagged_fields({});
}

void write(const PartitionRecord& record, WireWriter& out) {
  const PartitionRegistration& partition = record.partition;
  out.i32(record.partition_id);
  out.uuid(record.topic_id);
  out.node_ids(partition.replicas);
  out.node_ids(partition.isr);
  out.node_ids(partition.removing);
  out.node_ids(partition.adding);
  out.i32(partition.leader.value());
  out.i32(partition.leader_epoch.value());
  out.i32(partition.partition_epoch.value());
  std::vector<Uuid> directories = partition.directories;
  directories.resize(partition.replicas.size(), kMigratingDirectory);
  write(directories, out);
  std::vector<std::pair<uint32_t, std::string>> tagged;
  if (partition.recovering) tagged.emplace_back(0, int_body(1, 1));
  if (!partition.elr.empty()) tagged.emplace_back(1, node_ids_body(partition.elr));
  if (!partition.last_known_elr.empty()) {
    tagged.emplace_back(2, node_ids_body(partition.last_known_elr));
  }
  out.tagged_fields(tagged);
}

void write(const PartitionChangeRecord& record, WireWriter& out) {
  out.i32(record.partition_id);
  out.uuid(record.topic_id);
  std::vector<std::pair<uint32_t, std::string>> tagged;
  if (record.isr) tagged.emplace_back(0, node_ids_body(*record.isr));
  if (record.leader) {
    tagged.emplace_back(1, int_body(static_cast<uint64_t>(record.leader->value()), 4));
  }
  auto add = [&](uint32_t tag, const std::optional<std::vector<NodeId>>& ids) {
    if (ids) tagged.emplace_back(tag, node_ids_body(*ids));
  };
  add(2, record.replicas);
  add(3, record.removing);
  add(4, record.adding);
  if (record.recovering) tagged.emplace_back(5, int_body(*record.recovering ? 1 : 0, 1));
  add(6, record.elr);
  add(7, record.last_known_elr);
  if (record.directories) tagged.emplace_back(8, uuids_body(*record.directories));
  out.tagged_fields(tagged);
}

void write(const ConfigRecord& record, WireWriter& out) {
  out.i8(record.resource_type);
  out.string(record.resource_name);
  out.string(record.name);
  out.nullable_string(record.value);
  out.tagged_fields({});
}

void write(const ProducerIdsRecord& record, WireWriter& out) {
  out.i32(record.broker_id.value());
  out.i64(record.broker_epoch.value());
  out.i64(record.next_producer_id.value());
  out.tagged_fields({});
}

void write(const NoOpRecord&, WireWriter& out) { out.tagged_fields({}); }

void write(const RemoveTopicRecord& record, WireWriter& out) {
  out.uuid(record.topic_id);
  out.tagged_fields({});
}

void write(const ClearElrRecord& record, WireWriter& out) {
  out.string(record.topic);
  out.tagged_fields({});
}

void write(const UnregisterBrokerRecord& record, WireWriter& out) {
  out.i32(record.broker_id.value());
  out.i64(record.broker_epoch.value());
  out.tagged_fields({});
}

void write(const FeatureLevelRecord& record, WireWriter& out) {
  out.string(record.name);
  out.i16(record.level);
  out.tagged_fields({});
}

absl::Status not_modelled(const char* what) { return absl::UnimplementedError(what); }

absl::StatusOr<MetadataRecord> read_register_broker(WireReader& in) {
  RegisterBrokerRecord record;
  record.broker_id = NodeId(in.i32());
  in.boolean();  // IsMigratingZkBroker
  record.incarnation_id = in.uuid();
  record.broker_epoch = BrokerEpoch(in.i64());
  if (in.array_length() != 0) return not_modelled("RegisterBrokerRecord with endpoints");
  if (in.array_length() != 0) return not_modelled("RegisterBrokerRecord with features");
  record.rack = in.nullable_string().value_or(std::string());
  record.fenced = in.boolean();
  record.in_controlled_shutdown = in.boolean();
  for (const auto& [tag, body] : in.tagged_fields()) {
    if (tag != 0) return not_modelled("RegisterBrokerRecord with unknown tags");
    WireReader field(body);
    record.log_dirs = read_uuids(field);
    if (!field.ok() || !field.at_end()) in.fail();
  }
  return record;
}

absl::StatusOr<MetadataRecord> read_registration_change(WireReader& in) {
  BrokerRegistrationChangeRecord record;
  record.broker_id = NodeId(in.i32());
  record.broker_epoch = BrokerEpoch(in.i64());
  for (const auto& [tag, body] : in.tagged_fields()) {
    WireReader field(body);
    if (tag == 2) {
      record.log_dirs = read_uuids(field);
      if (!field.ok() || !field.at_end()) in.fail();
      continue;
    }
    int8_t value = field.i8();
    if (!field.ok() || value < -1 || value > 1) in.fail();
    if (tag == 0) {
      record.fencing = static_cast<FencingChange>(value);
    } else if (tag == 1) {
      record.enters_controlled_shutdown = value == 1;
    } else {
      return not_modelled("BrokerRegistrationChangeRecord with unknown tags");
    }
  }
  return record;
}

absl::StatusOr<MetadataRecord> read_topic(WireReader& in) {
  TopicRecord record;
  record.name = in.string();
  record.topic_id = in.uuid();
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_partition(WireReader& in) {
  PartitionRecord record;
  PartitionRegistration& partition = record.partition;
  record.partition_id = in.i32();
  record.topic_id = in.uuid();
  partition.replicas = in.node_ids();
  partition.isr = in.node_ids();
  partition.removing = in.node_ids();
  partition.adding = in.node_ids();
  partition.leader = NodeId(in.i32());
  partition.leader_epoch = LeaderEpoch(in.i32());
  partition.partition_epoch = PartitionEpoch(in.i32());
  partition.directories = read_uuids(in);
  for (const auto& [tag, body] : in.tagged_fields()) {
    WireReader field(body);
    if (tag == 0) {
      partition.recovering = field.boolean();
    } else if (tag == 1) {
      partition.elr = field.node_ids();
    } else if (tag == 2) {
      partition.last_known_elr = field.node_ids();
    } else {
      return not_modelled("a field of PartitionRecord");
    }
    if (!field.ok() || !field.at_end()) in.fail();
  }
  return record;
}

absl::StatusOr<MetadataRecord> read_partition_change(WireReader& in) {
  PartitionChangeRecord record;
  record.partition_id = in.i32();
  record.topic_id = in.uuid();
  for (const auto& [tag, body] : in.tagged_fields()) {
    WireReader field(body);
    switch (tag) {
      case 0:
        record.isr = field.node_ids();
        break;
      case 1:
        record.leader = NodeId(field.i32());
        break;
      case 2:
        record.replicas = field.node_ids();
        break;
      case 3:
        record.removing = field.node_ids();
        break;
      case 4:
        record.adding = field.node_ids();
        break;
      case 5:
        record.recovering = field.boolean();
        break;
      case 6:
        record.elr = field.node_ids();
        break;
      case 7:
        record.last_known_elr = field.node_ids();
        break;
      case 8:
        record.directories = read_uuids(field);
        break;
      default:
        return not_modelled("a field of PartitionChangeRecord");
    }
    if (!field.ok() || !field.at_end()) in.fail();
  }
  return record;
}

absl::StatusOr<MetadataRecord> read_config(WireReader& in) {
  ConfigRecord record;
  record.resource_type = in.i8();
  record.resource_name = in.string();
  record.name = in.string();
  record.value = in.nullable_string();
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_producer_ids(WireReader& in) {
  ProducerIdsRecord record;
  record.broker_id = NodeId(in.i32());
  record.broker_epoch = BrokerEpoch(in.i64());
  record.next_producer_id = ProducerId(in.i64());
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_feature_level(WireReader& in) {
  FeatureLevelRecord record;
  record.name = in.string();
  record.level = in.i16();
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_remove_topic(WireReader& in) {
  RemoveTopicRecord record{in.uuid()};
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_clear_elr(WireReader& in) {
  ClearElrRecord record{in.string()};
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_unregister_broker(WireReader& in) {
  UnregisterBrokerRecord record;
  record.broker_id = NodeId(in.i32());
  record.broker_epoch = BrokerEpoch(in.i64());
  in.tagged_fields();
  return record;
}

absl::StatusOr<MetadataRecord> read_no_op(WireReader& in) {
  in.tagged_fields();
  return NoOpRecord{};
}

struct Reader {
  Schema schema;
  absl::StatusOr<MetadataRecord> (*read)(WireReader&);
};
constexpr Reader kReaders[] = {
    {kRegisterBroker, read_register_broker},
    {kTopic, read_topic},
    {kPartition, read_partition},
    {kConfig, read_config},
    {kPartitionChange, read_partition_change},
    {kFeatureLevel, read_feature_level},
    {kProducerIds, read_producer_ids},
    {kBrokerRegistrationChange, read_registration_change},
    {kNoOp, read_no_op},
    {kRemoveTopic, read_remove_topic},
    {kClearElr, read_clear_elr},
    {kUnregisterBroker, read_unregister_broker},
};

// Other versions of these records lay out their fields in other ways, but for the registration
// change, whose versions differ in tags alone.
bool is_readable(const Schema& schema, uint32_t version) {
  return version == schema.version ||
         (schema.api_key == kBrokerRegistrationChange.api_key && version < schema.version);
}

}  // namespace

std::string encode(const MetadataRecord& record) {
  return std::visit(
      [](const auto& body) {
        Schema schema = schema_of(body);
        WireWriter out;
        out.unsigned_varint(kFrameVersion);
        out.unsigned_varint(schema.api_key);
        out.unsigned_varint(schema.version);
        write(body, out);
        return out.bytes();
      },
      record);
}

absl::StatusOr<MetadataRecord> decode_metadata_record(std::string_view bytes) {
  WireReader in(bytes);
  uint32_t frame_version = in.unsigned_varint();
  uint32_t api_key = in.unsigned_varint();
  uint32_t version = in.unsigned_varint();
  if (!in.ok() || frame_version != kFrameVersion) {
    return absl::InvalidArgumentError("malformed frame of a metadata record");
  }
  for (const Reader& reader : kReaders) {
    if (reader.schema.api_key != api_key) continue;
    if (!is_readable(reader.schema, version)) return not_modelled("version of a metadata record");
    absl::StatusOr<MetadataRecord> record = reader.read(in);
    if (!in.ok() || (record.ok() && !in.at_end())) {
      return absl::InvalidArgumentError("malformed body of a metadata record");
    }
    return record;
  }
  return not_modelled("kind of metadata record");
}

}  // namespace models
