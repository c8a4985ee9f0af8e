// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * broker DIR[,DIR...] [PORT]: a real broker, which is its own controller, on these directories. It
 * serves until stdin ends (then it stops cleanly) or says "halt" (then it is gone at once).
 */
final class Broker {
  static final int NODE_ID = 1;
  /** As of a process that was killed. */
  static final int HALTED = 137;

  private Broker() {}

  static int run(Arguments arguments, Output out) throws Exception {
    long start = System.nanoTime();
    haltAfter(arguments.number("max-seconds", 600));
    List<String> dirs = List.of(arguments.at(0, "DIR").split(","));
    for (String dir : dirs) new File(dir).mkdirs();
    int port = arguments.count() > 1 ? Integer.parseInt(arguments.at(1, "PORT")) : 0;
    if (port == 0) port = freePort();
    int controllerPort = freePort();
    boolean isNew = !new File(dirs.get(0), "__cluster_metadata-0").exists();
    format(dirs);
    TreeSet<String> topics = new TreeSet<>(arguments.all("adopt"));
    if (!topics.isEmpty()) {
      if (!isNew) throw new UsageException("--adopt: this directory has cluster metadata already");
      Adoption.prepare(dirs, topics, arguments.pairs("config"));
    }
    Map<String, String> properties = properties(dirs, port, controllerPort);
    properties.putAll(arguments.pairs("set"));
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    server.startup();
    out.line(
        Json.object()
            .put("ready", true)
            .put("port", port)
            .put("pid", ProcessHandle.current().pid())
            .put("ms", (System.nanoTime() - start) / 1_000_000));
    out.flush();
    waitForTheEnd();
    start = System.nanoTime();
    server.shutdown();
    server.awaitShutdown();
    out.line(
        Json.object().put("stopped", true).put("ms", (System.nanoTime() - start) / 1_000_000));
    return 0;
  }

  private static void waitForTheEnd() throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      if (line.trim().equals("halt")) KafkaLog.leave(HALTED);
    }
  }

  /** However the test ends, no broker stays behind. */
  static void haltAfter(long seconds) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(seconds * 1000);
              } catch (InterruptedException e) {
                return;
              }
              System.err.println("broker: halted after " + seconds + " s");
              KafkaLog.leave(HALTED);
            });
    thread.setDaemon(true);
    thread.start();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void format(List<String> dirs) throws Exception {
    boolean formatted = dirs.stream().allMatch(dir -> new File(dir, "meta.properties").exists());
    if (formatted) return;
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false))
        .setSupportedFeatures(Arrays.asList(Feature.PRODUCTION_FEATURES.toArray(new Feature[0])))
        .setNodeId(NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setDirectories(dirs)
        .setMetadataLogDirectory(dirs.get(0))
        .setControllerListenerName("CONTROLLER")
        .setIgnoreFormatted(true)
        .run();
  }

  private static Map<String, String> properties(List<String> dirs, int port, int controllerPort) {
    String[][] pairs = {
      {"process.roles", "broker,controller"},
      {"node.id", Integer.toString(NODE_ID)},
      {"controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort},
      {"listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort},
      {"controller.listener.names", "CONTROLLER"},
      {"listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"},
      {"log.dirs", String.join(",", dirs)},
      {"metadata.log.dir", dirs.get(0)},
      {"offsets.topic.replication.factor", "1"},
      {"offsets.topic.num.partitions", "1"},
      {"transaction.state.log.replication.factor", "1"},
      {"transaction.state.log.min.isr", "1"},
      {"transaction.state.log.num.partitions", "1"},
      {"share.coordinator.state.topic.replication.factor", "1"},
      {"share.coordinator.state.topic.num.partitions", "1"},
      {"group.initial.rebalance.delay.ms", "0"},
      // A broker that was halted is let in again when its last session has ended.
      {"broker.session.timeout.ms", "4000"},
      {"broker.heartbeat.interval.ms", "500"},
      {"auto.create.topics.enable", "false"},
      {"message.max.bytes", Integer.toString(16 << 20)},
      // Records of a simulation may be older than a week.
      {"log.retention.ms", "-1"},
      {"log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20)},
      {"num.network.threads", "2"},
      {"num.io.threads", "2"},
    };
    Map<String, String> properties = new LinkedHashMap<>();
    for (String[] pair : pairs) properties.put(pair[0], pair[1]);
    return properties;
  }
}
