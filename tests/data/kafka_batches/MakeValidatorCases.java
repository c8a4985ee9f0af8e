// SPDX-License-Identifier: Apache-2.0
//
// Prints cases for tests/models/log/log_validator_kafka_test.cc: batches, many of them damaged, and what
// Kafka's leader makes of each. README.md says how to run it.
//
//   compacted log-append-time before after codec level max-bytes | batch | error record-errors max-timestamp | batch

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.MutableRecordBatch;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.Crc32C;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.record.BrokerCompressionType;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

public class MakeValidatorCases {
  private static final long NOW = 1_000_000;
  private static final long NEXT = 500;
  private static final int EPOCH = 9;
  private static final Random random = new Random(7);

  private static class NoMetrics implements LogValidator.MetricsRecorder {
    public void recordInvalidMagic() {}
    public void recordInvalidOffset() {}
    public void recordInvalidSequence() {}
    public void recordInvalidChecksums() {}
    public void recordNoKeyCompactedTopic() {}
  }

  private static boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private static Compression anyCodec(boolean exact) {
    switch (random.nextInt(exact ? 3 : 5)) {
      case 0: return Compression.NONE;
      case 1: return Compression.gzip().level(chance(50) ? -1 : 1 + random.nextInt(9)).build();
      case 2: return Compression.lz4().level(chance(50) ? 9 : 1 + random.nextInt(17)).build();
      case 3: return Compression.snappy().build();
      default: return Compression.zstd().build();
    }
  }

  private static byte[] anyBatch() {
    boolean idempotent = chance(40);
    boolean transactional = idempotent && chance(40);
    boolean control = chance(4);
    TimestampType type = chance(10) ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    MemoryRecordsBuilder builder =
        new MemoryRecordsBuilder(
            new ByteBufferOutputStream(512), RecordBatch.CURRENT_MAGIC_VALUE, anyCodec(false), type, 0,
            NOW - random.nextInt(3000), idempotent ? 77 : -1, idempotent ? (short) 2 : -1,
            idempotent ? 5 : -1, transactional, control, chance(50) ? -1 : 3, 1 << 20);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; ++i) {
      long timestamp = chance(10) ? -1 : NOW - 1500 + random.nextInt(chance(70) ? 2000 : 4000);
      byte[] key = chance(15) ? null : ("k" + i).getBytes(StandardCharsets.UTF_8);
      byte[] value = chance(10) ? null : "value ".repeat(random.nextInt(4)).getBytes(StandardCharsets.UTF_8);
      Header[] headers =
          chance(20) ? new Header[] {new RecordHeader("h", chance(50) ? null : new byte[] {1})} : new Header[0];
      if (control) {
        ByteBuffer marker = ByteBuffer.wrap(new byte[] {0, 0, 0, 1});
        builder.appendControlRecord(timestamp, org.apache.kafka.common.record.ControlRecordType.COMMIT, marker);
      } else {
        builder.append(timestamp, key, value, headers);
      }
    }
    ByteBuffer buffer = builder.build().buffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  // Most damage is under a CRC that fits, so that it is the validator that must find it.
  private static byte[] damaged(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    switch (random.nextInt(12)) {
      case 0: buffer.putInt(23, random.nextInt(5) - 1); break;
      case 1: buffer.putInt(57, random.nextInt(6) - 1); break;
      case 2: {
        int count = random.nextInt(6);
        buffer.putInt(57, count);
        buffer.putInt(23, count - 1);
        break;
      }
      case 3: buffer.put(22, (byte) random.nextInt(256)); break;
      case 4: buffer.put(21 + random.nextInt(40), (byte) random.nextInt(256)); break;
      case 5: {
        byte[] cut = java.util.Arrays.copyOf(bytes, Math.max(61, bytes.length - 1 - random.nextInt(10)));
        ByteBuffer.wrap(cut).putInt(8, cut.length - 12);
        buffer = ByteBuffer.wrap(cut);
        break;
      }
      case 6: {
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(30));
        if (chance(70)) ByteBuffer.wrap(longer).putInt(8, longer.length - 12);
        buffer = ByteBuffer.wrap(longer);
        break;
      }
      default:
        for (int i = 1 + random.nextInt(2); i > 0; --i)
          buffer.put(61 + random.nextInt(bytes.length - 61), (byte) (chance(50) ? random.nextInt(256) : random.nextInt(4)));
    }
    int size = Math.min(12 + buffer.getInt(8), buffer.capacity());
    if (chance(95)) buffer.putInt(17, (int) Crc32C.compute(buffer, 21, size - 21));
    return buffer.array();
  }

  // What UnifiedLog.analyzeAndValidateRecords refuses of a client's one batch.
  private static CompressionType analyze(MemoryRecords records, int maxBytes) {
    MutableRecordBatch batch = records.batches().iterator().next();
    if (batch.baseOffset() != 0) throw new org.apache.kafka.common.InvalidRecordException("base offset");
    if (batch.sizeInBytes() > maxBytes) throw new RecordTooLargeException("size");
    if (!batch.isValid()) throw new CorruptRecordException("crc");
    return CompressionType.forId(batch.compressionType().id);
  }

  private static String hex(ByteBuffer buffer) {
    StringBuilder text = new StringBuilder();
    for (int i = buffer.position(); i < buffer.limit(); ++i) text.append(String.format("%02x", buffer.get(i)));
    return text.toString();
  }

  public static void main(String[] args) {
    for (int n = Integer.parseInt(args[0]); n > 0; --n) one();
  }

  private static void one() {
    byte[] input = anyBatch();
    boolean damaged = chance(65);
    boolean payloadOfZstd = (input[22] & 7) == 4;
    if (damaged) input = damaged(input);
    boolean compacted = chance(25);
    TimestampType type = chance(25) ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    long before = chance(60) ? Long.MAX_VALUE : random.nextInt(2000);
    long after = chance(60) ? 3_600_000 : random.nextInt(2000);
    Optional<Compression> codec = chance(50) ? Optional.empty() : Optional.of(anyCodec(true));
    int maxBytes = chance(90) ? 1_000_000 : 60 + random.nextInt(150);
    int level = codec.map(c -> levelOf(c)).orElse(0);
    String name = codec.map(c -> c.type().name).orElse("producer");
    String config =
        (compacted ? 1 : 0) + " " + (type == TimestampType.LOG_APPEND_TIME ? 1 : 0) + " " + before + " "
            + after + " " + name + " " + level + " " + maxBytes;
    String given = hex(ByteBuffer.wrap(input));
    String answer;
    try {
      MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(input.clone()));
      ProduceRequest.validateRecords((short) 13, records);
      CompressionType source = analyze(records, maxBytes);
      // UnifiedLog cuts off what is no whole batch.
      ByteBuffer whole = records.buffer().duplicate();
      whole.limit(records.validBytes());
      LogValidator validator =
          new LogValidator(
              MemoryRecords.readableRecords(whole.slice()), new TopicPartition("t", 0), clock(), source,
              BrokerCompressionType.targetCompression(codec, source), compacted, RecordBatch.CURRENT_MAGIC_VALUE,
              type, before, after, EPOCH, AppendOrigin.CLIENT);
      LogValidator.ValidationResult result =
          validator.validateMessagesAndAssignOffsets(
              PrimitiveRef.ofLong(NEXT), new NoMetrics(), BufferSupplier.NO_CACHING);
      if (result.messageSizeMaybeChanged && result.validatedRecords.sizeInBytes() > maxBytes)
        throw new RecordTooLargeException("size");
      answer = "0 - " + result.maxTimestampMs + " | " + hex(result.validatedRecords.buffer());
    } catch (RecordValidationException e) {
      StringBuilder indexes = new StringBuilder();
      e.recordErrors().forEach(error -> indexes.append(indexes.length() > 0 ? "," : "").append(error.batchIndex));
      answer = Errors.forException(e.invalidException()).code() + " " + indexes + " -1 |";
    } catch (Throwable e) {
      answer = Errors.forException(e).code() + " - -1 |";
    }
    // Where newer versions of zstd refuse what older ones took; where Java replaced what is no UTF-8.
    if (payloadOfZstd && damaged || answer.contains("efbfbd")) return;
    System.out.println(config + " | " + given + " | " + answer);
  }

  private static int levelOf(Compression codec) {
    for (int level = -1; level <= 17; ++level) {
      try {
        if (codec.type() == CompressionType.GZIP && Compression.gzip().level(level).build().equals(codec)) return level;
        if (codec.type() == CompressionType.LZ4 && Compression.lz4().level(level).build().equals(codec)) return level;
      } catch (IllegalArgumentException e) {
        continue;
      }
    }
    return 0;
  }

  private static Time clock() {
    return (Time) java.lang.reflect.Proxy.newProxyInstance(
        Time.class.getClassLoader(), new Class<?>[] {Time.class},
        (proxy, method, arguments) -> method.getName().equals("milliseconds") ? (Object) NOW : (Object) 0L);
  }
}
