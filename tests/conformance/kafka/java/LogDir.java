// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** A directory of partitions with the checkpoints at its root, as kafka.log.LogManager keeps it. */
final class LogDir {
  static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
  static final String LOG_STARTS = "log-start-offset-checkpoint";
  static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
  static final String CLEANER = "cleaner-offset-checkpoint";

  static final int MAX_TRANSACTION_TIMEOUT_MS = 900_000;
  static final int PRODUCER_ID_EXPIRATION_MS = 86_400_000;
  static final int PRODUCER_ID_CHECK_MS = 600_000;

  private static final BrokerTopicStats STATS = new BrokerTopicStats();

  final File root;
  final ScriptTime time;
  final ScriptScheduler scheduler;
  final LogDirFailureChannel failures = new LogDirFailureChannel(10);
  private final int producerIdExpirationMs;

  LogDir(String root, long nowMs, long producerIdExpirationMs) throws IOException {
    this.root = new File(root).getCanonicalFile();
    this.time = new ScriptTime(nowMs);
    this.scheduler = new ScriptScheduler(time);
    this.producerIdExpirationMs = (int) producerIdExpirationMs;
  }

  /** Was it left by a clean shutdown? Asked once, as whoever opens it deletes the marker first. */
  boolean takeCleanMarker() throws Exception {
    CleanShutdownFileHandler marker = new CleanShutdownFileHandler(root.getPath());
    boolean clean = marker.exists();
    if (clean) marker.delete();
    return clean;
  }

  void writeCleanMarker(long brokerEpoch) throws Exception {
    new CleanShutdownFileHandler(root.getPath()).write(brokerEpoch);
  }

  /** Opens, and creates where there is none, with the offsets that the checkpoints hold. */
  UnifiedLog open(
      TopicPartition partition, Map<String, String> config, boolean clean, Optional<Uuid> topicId)
      throws IOException {
    return UnifiedLog.create(
        new File(root, UnifiedLog.logDirName(partition)),
        new LogConfig(config),
        checkpoint(LOG_STARTS).getOrDefault(partition, 0L),
        checkpoint(RECOVERY_POINTS).getOrDefault(partition, 0L),
        scheduler,
        STATS,
        time,
        MAX_TRANSACTION_TIMEOUT_MS,
        new ProducerStateManagerConfig(producerIdExpirationMs, false),
        PRODUCER_ID_CHECK_MS,
        failures,
        clean,
        topicId);
  }

  /** As a clean shutdown does it, but for the marker, which comes after all logs. */
  void closeCleanly(UnifiedLog log) throws IOException {
    log.flush(true);
    log.close();
    setCheckpoint(RECOVERY_POINTS, log.topicPartition(), log.recoveryPoint());
    boolean moved = log.logStartOffset() > log.logSegments().get(0).baseOffset();
    setCheckpoint(LOG_STARTS, log.topicPartition(), moved ? log.logStartOffset() : null);
    setCheckpoint(HIGH_WATERMARKS, log.topicPartition(), log.highWatermark());
    forget(log);
  }

  /** As a kill leaves it: nothing is flushed, trimmed or written. */
  void abandon(UnifiedLog log) {
    log.closeHandlers();
    forget(log);
  }

  private void forget(UnifiedLog log) {
    log.removeLogMetrics();
    scheduler.forgetAll();
  }

  /** Empty if the file is absent or, as LogManager has it, unreadable. */
  Map<TopicPartition, Long> checkpoint(String name) throws IOException {
    File file = new File(root, name);
    if (!file.exists()) return Map.of();
    try {
      return new OffsetCheckpointFile(file, failures).read();
    } catch (KafkaException e) {
      return Map.of();
    }
  }

  /** With null, the partition's line goes. */
  void setCheckpoint(String name, TopicPartition partition, Long offset) throws IOException {
    TreeMap<TopicPartition, Long> offsets =
        new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    offsets.putAll(checkpoint(name));
    if (offset == null) offsets.remove(partition);
    else offsets.put(partition, offset);
    new OffsetCheckpointFile(new File(root, name), failures).write(offsets);
  }

  /**
   * The partitions of a directory by name; not those marked -delete, -future or
   * -stray, nor the metadata log, which is Raft's.
   */
  List<TopicPartition> partitions() throws IOException {
    File[] folders = root.listFiles(File::isDirectory);
    if (folders == null) throw new UsageException("not a directory: " + root);
    Arrays.sort(folders);
    List<TopicPartition> partitions = new ArrayList<>();
    for (File folder : folders) {
      if (!folder.getName().matches("[a-zA-Z0-9._-]+-[0-9]+")) continue;
      if (folder.getName().startsWith(Topic.CLUSTER_METADATA_TOPIC_NAME)) continue;
      partitions.add(UnifiedLog.parseTopicPartitionName(folder));
    }
    return partitions;
  }
}
