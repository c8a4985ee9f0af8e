// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metadata.ConfigRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Makes a new cluster know partitions that lie in its directories already: their topics, under the
 * ids in their partition.metadata, go into bootstrap.checkpoint, the records that a controller
 * writes first. So no topic need be created and no file replaced, and the leader epochs go on from
 * those in the logs.
 */
final class Adoption {
  private static final byte TOPIC = ConfigResource.Type.TOPIC.id();

  private record Found(File folder, TopicPartition partition, Uuid directoryId) {}

  private Adoption() {}

  static void prepare(List<String> dirs, Set<String> topics, Map<String, String> config)
      throws Exception {
    BootstrapDirectory bootstrap = new BootstrapDirectory(dirs.get(0));
    BootstrapMetadata metadata = bootstrap.read();
    List<ApiMessageAndVersion> records = new ArrayList<>(metadata.records());
    Map<String, List<Found>> found = find(dirs);
    for (String topic : topics) {
      if (!found.containsKey(topic)) throw new UsageException("no partition of " + topic);
      addTopic(topic, found.get(topic), config, records);
    }
    bootstrap.writeBinaryFile(BootstrapMetadata.fromRecords(records, "adoption"));
  }

  private static Map<String, List<Found>> find(List<String> dirs) throws Exception {
    MetaPropertiesEnsemble.Loader loader = new MetaPropertiesEnsemble.Loader();
    MetaPropertiesEnsemble ensemble = loader.addLogDirs(dirs).load();
    Map<String, List<Found>> found = new TreeMap<>();
    for (String dir : dirs) {
      Uuid directoryId = ensemble.logDirProps().get(dir).directoryId().orElseThrow();
      LogDir logDir = new LogDir(dir, 0, LogDir.PRODUCER_ID_EXPIRATION_MS);
      for (TopicPartition partition : logDir.partitions()) {
        File folder = new File(dir, UnifiedLog.logDirName(partition));
        found
            .computeIfAbsent(partition.topic(), unused -> new ArrayList<>())
            .add(new Found(folder, partition, directoryId));
      }
    }
    return found;
  }

  private static void addTopic(
      String topic,
      List<Found> partitions,
      Map<String, String> config,
      List<ApiMessageAndVersion> records)
      throws Exception {
    Uuid id = topicId(partitions);
    records.add(message(new TopicRecord().setName(topic).setTopicId(id), 0));
    for (Found found : partitions) {
      records.add(
          message(
              new PartitionRecord()
                  .setPartitionId(found.partition.partition())
                  .setTopicId(id)
                  .setReplicas(List.of(Broker.NODE_ID))
                  .setIsr(List.of(Broker.NODE_ID))
                  .setLeader(-1)
                  .setLeaderEpoch(latestEpoch(found.folder))
                  .setDirectories(List.of(found.directoryId))
                  // A broker that the controller never saw stop cleanly is taken from the ISR when
                  // it registers; then the last leader known is elected.
                  .setLastKnownElr(List.of(Broker.NODE_ID)),
              2));
    }
    for (Map.Entry<String, String> entry : config.entrySet()) {
      records.add(
          message(
              new ConfigRecord()
                  .setResourceType(TOPIC)
                  .setResourceName(topic)
                  .setName(entry.getKey())
                  .setValue(entry.getValue()),
              0));
    }
  }

  private static ApiMessageAndVersion message(ApiMessage message, int version) {
    return new ApiMessageAndVersion(message, (short) version);
  }

  /** The one that the partitions have, given to those that have none. */
  private static Uuid topicId(List<Found> partitions) throws IOException {
    LogDirFailureChannel failures = new LogDirFailureChannel(10);
    Optional<Uuid> id = Optional.empty();
    for (Found found : partitions) {
      PartitionMetadataFile file = metadataFile(found, failures);
      if (!file.exists()) continue;
      Uuid own = file.read().topicId();
      if (id.isPresent() && !id.get().equals(own)) {
        throw new UsageException("two topic ids: " + id.get() + " and " + own);
      }
      id = Optional.of(own);
    }
    Uuid chosen = id.orElseGet(Uuid::randomUuid);
    if (Uuid.RESERVED.contains(chosen)) throw new UsageException("a reserved topic id: " + chosen);
    for (Found found : partitions) {
      PartitionMetadataFile file = metadataFile(found, failures);
      if (file.exists()) continue;
      file.record(chosen);
      file.maybeFlush();
    }
    return chosen;
  }

  private static PartitionMetadataFile metadataFile(Found found, LogDirFailureChannel failures) {
    return new PartitionMetadataFile(PartitionMetadataFile.newFile(found.folder), failures);
  }

  private static int latestEpoch(File folder) throws IOException {
    int latest = 0;
    File[] segments = folder.listFiles((unused, name) -> name.matches("[0-9]{20}\\.log"));
    for (File segment : segments) {
      try (FileRecords records = FileRecords.open(segment, false)) {
        for (RecordBatch batch : records.batches()) {
          latest = Math.max(latest, batch.partitionLeaderEpoch());
        }
      }
    }
    return latest;
  }
}
