// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.CleanerStats;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;

/** One round of compaction by Kafka's Cleaner, without the threads of LogCleaner around it. */
final class LogCleaning {
  private static final int BUFFER_BYTES = 4 << 20;

  private LogCleaning() {}

  static void run(LogDir dir, UnifiedLog log, JsonNode step, ObjectNode answer) throws Exception {
    TopicPartition partition = log.topicPartition();
    long now = dir.time.milliseconds();
    Optional<Long> last =
        Optional.ofNullable(dir.checkpoint(LogDir.CLEANER).get(partition));
    LogCleanerManager.OffsetsToClean offsets =
        LogCleanerManager.cleanableOffsets(log, last, now);
    LogToClean toClean =
        new LogToClean(
            log, offsets.firstDirtyOffset(), offsets.firstUncleanableDirtyOffset(), false);
    boolean due = toClean.cleanableRatio() > log.config().minCleanableRatio;
    answer
        .put("first_dirty", toClean.firstDirtyOffset())
        .put("first_uncleanable", toClean.firstUncleanableOffset())
        .put("clean_bytes", toClean.cleanBytes())
        .put("dirty_bytes", toClean.cleanableBytes())
        .put("due", due);
    if (toClean.totalBytes() == 0 || (Json.flag(step, "only_if_due") && !due)) return;
    Map.Entry<Long, CleanerStats> result = cleaner(dir, step).doClean(toClean, now);
    answer.put("cleaned_to", result.getKey());
    dir.setCheckpoint(LogDir.CLEANER, partition, result.getKey());
  }

  private static Cleaner cleaner(LogDir dir, JsonNode step) throws Exception {
    // LogCleaner gives half of its buffer to reads and half to writes.
    int ioBytes =
        (int) Json.number(step, "io_buffer_bytes", CleanerConfig.LOG_CLEANER_IO_BUFFER_SIZE / 2);
    double loadFactor =
        step.has("load_factor")
            ? step.get("load_factor").asDouble()
            : CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_LOAD_FACTOR;
    return new Cleaner(
        0,
        new SkimpyOffsetMap(
            (int) Json.number(step, "buffer_bytes", BUFFER_BYTES), CleanerConfig.HASH_ALGORITHM),
        ioBytes,
        Math.max(ioBytes, 32 << 20),
        loadFactor,
        new Throttler(Double.MAX_VALUE, 300, "cleaner-io", "bytes", dir.time),
        dir.time,
        unused -> {});
  }
}
