// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's clients, all of bytes, for a broker on this machine. */
final class Clients {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private Clients() {}

  /** PORT, or HOST:PORT. */
  private static Map<String, Object> config(String port, Map<String, String> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("bootstrap.servers", port.contains(":") ? port : "127.0.0.1:" + port);
    return config;
  }

  static Admin admin(String port) {
    return Admin.create(config(port, Map.of()));
  }

  static KafkaProducer<byte[], byte[]> producer(String port, Map<String, String> more) {
    Map<String, String> config = new HashMap<>();
    config.put("max.request.size", Integer.toString(16 << 20));
    config.put("buffer.memory", Integer.toString(64 << 20));
    config.put("max.block.ms", Long.toString(PATIENCE.toMillis()));
    config.putAll(more);
    return new KafkaProducer<>(
        config(port, config), new ByteArraySerializer(), new ByteArraySerializer());
  }

  static KafkaConsumer<byte[], byte[]> consumer(String port, Map<String, String> more) {
    return new KafkaConsumer<>(
        config(port, more), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
