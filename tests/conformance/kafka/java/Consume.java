// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** consume PORT TOPIC...: what Kafka's consumer gets of each partition, from start to end. */
final class Consume {
  private Consume() {}

  static int run(Arguments arguments, Output out) {
    arguments.at(1, "TOPIC");
    Map<String, String> config = new HashMap<>();
    config.put("enable.auto.commit", "false");
    config.put("allow.auto.create.topics", "false");
    config.put(
        "isolation.level", arguments.has("read-committed") ? "read_committed" : "read_uncommitted");
    config.putAll(arguments.pairs("set"));
    try (KafkaConsumer<byte[], byte[]> consumer =
        Clients.consumer(arguments.at(0, "PORT"), config)) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : arguments.from(1)) {
        List<PartitionInfo> infos = consumer.partitionsFor(topic, Clients.PATIENCE);
        if (infos.isEmpty()) throw new UsageException("no such topic: " + topic);
        for (PartitionInfo info : infos) {
          partitions.add(new TopicPartition(topic, info.partition()));
        }
      }
      partitions.sort(
          Comparator.comparing(TopicPartition::topic)
              .thenComparingInt(TopicPartition::partition));
      return read(consumer, partitions, arguments.has("summary"), out) ? 0 : 1;
    }
  }

  private static boolean read(
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      boolean summary,
      Output out) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, Clients.PATIENCE);
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, Clients.PATIENCE);
    Map<TopicPartition, Canonical> all = new HashMap<>();
    for (TopicPartition partition : partitions) all.put(partition, new Canonical());
    long deadline = System.nanoTime() + Clients.PATIENCE.toNanos();
    boolean whole = false;
    while (!whole && System.nanoTime() < deadline) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        // What came after the ends were asked for is another reader's.
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() >= ends.get(partition)) continue;
        take(record, all.get(partition));
        if (!summary) out.line(describe(record));
      }
      whole = true;
      for (TopicPartition partition : partitions) {
        whole &= consumer.position(partition, Clients.PATIENCE) >= ends.get(partition);
      }
    }
    for (TopicPartition partition : partitions) {
      ObjectNode answer =
          Json.object()
              .put("log", UnifiedLog.logDirName(partition))
              .put("start", starts.get(partition))
              .put("end", ends.get(partition));
      if (!whole) answer.put("position", consumer.position(partition, Clients.PATIENCE));
      answer.set("data", all.get(partition).report());
      out.line(answer);
    }
    return whole;
  }

  private static void take(ConsumerRecord<byte[], byte[]> record, Canonical canonical) {
    canonical.add(
        record.offset(),
        record.timestamp(),
        record.key(),
        record.value(),
        record.headers().toArray());
  }

  private static ObjectNode describe(ConsumerRecord<byte[], byte[]> record) {
    ObjectNode node =
        Json.object()
            .put("log", record.topic() + "-" + record.partition())
            .put("offset", record.offset())
            .put("timestamp", record.timestamp())
            .put("timestamp_type", record.timestampType().name)
            .put("key", Json.base64(record.key()))
            .put("value", Json.base64(record.value()))
            .put("leader_epoch", record.leaderEpoch().orElse(null));
    node.set("headers", ReadLogs.headers(record.headers().toArray()));
    return node;
  }
}
