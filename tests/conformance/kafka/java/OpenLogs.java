// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** open DIR: each partition as Kafka's log code finds it, after recovery where it is due. */
final class OpenLogs {
  private OpenLogs() {}

  static int run(Arguments arguments, Output out) throws Exception {
    LogDir dir =
        new LogDir(
            arguments.at(0, "DIR"),
            arguments.number("time", System.currentTimeMillis()),
            arguments.number("producer-id-expiration-ms", LogDir.PRODUCER_ID_EXPIRATION_MS));
    List<TopicPartition> partitions = dir.partitions();
    boolean clean = dir.takeCleanMarker();
    boolean failed = false;
    for (TopicPartition partition : partitions) {
      ObjectNode answer =
          Json.object().put("log", UnifiedLog.logDirName(partition)).put("clean", clean);
      try {
        UnifiedLog log = dir.open(partition, arguments.pairs("config"), clean, Optional.empty());
        report(dir, log, answer);
        if (arguments.has("close")) dir.closeCleanly(log);
        else dir.abandon(log);
      } catch (Exception e) {
        failed = true;
        answer.put("error", LogWriter.errorName(e)).put("message", String.valueOf(e.getMessage()));
      }
      out.line(answer);
    }
    if (arguments.has("close") && !failed) dir.writeCleanMarker(-1);
    return failed ? 1 : 0;
  }

  private static void report(LogDir dir, UnifiedLog log, ObjectNode answer) throws IOException {
    Long checkpoint = dir.checkpoint(LogDir.HIGH_WATERMARKS).get(log.topicPartition());
    answer.put("topic_id", log.topicId().map(Object::toString).orElse(null));
    answer.put("high_watermark_checkpoint", checkpoint);
    if (checkpoint != null) {
      answer.put("high_watermark", log.updateHighWatermark(checkpoint));
      answer.put("last_stable_at_high_watermark", log.lastStableOffset());
    }
    // What the leader of one replica does next.
    log.updateHighWatermark(log.logEndOffset());
    answer
        .put("log_start", log.logStartOffset())
        .put("log_end", log.logEndOffset())
        .put("last_stable", log.lastStableOffset())
        .put("recovery_point", log.recoveryPoint());
    answer.set("segments", segments(log));
    answer.set("epochs", epochs(log));
    answer.set("producers", producers(log));
    List<AbortedTxn> aborted = aborted(log);
    ArrayNode list = answer.putArray("aborted");
    for (AbortedTxn txn : aborted) {
      list.addObject()
          .put("producer_id", txn.producerId())
          .put("first", txn.firstOffset())
          .put("last", txn.lastOffset())
          .put("last_stable", txn.lastStableOffset());
    }
    new Reading(log, aborted).report(answer);
  }

  private static ArrayNode segments(UnifiedLog log) throws IOException {
    ArrayNode list = Json.array();
    for (LogSegment segment : log.logSegments()) {
      list.addObject()
          .put("base", segment.baseOffset())
          .put("bytes", segment.size())
          .put("index_entries", segment.offsetIndex().entries())
          .put("time_index_entries", segment.timeIndex().entries())
          .put("largest_timestamp", segment.largestRecordTimestamp().orElse(-1));
    }
    return list;
  }

  private static ArrayNode epochs(UnifiedLog log) {
    ArrayNode list = Json.array();
    for (EpochEntry entry : log.leaderEpochCache().epochEntries()) {
      list.addObject().put("epoch", entry.epoch).put("start", entry.startOffset);
    }
    return list;
  }

  private static ArrayNode producers(UnifiedLog log) {
    ArrayNode list = Json.array();
    Map<Long, ProducerStateEntry> active = log.producerStateManager().activeProducers();
    for (ProducerStateEntry entry : new TreeMap<>(active).values()) {
      ObjectNode node =
          list.addObject()
              .put("id", entry.producerId())
              .put("epoch", entry.producerEpoch())
              .put("coordinator_epoch", entry.coordinatorEpoch())
              .put("last_timestamp", entry.lastTimestamp())
              .put("transaction_start", entry.currentTxnFirstOffset().orElse(-1));
      ArrayNode batches = node.putArray("batches");
      entry
          .batchMetadata()
          .forEach(
              batch ->
                  batches
                      .addObject()
                      .put("last_sequence", batch.lastSeq)
                      .put("last_offset", batch.lastOffset)
                      .put("offset_delta", batch.offsetDelta)
                      .put("timestamp", batch.timestamp));
    }
    return list;
  }

  private static List<AbortedTxn> aborted(UnifiedLog log) {
    List<AbortedTxn> all = new ArrayList<>();
    for (LogSegment segment : log.logSegments()) all.addAll(segment.txnIndex().allAbortedTxns());
    return all;
  }

  /** All records from the log start on, and among them what a read_committed consumer gets. */
  private static final class Reading {
    private final Canonical all = new Canonical();
    private final Canonical data = new Canonical();
    private final Canonical committed = new Canonical();
    private final UnifiedLog log;
    private final List<AbortedTxn> aborted;
    private final Set<Long> aborting = new HashSet<>();
    private int begun = 0;
    private long batches = 0;

    Reading(UnifiedLog log, List<AbortedTxn> aborted) {
      this.log = log;
      this.aborted = new ArrayList<>(aborted);
      this.aborted.sort((a, b) -> Long.compare(a.firstOffset(), b.firstOffset()));
      for (LogSegment segment : log.logSegments()) {
        for (RecordBatch batch : segment.log().batches()) {
          if (batch.lastOffset() >= log.logStartOffset()) take(batch);
        }
      }
    }

    private void take(RecordBatch batch) {
      batches++;
      boolean visible = batch.lastOffset() < log.lastStableOffset() && isCommitted(batch);
      for (Record record : batch) {
        if (record.offset() < log.logStartOffset()) continue;
        all.add(record);
        if (batch.isControlBatch()) continue;
        data.add(record);
        if (visible) committed.add(record);
      }
    }

    /** As the consumer's CompletedFetch decides. */
    private boolean isCommitted(RecordBatch batch) {
      if (!batch.hasProducerId()) return true;
      while (begun < aborted.size() && aborted.get(begun).firstOffset() <= batch.lastOffset()) {
        aborting.add(aborted.get(begun++).producerId());
      }
      if (batch.isControlBatch()) {
        Record first = batch.iterator().hasNext() ? batch.iterator().next() : null;
        if (first != null && ControlRecordType.parse(first.key()) == ControlRecordType.ABORT) {
          aborting.remove(batch.producerId());
        }
        return false;
      }
      return !(batch.isTransactional() && aborting.contains(batch.producerId()));
    }

    void report(ObjectNode answer) {
      answer.put("batches", batches);
      answer.set("all", all.report());
      answer.set("data", data.report());
      answer.set("committed", committed.report());
    }
  }
}
