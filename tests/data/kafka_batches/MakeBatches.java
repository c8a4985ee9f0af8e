// SPDX-License-Identifier: Apache-2.0
//
// Writes the *.batch files of this folder with Kafka's own classes; README.md says how to run it.

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

public class MakeBatches {
  private static final byte MAGIC = RecordBatch.CURRENT_MAGIC_VALUE;
  private static Path folder;

  public static void main(String[] args) throws Exception {
    folder = Path.of(args[0]);
    for (Compression codec :
        List.of(
            Compression.NONE,
            Compression.gzip().build(),
            Compression.snappy().build(),
            Compression.lz4().build(),
            Compression.zstd().build())) {
      few(codec.type().name, codec);
      many(codec.type().name, codec);
    }
    for (int level : new int[] {1, 6, 9}) many("gzip-" + level, Compression.gzip().level(level).build());
    for (int level : new int[] {1, 4, 17}) many("lz4-" + level, Compression.lz4().level(level).build());
    for (int level : new int[] {-5, 1, 22}) {
      many("zstd-" + level, Compression.zstd().level(level).build());
    }
    logAppendTime();
    deleteHorizon();
    empty();
    controls();
  }

  private static void save(String name, ByteBuffer bytes) throws Exception {
    byte[] all = new byte[bytes.remaining()];
    bytes.duplicate().get(all);
    Files.write(folder.resolve(name + ".batch"), all);
  }

  private static MemoryRecordsBuilder builder(Compression codec, TimestampType type, long now, long horizon) {
    return new MemoryRecordsBuilder(
        new ByteBufferOutputStream(1 << 17), MAGIC, codec, type, 1000, now, 4711, (short) 3, 17,
        true, false, 5, 1 << 20, horizon);
  }

  private static ByteBuffer text(String text) {
    return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  // Nulls, empties, headers with and without a value, a timestamp below the first, a gap of offsets.
  private static void appendFew(MemoryRecordsBuilder builder) {
    builder.appendWithOffset(1000, 5000L, text("key"), text("value"), new Header[0]);
    builder.appendWithOffset(1001, 4990L, null, text(""), new Header[0]);
    builder.appendWithOffset(
        1002, 70_000L, text(""), null,
        new Header[] {
          new RecordHeader("name", "text".getBytes(StandardCharsets.UTF_8)),
          new RecordHeader("", null),
          new RecordHeader("\u00e9", new byte[0])
        });
    builder.appendWithOffset(1200, 5001L, text("k".repeat(100)), text("v".repeat(300)), new Header[0]);
  }

  private static void few(String name, Compression codec) throws Exception {
    MemoryRecordsBuilder builder = builder(codec, TimestampType.CREATE_TIME, -1, -1);
    appendFew(builder);
    save("few-" + name, builder.build().buffer());
  }

  // Record i of the large batch: tests/models/log/kafka_batches_test.cc makes the same bytes. Each value
  // has some text that repeats and some that does not compress; all take more than one snappy block
  // and more than one lz4 block.
  private static void many(String name, Compression codec) throws Exception {
    if (name.equals("none")) return;
    MemoryRecordsBuilder builder = builder(codec, TimestampType.CREATE_TIME, -1, -1);
    int random = 12345;
    for (int i = 0; i < 400; ++i) {
      byte[] value = ("order " + i + " of customer " + i % 7 + ", state: paid; ".repeat(1 + i % 20)).getBytes(StandardCharsets.UTF_8);
      byte[] noise = new byte[8];
      for (int j = 0; j < noise.length; ++j) {
        random = random * 1103515245 + 12345;
        noise[j] = (byte) (random >>> 16);
      }
      builder.appendWithOffset(1000 + i, 1_700_000_000_000L + i * 3, ByteBuffer.wrap(noise), ByteBuffer.wrap(value), new Header[0]);
    }
    save("many-" + name, builder.build().buffer());
  }

  private static void logAppendTime() throws Exception {
    MemoryRecordsBuilder builder = builder(Compression.NONE, TimestampType.LOG_APPEND_TIME, 99_999, -1);
    appendFew(builder);
    save("log-append-time", builder.build().buffer());
  }

  private static void deleteHorizon() throws Exception {
    MemoryRecordsBuilder builder = builder(Compression.NONE, TimestampType.CREATE_TIME, -1, 88_888);
    appendFew(builder);
    save("delete-horizon", builder.build().buffer());
  }

  private static void empty() throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(61);
    org.apache.kafka.common.record.DefaultRecordBatch.writeEmptyHeader(
        buffer, MAGIC, 4711, (short) 3, 17, 1000, 1010, 5, TimestampType.CREATE_TIME, 70_000, true, false);
    buffer.flip();
    save("empty", buffer);
  }

  private static void controls() throws Exception {
    for (ControlRecordType type : List.of(ControlRecordType.COMMIT, ControlRecordType.ABORT)) {
      MemoryRecords marker =
          MemoryRecords.withEndTransactionMarker(
              1000, 5000, 5, 4711, (short) 3, new EndTransactionMarker(type, 42));
      save("control-" + type.name().toLowerCase(), marker.buffer());
    }
    MemoryRecordsBuilder builder =
        new MemoryRecordsBuilder(
            new ByteBufferOutputStream(4096), MAGIC, Compression.NONE, TimestampType.CREATE_TIME, 1000, -1,
            RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH, RecordBatch.NO_SEQUENCE, false,
            true, 5, 4096);
    builder.appendLeaderChangeMessage(
        5000,
        new LeaderChangeMessage()
            .setVersion((short) 0)
            .setLeaderId(2)
            .setVoters(
                List.of(
                    new LeaderChangeMessage.Voter().setVoterId(1),
                    new LeaderChangeMessage.Voter().setVoterId(2),
                    new LeaderChangeMessage.Voter().setVoterId(3)))
            .setGrantingVoters(
                List.of(
                    new LeaderChangeMessage.Voter().setVoterId(2),
                    new LeaderChangeMessage.Voter().setVoterId(3))));
    builder.appendSnapshotHeaderMessage(
        5001, new SnapshotHeaderRecord().setVersion((short) 0).setLastContainedLogTimestamp(4999));
    builder.appendSnapshotFooterMessage(5002, new SnapshotFooterRecord().setVersion((short) 0));
    builder.appendKRaftVersionMessage(
        5003, new KRaftVersionRecord().setVersion((short) 0).setKRaftVersion((short) 1));
    VotersRecord.EndpointCollection endpoints = new VotersRecord.EndpointCollection();
    endpoints.add(
        new VotersRecord.Endpoint().setName("CONTROLLER").setHost("host-1").setPort(9093));
    builder.appendVotersMessage(
        5004,
        new VotersRecord()
            .setVersion((short) 0)
            .setVoters(
                List.of(
                    new VotersRecord.Voter()
                        .setVoterId(1)
                        .setVoterDirectoryId(new Uuid(0x0102030405060708L, 0x090a0b0c0d0e0f10L))
                        .setEndpoints(endpoints)
                        .setKRaftVersionFeature(
                            new VotersRecord.KRaftVersionFeature()
                                .setMinSupportedVersion((short) 0)
                                .setMaxSupportedVersion((short) 1)))));
    save("control-quorum", builder.build().buffer());
  }
}
