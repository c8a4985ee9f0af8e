// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;

/** produce PORT SCRIPT: topics and records by Kafka's clients, and what was acknowledged. */
final class Produce {
  private static final Set<String> KEYS = Set.of("topics", "producers", "steps");
  private static final Set<String> STEP_KEYS =
      Set.of("producer", "do", "topic", "partition", "records", "may_fail");

  /** A record sent, until its acknowledgement and its transaction's end are known. */
  private static final class Sent {
    final ProducerRecord<byte[], byte[]> record;
    final Future<RecordMetadata> future;
    RecordMetadata metadata;
    boolean committed;

    Sent(
        ProducerRecord<byte[], byte[]> record, Future<RecordMetadata> future, boolean committed) {
      this.record = record;
      this.future = future;
      this.committed = committed;
    }
  }

  private static final class Client {
    final KafkaProducer<byte[], byte[]> producer;
    final boolean transactional;
    final List<Sent> pending = new ArrayList<>();

    Client(String port, Map<String, String> config) {
      producer = Clients.producer(port, config);
      transactional = config.containsKey("transactional.id");
      if (transactional) producer.initTransactions();
    }
  }

  private final String port;
  private final Output out;
  private final Map<String, Client> clients = new LinkedHashMap<>();
  private final List<Sent> acknowledged = new ArrayList<>();
  private long failed = 0;

  private Produce(String port, Output out) {
    this.port = port;
    this.out = out;
  }

  static int run(Arguments arguments, Output out) throws Exception {
    Produce produce = new Produce(arguments.at(0, "PORT"), out);
    try {
      boolean passed = true;
      for (JsonNode script : Json.scripts(arguments.at(1, "SCRIPT"))) {
        passed &= produce.carryOut(script);
      }
      produce.report();
      return passed ? 0 : 1;
    } finally {
      for (Client client : produce.clients.values()) client.producer.close(Clients.PATIENCE);
    }
  }

  private boolean carryOut(JsonNode script) throws Exception {
    Json.checkKeys(script, "script", KEYS);
    createTopics(script.path("topics"));
    script
        .path("producers")
        .properties()
        .forEach(e -> clients.put(e.getKey(), new Client(port, Json.strings(e.getValue()))));
    boolean passed = true;
    int number = 0;
    for (JsonNode step : script.path("steps")) {
      Json.checkKeys(step, "step", STEP_KEYS);
      ObjectNode answer =
          Json.object().put("step", number++).put("do", Json.text(step, "do"));
      long failedBefore = failed;
      try {
        carryOut(step, client(step), answer);
      } catch (UsageException e) {
        throw e;
      } catch (RuntimeException e) {
        answer.put("error", LogWriter.errorName(e)).put("message", String.valueOf(e.getMessage()));
      }
      passed &= Json.flag(step, "may_fail") || (!answer.has("error") && failed == failedBefore);
      out.line(answer);
    }
    for (Client client : clients.values()) passed &= settle(client, null, Json.object());
    return passed;
  }

  private Client client(JsonNode step) {
    Client client = clients.get(Json.text(step, "producer"));
    if (client == null) throw new UsageException("no such producer: " + step);
    return client;
  }

  private void createTopics(JsonNode topics) throws Exception {
    if (topics.isEmpty()) return;
    try (Admin admin = Clients.admin(port)) {
      for (Map.Entry<String, JsonNode> entry : topics.properties()) {
        Json.checkKeys(entry.getValue(), "topic", Set.of("partitions", "config"));
        int partitions = (int) Json.number(entry.getValue(), "partitions", 1);
        NewTopic topic = new NewTopic(entry.getKey(), partitions, (short) 1);
        topic.configs(Json.strings(entry.getValue().get("config")));
        try {
          admin.createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) throw e;
        }
      }
    }
  }

  private void carryOut(JsonNode step, Client client, ObjectNode answer) throws Exception {
    switch (Json.text(step, "do")) {
      case "send" -> answer.put("sent", send(step, client));
      case "begin" -> client.producer.beginTransaction();
      case "flush" -> {
        client.producer.flush();
        settle(client, client.transactional ? null : true, answer);
      }
      case "commit" -> {
        client.producer.commitTransaction();
        settle(client, true, answer);
      }
      case "abort" -> {
        // What is not yet sent would never reach the log.
        client.producer.flush();
        client.producer.abortTransaction();
        settle(client, false, answer);
      }
      default -> throw new UsageException("unknown step: " + step);
    }
  }

  private static int send(JsonNode step, Client client) {
    List<Batches.Described> records = Batches.records(step.get("records"));
    Integer partition = step.has("partition") ? (int) Json.number(step, "partition") : null;
    for (Batches.Described one : records) {
      long timestamp = one.record().timestamp();
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              Json.text(step, "topic"),
              partition,
              timestamp < 0 ? null : timestamp,
              one.key(),
              one.value(),
              Arrays.asList(one.record().headers()));
      client.pending.add(new Sent(record, client.producer.send(record), !client.transactional));
    }
    return records.size();
  }

  /**
   * Waits for the acknowledgements of all that was sent. Whether it is committed is known once its
   * transaction has ended; null: not yet.
   */
  private boolean settle(Client client, Boolean committed, ObjectNode answer) throws Exception {
    long failedBefore = failed;
    long settled = 0;
    for (Sent sent : client.pending) {
      if (committed != null) sent.committed = committed;
      if (sent.metadata != null) continue;
      try {
        sent.metadata = sent.future.get(60, TimeUnit.SECONDS);
        acknowledged.add(sent);
        settled++;
      } catch (ExecutionException e) {
        failed++;
        answer.put("send_error", LogWriter.errorName(e.getCause()));
      }
    }
    if (committed != null || !client.transactional) client.pending.clear();
    answer.put("acknowledged", settled).put("failed", failed - failedBefore);
    return failed == failedBefore;
  }

  private void report() {
    acknowledged.sort(
        Comparator.comparing((Sent sent) -> sent.metadata.topic())
            .thenComparing(sent -> sent.metadata.partition())
            .thenComparing(sent -> sent.metadata.offset()));
    Map<String, Canonical[]> partitions = new TreeMap<>();
    for (Sent sent : acknowledged) {
      RecordMetadata to = sent.metadata;
      Canonical[] sums =
          partitions.computeIfAbsent(
              to.topic() + "-" + to.partition(),
              unused -> new Canonical[] {new Canonical(), new Canonical()});
      add(sent, sums[0]);
      if (sent.committed) add(sent, sums[1]);
    }
    for (Map.Entry<String, Canonical[]> entry : partitions.entrySet()) {
      ObjectNode answer = Json.object().put("log", entry.getKey());
      answer.set("data", entry.getValue()[0].report());
      answer.set("committed", entry.getValue()[1].report());
      out.line(answer);
    }
  }

  private static void add(Sent sent, Canonical canonical) {
    canonical.add(
        sent.metadata.offset(),
        sent.metadata.timestamp(),
        sent.record.key(),
        sent.record.value(),
        sent.record.headers().toArray());
  }
}
