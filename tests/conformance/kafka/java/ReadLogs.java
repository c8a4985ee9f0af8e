// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;

/** read DIR: the records in the segment files, which are read one by one and not recovered. */
final class ReadLogs {
  private final Output out;
  private final boolean batches;
  private final boolean summary;

  private ReadLogs(Arguments arguments, Output out) {
    this.out = out;
    this.batches = arguments.has("batches");
    this.summary = arguments.has("summary");
  }

  static int run(Arguments arguments, Output out) throws IOException {
    File root = new File(arguments.at(0, "DIR"));
    List<String> only = arguments.all("log");
    File[] folders = root.listFiles(File::isDirectory);
    if (folders == null) throw new UsageException("not a directory: " + root);
    Arrays.sort(folders);
    ReadLogs reader = new ReadLogs(arguments, out);
    boolean failed = false;
    for (File folder : folders) {
      if (only.isEmpty() || only.contains(folder.getName())) failed |= !reader.readLog(folder);
    }
    return failed ? 1 : 0;
  }

  private boolean readLog(File folder) throws IOException {
    File[] segments = folder.listFiles((unused, name) -> name.matches("[0-9]{20}\\.log"));
    if (segments == null || segments.length == 0) return true;
    Arrays.sort(segments);
    Canonical all = new Canonical();
    ObjectNode last = Json.object().put("log", folder.getName()).put("segments", segments.length);
    boolean whole = true;
    for (File segment : segments) {
      try {
        whole &= readSegment(folder.getName(), segment, all, last);
      } catch (KafkaException e) {
        whole = false;
        last.withArray("errors").add(segment.getName() + ": " + e.getMessage());
      }
    }
    last.set("all", all.report());
    out.line(last);
    return whole;
  }

  /** False if bytes are left over after the last whole batch. */
  private boolean readSegment(String log, File file, Canonical all, ObjectNode last)
      throws IOException {
    try (FileRecords records = FileRecords.open(file, false)) {
      long read = 0;
      for (FileChannelRecordBatch batch : records.batches()) {
        batch.ensureValid();
        if (batches) out.line(describe(batch).put("log", log).put("position", read));
        for (Record record : batch) {
          all.add(record);
          if (!batches && !summary) out.line(describe(batch, record).put("log", log));
        }
        read += batch.sizeInBytes();
      }
      if (read == records.sizeInBytes()) return true;
      last.withArray("errors").add(file.getName() + ": ends after " + read + " valid bytes");
      return false;
    }
  }

  private static ObjectNode describe(RecordBatch batch) {
    return Json.object()
        .put("base_offset", batch.baseOffset())
        .put("last_offset", batch.lastOffset())
        .put("size", batch.sizeInBytes())
        .put("leader_epoch", batch.partitionLeaderEpoch())
        .put("crc", batch.checksum())
        .put("attributes", attributes(batch))
        .put("max_timestamp", batch.maxTimestamp())
        .put("delete_horizon", batch.deleteHorizonMs().orElse(RecordBatch.NO_TIMESTAMP))
        .put("producer_id", batch.producerId())
        .put("producer_epoch", batch.producerEpoch())
        .put("base_sequence", batch.baseSequence())
        .put("count", batch.countOrNull());
  }

  private static ObjectNode describe(RecordBatch batch, Record record) {
    ObjectNode node =
        Json.object()
            .put("offset", record.offset())
            .put("timestamp", record.timestamp())
            .put("key", Json.base64(record.key()))
            .put("value", Json.base64(record.value()));
    node.set("headers", headers(record.headers()));
    node.put("producer_id", batch.producerId())
        .put("producer_epoch", batch.producerEpoch())
        .put("sequence", record.sequence())
        .put("attributes", attributes(batch))
        .put("leader_epoch", batch.partitionLeaderEpoch())
        .put("base_offset", batch.baseOffset());
    if (batch.isControlBatch()) node.put("control", ControlRecordType.parse(record.key()).name());
    return node;
  }

  static ArrayNode headers(Header[] headers) {
    ArrayNode list = Json.array();
    for (Header header : headers) {
      list.addArray().add(header.key()).add(Json.base64(header.value()));
    }
    return list;
  }

  /** The attributes' bits, which Kafka has no accessor for, from those it has. */
  private static int attributes(RecordBatch batch) {
    return batch.compressionType().id
        | (batch.timestampType() == TimestampType.LOG_APPEND_TIME ? 1 << 3 : 0)
        | (batch.isTransactional() ? 1 << 4 : 0)
        | (batch.isControlBatch() ? 1 << 5 : 0)
        | (batch.deleteHorizonMs().isPresent() ? 1 << 6 : 0);
  }
}
