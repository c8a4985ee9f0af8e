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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.EligibleLeaderReplicasVersion;
import org.apache.kafka.server.common.Feature;

/**
 * node ROLE ID DIR PORT VOTERS: one broker or controller of a cluster, until its stdin says "stop"
 * (cleanly, as after SIGTERM) or ends (at once).
 */
final class ClusterNode {
  private ClusterNode() {}

  static int run(Arguments arguments, Output out) throws Exception {
    Broker.haltAfter(arguments.number("max-seconds", 1200));
    String role = arguments.at(0, "ROLE");
    int id = Integer.parseInt(arguments.at(1, "ID"));
    File dir = new File(arguments.at(2, "DIR"));
    int port = Integer.parseInt(arguments.at(3, "PORT"));
    String voters = arguments.at(4, "VOTERS");
    Map<String, String> more = arguments.pairs("set");
    String eligible = more.remove(EligibleLeaderReplicasVersion.FEATURE_NAME);
    short elr = eligible == null ? 0 : Short.parseShort(eligible);
    if (!new File(dir, "meta.properties").exists()) {
      format(id, dir, arguments.all("cluster-id").get(0), elr);
    }
    Map<String, String> properties = properties(role, id, dir, port, voters);
    properties.putAll(more);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    Thread end = new Thread(() -> waitForTheEnd(server), "end");
    end.setDaemon(true);
    end.start();
    server.startup();
    out.line(Json.object().put("ready", true));
    out.flush();
    server.awaitShutdown();
    return 0;
  }

  private static void waitForTheEnd(KafkaRaftServer server) {
    try {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(
                  new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
      String line = in.readLine();
      if (line == null) KafkaLog.leave(Broker.HALTED);
      // If who asked dies meanwhile, that is the end too.
      Thread watch =
          new Thread(
              () -> {
                try {
                  while (in.readLine() != null) {}
                } catch (IOException e) {
                  // As the end.
                }
                KafkaLog.leave(Broker.HALTED);
              });
      watch.setDaemon(true);
      watch.start();
      server.shutdown();
      server.awaitShutdown();
      KafkaLog.leave(0);
    } catch (IOException e) {
      KafkaLog.leave(Broker.HALTED);
    }
  }

  private static void format(int id, File dir, String clusterId, short elr) throws Exception {
    if (!dir.isDirectory() && !dir.mkdirs()) throw new UsageException("cannot make " + dir);
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false))
        .setSupportedFeatures(Arrays.asList(Feature.PRODUCTION_FEATURES.toArray(new Feature[0])))
        .setFeatureLevel(EligibleLeaderReplicasVersion.FEATURE_NAME, elr)
        .setNodeId(id)
        .setClusterId(clusterId)
        .setDirectories(List.of(dir.getPath()))
        .setMetadataLogDirectory(dir.getPath())
        .setControllerListenerName("CONTROLLER")
        .run();
  }

  private static Map<String, String> properties(
      String role, int id, File dir, int port, String voters) {
    boolean broker = role.equals("broker");
    String[][] pairs = {
      {"process.roles", role},
      {"node.id", Integer.toString(id)},
      {"controller.quorum.voters", voters},
      {"listeners", (broker ? "PLAINTEXT" : "CONTROLLER") + "://127.0.0.1:" + port},
      {"controller.listener.names", "CONTROLLER"},
      {"listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"},
      {"log.dirs", dir.getPath()},
      {"auto.create.topics.enable", "false"},
      // Records of scripts are older than a week.
      {"log.retention.ms", "-1"},
      // Who leads when is the script's to say.
      {"auto.leader.rebalance.enable", "false"},
      {"log.cleaner.enable", "false"},
      {"num.network.threads", "2"},
      {"num.io.threads", "3"},
    };
    Map<String, String> properties = new LinkedHashMap<>();
    for (String[] pair : pairs) properties.put(pair[0], pair[1]);
    return properties;
  }
}
