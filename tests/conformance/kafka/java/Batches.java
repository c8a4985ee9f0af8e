// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** Record batches as Kafka's MemoryRecordsBuilder makes them from a script's description. */
final class Batches {
  private static final Set<String> KEYS =
      Set.of(
          "raw", "base_offset", "last_offset", "leader_epoch", "codec", "level", "timestamp_type",
          "append_time", "producer_id", "producer_epoch", "base_sequence", "transactional",
          "delete_horizon", "records", "timestamp", "marker", "coordinator_epoch", "leader_change",
          "snapshot_header", "snapshot_footer", "kraft_version", "control");
  private static final Set<String> RECORD_KEYS =
      Set.of("offset", "timestamp", "timestamp_step", "key", "value", "headers", "repeat");

  private Batches() {}

  static ByteBuffer build(JsonNode batch) {
    Json.checkKeys(batch, "batch", KEYS);
    if (batch.has("raw")) {
      return ByteBuffer.wrap(Base64.getDecoder().decode(batch.get("raw").asText()));
    }
    if (batch.has("records") && batch.get("records").isEmpty()) return emptied(batch);
    MemoryRecordsBuilder builder = builder(batch);
    if (batch.has("records")) {
      for (Described record : records(batch.get("records"))) {
        long offset = record.offset < 0 ? nextOffset(builder, batch) : record.offset;
        if (isControl(batch)) builder.appendControlRecordWithOffset(offset, record.record);
        else builder.appendWithOffset(offset, record.record);
      }
    } else {
      addControl(builder, batch);
    }
    if (batch.has("last_offset")) builder.overrideLastOffset(Json.number(batch, "last_offset"));
    MemoryRecords built = builder.build();
    return built.buffer().duplicate();
  }

  /** All batches of an array, one after the other. */
  static MemoryRecords buildAll(JsonNode batches) {
    List<ByteBuffer> parts = new ArrayList<>();
    int bytes = 0;
    for (JsonNode batch : batches) {
      parts.add(build(batch));
      bytes += parts.get(parts.size() - 1).remaining();
    }
    ByteBuffer all = ByteBuffer.allocate(bytes);
    parts.forEach(all::put);
    all.flip();
    return MemoryRecords.readableRecords(all);
  }

  static boolean isControl(JsonNode batch) {
    for (String kind :
        List.of("marker", "leader_change", "snapshot_header", "snapshot_footer", "kraft_version")) {
      if (batch.has(kind)) return true;
    }
    return Json.flag(batch, "control");
  }

  private static long nextOffset(MemoryRecordsBuilder builder, JsonNode batch) {
    return Json.number(batch, "base_offset", 0) + builder.numRecords();
  }

  private static MemoryRecordsBuilder builder(JsonNode batch) {
    boolean marker = batch.has("marker");
    return new MemoryRecordsBuilder(
        new ByteBufferOutputStream(512),
        RecordBatch.CURRENT_MAGIC_VALUE,
        compression(batch),
        timestampType(batch),
        Json.number(batch, "base_offset", 0),
        Json.number(batch, "append_time", RecordBatch.NO_TIMESTAMP),
        Json.number(batch, "producer_id", RecordBatch.NO_PRODUCER_ID),
        (short) Json.number(batch, "producer_epoch", RecordBatch.NO_PRODUCER_EPOCH),
        (int) Json.number(batch, "base_sequence", RecordBatch.NO_SEQUENCE),
        marker || Json.flag(batch, "transactional"),
        isControl(batch),
        (int) Json.number(batch, "leader_epoch", RecordBatch.NO_PARTITION_LEADER_EPOCH),
        Integer.MAX_VALUE,
        Json.number(batch, "delete_horizon", RecordBatch.NO_TIMESTAMP));
  }

  static Compression compression(JsonNode batch) {
    CompressionType type = CompressionType.forName(Json.text(batch, "codec", "none"));
    if (!batch.has("level")) return Compression.of(type).build();
    int level = (int) Json.number(batch, "level");
    return switch (type) {
      case GZIP -> Compression.gzip().level(level).build();
      case LZ4 -> Compression.lz4().level(level).build();
      case ZSTD -> Compression.zstd().level(level).build();
      default -> throw new UsageException("the codec has no levels: " + type.name);
    };
  }

  private static TimestampType timestampType(JsonNode batch) {
    return switch (Json.text(batch, "timestamp_type", "CreateTime")) {
      case "CreateTime" -> TimestampType.CREATE_TIME;
      case "LogAppendTime" -> TimestampType.LOG_APPEND_TIME;
      default -> throw new UsageException("timestamp_type: CreateTime or LogAppendTime");
    };
  }

  private static void addControl(MemoryRecordsBuilder builder, JsonNode batch) {
    long timestamp = Json.number(batch, "timestamp", 0);
    if (batch.has("marker")) {
      ControlRecordType type =
          switch (Json.text(batch, "marker")) {
            case "commit" -> ControlRecordType.COMMIT;
            case "abort" -> ControlRecordType.ABORT;
            default -> throw new UsageException("marker: commit or abort");
          };
      int epoch = (int) Json.number(batch, "coordinator_epoch", 0);
      builder.appendEndTxnMarker(timestamp, new EndTransactionMarker(type, epoch));
    } else if (batch.has("leader_change")) {
      builder.appendLeaderChangeMessage(timestamp, leaderChange(batch.get("leader_change")));
    } else if (batch.has("snapshot_header")) {
      builder.appendSnapshotHeaderMessage(
          timestamp,
          new SnapshotHeaderRecord()
              .setLastContainedLogTimestamp(Json.number(batch, "snapshot_header")));
    } else if (batch.has("snapshot_footer")) {
      builder.appendSnapshotFooterMessage(timestamp, new SnapshotFooterRecord());
    } else if (batch.has("kraft_version")) {
      builder.appendKRaftVersionMessage(
          timestamp,
          new KRaftVersionRecord().setKRaftVersion((short) Json.number(batch, "kraft_version")));
    } else {
      throw new UsageException("neither records nor, such as \"marker\", a kind: " + batch);
    }
  }

  /** {"leader": 1, "voters": [1, 2], "granting": [1]}. */
  private static LeaderChangeMessage leaderChange(JsonNode change) {
    Json.checkKeys(change, "leader_change", Set.of("leader", "voters", "granting"));
    return new LeaderChangeMessage()
        .setLeaderId((int) Json.number(change, "leader"))
        .setVoters(voters(change.path("voters")))
        .setGrantingVoters(voters(change.path("granting")));
  }

  private static List<LeaderChangeMessage.Voter> voters(JsonNode ids) {
    List<LeaderChangeMessage.Voter> voters = new ArrayList<>();
    for (JsonNode id : ids) voters.add(new LeaderChangeMessage.Voter().setVoterId(id.asInt()));
    return voters;
  }

  /** The 61 bytes that compaction leaves of a batch without records. */
  private static ByteBuffer emptied(JsonNode batch) {
    ByteBuffer buffer = ByteBuffer.allocate(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
    DefaultRecordBatch.writeEmptyHeader(
        buffer,
        RecordBatch.CURRENT_MAGIC_VALUE,
        Json.number(batch, "producer_id", RecordBatch.NO_PRODUCER_ID),
        (short) Json.number(batch, "producer_epoch", RecordBatch.NO_PRODUCER_EPOCH),
        (int) Json.number(batch, "base_sequence", RecordBatch.NO_SEQUENCE),
        Json.number(batch, "base_offset", 0),
        Json.number(batch, "last_offset"),
        (int) Json.number(batch, "leader_epoch", RecordBatch.NO_PARTITION_LEADER_EPOCH),
        timestampType(batch),
        Json.number(batch, "timestamp", RecordBatch.NO_TIMESTAMP),
        Json.flag(batch, "transactional"),
        Json.flag(batch, "control"));
    buffer.flip();
    return buffer;
  }

  /** A record, and its offset if the script gives one, else -1. */
  record Described(SimpleRecord record, byte[] key, byte[] value, long offset) {}

  static List<Described> records(JsonNode array) {
    if (array == null || !array.isArray()) throw new UsageException("missing array \"records\"");
    List<Described> all = new ArrayList<>();
    for (JsonNode record : array) {
      Json.checkKeys(record, "record", RECORD_KEYS);
      long repeat = Json.number(record, "repeat", 1);
      if (repeat > 1 && record.has("offset")) {
        throw new UsageException("a repeated record has no offset: " + record);
      }
      long step = Json.number(record, "timestamp_step", 0);
      for (long i = 0; i < repeat; i++) {
        byte[] key = Json.bytes(record.get("key"), i);
        byte[] value = Json.bytes(record.get("value"), i);
        long timestamp = Json.number(record, "timestamp", RecordBatch.NO_TIMESTAMP) + i * step;
        all.add(
            new Described(
                new SimpleRecord(timestamp, key, value, headers(record.path("headers"))),
                key,
                value,
                Json.number(record, "offset", -1)));
      }
    }
    return all;
  }

  /** [["name", bytes or null], ...]. */
  private static Header[] headers(JsonNode array) {
    Header[] headers = new Header[array.size()];
    for (int i = 0; i < headers.length; i++) {
      JsonNode pair = array.get(i);
      headers[i] = new RecordHeader(pair.get(0).asText(), Json.bytes(pair.get(1), 0));
    }
    return headers;
  }
}
