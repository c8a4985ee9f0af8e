// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.metadata.LeaderRecoveryState;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.metadata.PartitionRegistration;

/**
 * Follows the only controller's metadata log on its disk, decoded by Kafka's own classes: who is
 * fenced, and every state that a partition has been in.
 */
final class MetadataTail {
  static final class BrokerState {
    boolean fenced = true;
    boolean shuttingDown;
    int registrations;
  }

  private static final byte FENCED = 1;
  private static final byte UNFENCED = -1;

  private final File file;
  private long position;
  final Map<Integer, BrokerState> brokers = new TreeMap<>();
  private final Map<Uuid, String> topics = new HashMap<>();
  private final Map<String, PartitionRegistration> partitions = new TreeMap<>();
  private final Map<String, List<String>> history = new TreeMap<>();
  /** Broker by broker, each time that one was fenced. */
  final List<Integer> fencings = new ArrayList<>();

  MetadataTail(File controllerDirectory) {
    file = new File(controllerDirectory, "__cluster_metadata-0/00000000000000000000.log");
  }

  /** Null if there is no such partition. */
  PartitionRegistration partition(String name) {
    return partitions.get(name);
  }

  List<String> history(String partition) {
    return history.getOrDefault(partition, List.of());
  }

  List<String> partitionsOf(String topic) {
    return partitions.keySet().stream()
        .filter(name -> name.substring(0, name.lastIndexOf('-')).equals(topic))
        .collect(Collectors.toList());
  }

  Uuid topicId(String topic) {
    for (Map.Entry<Uuid, String> entry : topics.entrySet()) {
      if (entry.getValue().equals(topic)) return entry.getKey();
    }
    return Uuid.ZERO_UUID;
  }

  boolean isUp(int broker) {
    BrokerState state = brokers.get(broker);
    return state != null && !state.fenced && !state.shuttingDown;
  }

  /** Takes in what has been written since the last call. */
  void update() throws IOException {
    if (!file.exists()) return;
    ByteBuffer fresh;
    try (FileChannel channel = FileChannel.open(file.toPath(), StandardOpenOption.READ)) {
      fresh = ByteBuffer.allocate((int) (channel.size() - position));
      while (fresh.hasRemaining() && channel.read(fresh, position + fresh.position()) >= 0) {}
    }
    fresh.flip();
    // A batch that is half written is left for the next call.
    for (RecordBatch batch : MemoryRecords.readableRecords(fresh).batches()) {
      position += batch.sizeInBytes();
      if (batch.isControlBatch()) continue;
      for (Record record : batch) {
        replay(
            MetadataRecordSerde.INSTANCE
                .read(new ByteBufferAccessor(record.value()), record.valueSize())
                .message());
      }
    }
  }

  private void replay(ApiMessage message) {
    if (message instanceof TopicRecord topic) {
      topics.put(topic.topicId(), topic.name());
    } else if (message instanceof RemoveTopicRecord removed) {
      String name = topics.remove(removed.topicId());
      for (String partition : partitionsOf(name)) {
        partitions.remove(partition);
        history.remove(partition);
      }
    } else if (message instanceof PartitionRecord created) {
      String name = topics.get(created.topicId()) + "-" + created.partitionId();
      note(name, new PartitionRegistration(created));
    } else if (message instanceof PartitionChangeRecord change) {
      String name = topics.get(change.topicId()) + "-" + change.partitionId();
      note(name, partitions.get(name).merge(change));
    } else if (message instanceof RegisterBrokerRecord broker) {
      BrokerState state = brokers.computeIfAbsent(broker.brokerId(), unused -> new BrokerState());
      state.fenced = broker.fenced();
      state.shuttingDown = broker.inControlledShutdown();
      state.registrations++;
    } else if (message instanceof BrokerRegistrationChangeRecord change) {
      BrokerState state = brokers.get(change.brokerId());
      if (change.fenced() == FENCED) {
        state.fenced = true;
        fencings.add(change.brokerId());
      }
      if (change.fenced() == UNFENCED) state.fenced = false;
      if (change.inControlledShutdown() != 0) state.shuttingDown = true;
    }
  }

  private void note(String name, PartitionRegistration now) {
    PartitionRegistration before = partitions.put(name, now);
    // A change of directories alone (a broker tells where a replica is) is of no interest.
    if (before != null && before.partitionEpoch == now.partitionEpoch) return;
    history.computeIfAbsent(name, unused -> new ArrayList<>()).add(describe(now));
  }

  /** One line of the normal form; all lists but that of the replicas are sets. */
  static String describe(PartitionRegistration p) {
    StringBuilder text = new StringBuilder();
    text.append("leader ").append(p.leader).append(" epoch ").append(p.leaderEpoch);
    text.append(" isr ").append(set(p.isr)).append(" version ").append(p.partitionEpoch);
    text.append(" replicas ").append(list(Arrays.stream(p.replicas).boxed().toList()));
    if (p.addingReplicas.length > 0) text.append(" adding ").append(set(p.addingReplicas));
    if (p.removingReplicas.length > 0) text.append(" removing ").append(set(p.removingReplicas));
    if (p.elr.length > 0) text.append(" elr ").append(set(p.elr));
    if (p.lastKnownElr.length > 0) text.append(" last_known_elr ").append(set(p.lastKnownElr));
    if (p.leaderRecoveryState == LeaderRecoveryState.RECOVERING) text.append(" recovering");
    return text.toString();
  }

  static String set(int[] ids) {
    return list(Arrays.stream(ids).sorted().boxed().toList());
  }

  private static String list(List<Integer> ids) {
    if (ids.isEmpty()) return "none";
    return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
