// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.metadata.PartitionRegistration;

/** One script on a real cluster, step by step; the README.md of ../../cluster has the steps. */
final class ScriptRun {
  private static final long WAIT_MS = 60_000;
  private static final long POLL_MS = 20;
  /** From when a broker tells clients of new metadata until all of it has taken it in. */
  private static final long AFTER_MS = 100;
  private static final long STALL_MS = 1500;

  private interface Request {
    String send() throws IOException;
  }

  /** A wait that did not come true ends the script. */
  private static final class NotReached extends Exception {
    private static final long serialVersionUID = 1L;

    NotReached(String what) {
      super(what);
    }
  }

  private final RealCluster cluster;
  private final MetadataTail metadata;
  private final JsonNode script;
  private final List<String> lines = new ArrayList<>();
  private final List<String> topics = new ArrayList<>();
  private final Map<String, CompletableFuture<String>> pending = new HashMap<>();
  private final Map<Integer, Integer> registrationsWhenStarted = new HashMap<>();
  private final Set<Integer> touched = new TreeSet<>();
  private final int fencingsBefore;
  private long records = 0;
  private volatile long longestStall = 0;

  ScriptRun(RealCluster cluster, JsonNode script) throws IOException {
    this.cluster = cluster;
    this.metadata = cluster.metadata;
    this.script = script;
    metadata.update();
    fencingsBefore = metadata.fencings.size();
  }

  List<String> lines() {
    return lines;
  }

  void carryOut() throws Exception {
    Thread watch = watchForStalls();
    int number = 0;
    try {
      for (JsonNode step : script.path("steps")) carryOut(++number, step);
    } catch (NotReached e) {
      lines.add("step " + number + " wait: NOT REACHED, " + e.getMessage());
    } finally {
      watch.interrupt();
    }
    describeEnd();
  }

  /** Why this run says nothing about Kafka; empty: it does. */
  String disturbance() throws IOException {
    metadata.update();
    for (int broker : metadata.fencings.subList(fencingsBefore, metadata.fencings.size())) {
      if (!touched.contains(broker)) return "broker " + broker + " was fenced by itself";
    }
    return longestStall > STALL_MS ? "this machine stood still for " + longestStall + " ms" : "";
  }

  private Thread watchForStalls() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  long before = System.nanoTime();
                  Thread.sleep(100);
                  long stall = (System.nanoTime() - before) / 1_000_000 - 100;
                  longestStall = Math.max(longestStall, stall);
                }
              } catch (InterruptedException e) {
                // The script has ended.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  // --- Steps ---

  private void carryOut(int number, JsonNode step) throws Exception {
    metadata.update();
    String verb = step.fieldNames().next();
    String label = "step " + number + " " + verb + " ";
    switch (verb) {
      case "create" -> {
        topics.add(Json.text(step, verb));
        ask(label + Json.text(step, verb), step, () -> ScriptRequests.create(anyPort(), step));
      }
      case "produce" -> produce(label, step);
      case "await" -> {
        String name = Json.text(step, verb);
        String told = pending.remove(name).get(2 * WAIT_MS, TimeUnit.MILLISECONDS);
        lines.add(label + name + ": " + told);
      }
      case "list", "epoch_end", "fetch", "delete_records" -> askPartition(label, verb, step);
      case "alter_config", "reassign", "elect" ->
          ask(
              label + Json.text(step, verb),
              step,
              () ->
                  switch (verb) {
                    case "alter_config" -> ScriptRequests.alterConfig(anyPort(), step);
                    case "reassign" -> ScriptRequests.reassign(anyPort(), step);
                    default -> ScriptRequests.elect(anyPort(), step);
                  });
      case "kill", "stop", "start", "pause", "resume" -> operate(label, verb, step);
      case "sleep" -> Thread.sleep(Json.number(step, verb));
      case "wait" -> await(step.get(verb));
      default -> throw new UsageException("unknown step: " + step);
    }
  }

  private void operate(String label, String verb, JsonNode step) throws Exception {
    int broker = broker(step.get(verb));
    touched.add(broker);
    lines.add(label + broker);
    switch (verb) {
      case "kill" -> cluster.kill(broker);
      case "stop" -> {
        cluster.beginStop(broker);
        until(() -> cluster.hasEnded(broker), () -> "broker " + broker + " does not stop");
      }
      case "start" -> {
        registrationsWhenStarted.put(broker, metadata.brokers.get(broker).registrations);
        cluster.start(broker);
      }
      case "pause" -> cluster.pause(broker);
      default -> cluster.resume(broker);
    }
  }

  /** 2, or "leader of orders-0". */
  private int broker(JsonNode target) {
    if (target.isInt()) return target.asInt();
    return leaderOf(target.asText().replaceFirst("^leader of ", ""));
  }

  private int leaderOf(String partition) {
    PartitionRegistration state = metadata.partition(partition);
    if (state == null) throw new UsageException("no such partition: " + partition);
    return state.leader;
  }

  private int anyPort() {
    for (int broker : RealCluster.BROKERS) {
      boolean running = cluster.state(broker) == RealCluster.State.RUNNING;
      if (running && metadata.isUp(broker)) return cluster.port(broker);
    }
    throw new UsageException("no broker is up");
  }

  private void produce(String label, JsonNode step) {
    String partition = Json.text(step, "produce");
    int broker = step.has("to") ? broker(step.get("to")) : leaderOf(partition);
    long first = records;
    records += Json.number(step, "records", 1);
    long sequence = Json.number(step, "sequence", 0);
    int port = cluster.port(broker);
    ask(
        label + partition + " to " + broker,
        step,
        () -> ScriptRequests.produce(port, step, first, sequence));
  }

  private void askPartition(String label, String verb, JsonNode step) {
    String partition = Json.text(step, verb);
    int broker = step.has("to") ? broker(step.get("to")) : leaderOf(partition);
    int port = cluster.port(broker);
    ask(
        label + partition + " to " + broker,
        step,
        () ->
            switch (verb) {
              case "list" -> ScriptRequests.list(port, step);
              case "epoch_end" -> ScriptRequests.epochEnd(port, step);
              case "fetch" -> 
                  ScriptRequests.fetch(
                      port, step, metadata.topicId(ScriptRequests.topic(partition)));
              default -> ScriptRequests.deleteRecords(port, step);
            });
  }

  /** Now, or with "async" in the background, for "await". */
  private void ask(String label, JsonNode step, Request request) {
    if (!step.has("async")) {
      lines.add(label + ": " + answer(request));
      return;
    }
    CompletableFuture<String> future = new CompletableFuture<>();
    Thread thread = new Thread(() -> future.complete(answer(request)));
    thread.setDaemon(true);
    thread.start();
    pending.put(Json.text(step, "async"), future);
    lines.add(label + ": sent as " + Json.text(step, "async"));
  }

  private static String answer(Request request) {
    try {
      return request.send();
    } catch (IOException e) {
      return ScriptRequests.failure(e);
    } catch (RuntimeException e) {
      return "FAILED " + e;
    }
  }

  // --- Waiting ---

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void until(Condition condition, Supplier<String> otherwise)
      throws Exception {
    long end = System.currentTimeMillis() + WAIT_MS;
    while (!condition.holds()) {
      if (System.currentTimeMillis() > end) throw new NotReached(otherwise.get());
      Thread.sleep(POLL_MS);
      metadata.update();
    }
  }

  private void await(JsonNode wanted) throws Exception {
    Json.checkKeys(
        wanted,
        "wait",
        Set.of("partition", "leader", "isr", "up", "fenced", "log_end", "high_watermark", "config",
            "reassigned", "log_start"));
    String partition = Json.text(wanted, "partition", "");
    until(() -> holds(wanted, partition), () -> wanted + " " + state(partition));
    for (String topic : topics) {
      for (String each : metadata.partitionsOf(topic)) {
        until(() -> isKnown(each), () -> "brokers know of " + state(each));
      }
    }
    Thread.sleep(AFTER_MS);
  }

  private String state(String partition) {
    PartitionRegistration state = metadata.partition(partition);
    return state == null ? "" : partition + ": " + MetadataTail.describe(state);
  }

  private boolean holds(JsonNode wanted, String partition) throws Exception {
    for (JsonNode broker : wanted.path("up")) {
      int id = broker.asInt();
      int before = registrationsWhenStarted.getOrDefault(id, 0);
      if (metadata.brokers.get(id).registrations <= before || !metadata.isUp(id)) return false;
    }
    for (JsonNode broker : wanted.path("fenced")) {
      if (!metadata.brokers.get(broker.asInt()).fenced) return false;
    }
    if (partition.isEmpty()) return true;
    PartitionRegistration state = metadata.partition(partition);
    if (state == null) return false;
    if (wanted.has("leader") && state.leader != Json.number(wanted, "leader")) return false;
    if (wanted.has("isr") && !MetadataTail.set(state.isr).equals(set(wanted.get("isr")))) {
      return false;
    }
    if (wanted.has("reassigned")
        && state.addingReplicas.length + state.removingReplicas.length > 0) return false;
    for (Map.Entry<String, JsonNode> end : wanted.path("log_end").properties()) {
      File folder = new File(cluster.dir(Integer.parseInt(end.getKey())), partition);
      if (ReplicaFiles.logEnd(folder) != end.getValue().asLong()) return false;
    }
    if (wanted.has("high_watermark")
        && !tells(state.leader, partition, -1, wanted.get("high_watermark"))) {
      return false;
    }
    return !wanted.has("log_start") || tells(state.leader, partition, -2, wanted.get("log_start"));
  }

  private boolean tells(int broker, String partition, long timestamp, JsonNode offset)
      throws IOException {
    try {
      var answer =
          ScriptRequests.listOffsets(cluster.port(broker), partition, timestamp, -1, 5000);
      return answer.errorCode() == 0 && answer.offset() == offset.asLong();
    } catch (IOException e) {
      return false;
    }
  }

  private static String set(JsonNode array) {
    return MetadataTail.set(
        ScriptRequests.ids(array).stream().mapToInt(Integer::intValue).toArray());
  }

  /** All living replicas have taken in what the controller has written of this partition. */
  private boolean isKnown(String partition) throws IOException {
    PartitionRegistration state = metadata.partition(partition);
    for (int broker : RealCluster.BROKERS) {
      if (cluster.state(broker) != RealCluster.State.RUNNING || !metadata.isUp(broker)) continue;
      try {
        if (!tellsClients(broker, partition, state)) return false;
        boolean hosted = false;
        for (int replica : state.replicas) hosted |= replica == broker;
        if (!hosted) continue;
        Errors error =
            Errors.forCode(
                ScriptRequests.listOffsets(
                        cluster.port(broker), partition, -1, state.leaderEpoch, 5000)
                    .errorCode());
        if (error == Errors.UNKNOWN_LEADER_EPOCH || error == Errors.FENCED_LEADER_EPOCH) {
          return false;
        }
        if (error == Errors.UNKNOWN_TOPIC_OR_PARTITION) return false;
        if (error == Errors.NOT_LEADER_OR_FOLLOWER && broker == state.leader) return false;
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private boolean tellsClients(int broker, String partition, PartitionRegistration state)
      throws IOException {
    MetadataRequestData request = ScriptRequests.noTopics();
    request
        .topics()
        .add(
            new MetadataRequestData.MetadataRequestTopic()
                .setName(ScriptRequests.topic(partition)));
    MetadataResponseData all =
        (MetadataResponseData)
            Wire.call(cluster.port(broker), ApiKeys.METADATA, 12, request, 5000);
    for (var told : all.topics().iterator().next().partitions()) {
      if (told.partitionIndex() != ScriptRequests.index(partition)) continue;
      int[] isr = told.isrNodes().stream().mapToInt(Integer::intValue).toArray();
      return told.leaderEpoch() == state.leaderEpoch
          && MetadataTail.set(isr).equals(MetadataTail.set(state.isr));
    }
    return false;
  }

  // --- The end ---

  private void describeEnd() throws IOException {
    metadata.update();
    for (String topic : new TreeSet<>(topics)) {
      for (String partition : metadata.partitionsOf(topic)) {
        for (String state : metadata.history(partition)) {
          lines.add("partition " + partition + ": " + state);
        }
        for (int broker : RealCluster.BROKERS) {
          File folder = new File(cluster.dir(broker), partition);
          if (!folder.isDirectory()) continue;
          String name = "replica " + partition + " on " + broker + ": ";
          lines.add(name + "epochs " + ReplicaFiles.epochs(folder));
          for (String record : ReplicaFiles.records(folder)) lines.add(name + record);
        }
      }
    }
  }

  /** All brokers up again and the script's topics gone. False: it cannot be done. */
  boolean restore() {
    try {
      for (int broker : RealCluster.BROKERS) {
        RealCluster.State state = cluster.state(broker);
        if (state == RealCluster.State.PAUSED) cluster.resume(broker);
        if (state == RealCluster.State.DOWN) {
          registrationsWhenStarted.put(broker, metadata.brokers.get(broker).registrations);
          cluster.start(broker);
        }
      }
      until(
          () -> {
            for (int broker : RealCluster.BROKERS) {
              int before = registrationsWhenStarted.getOrDefault(broker, 0);
              if (metadata.brokers.get(broker).registrations <= before) return false;
              if (!metadata.isUp(broker)) return false;
            }
            return true;
          },
          () -> "");
      ScriptRequests.delete(anyPort(), topics);
      return true;
    } catch (Exception e) {
      return false;
    }
  }
}
