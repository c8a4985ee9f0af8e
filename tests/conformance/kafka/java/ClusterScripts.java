// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * cluster DIR SCRIPT...: carries out each script on a real cluster and prints its normal form, a
 * line of JSON each: {"script", "steps", "lines", "ms"}. Scripts that follow each other and want
 * the same settings share a cluster. A run in which this machine stood still, so that a broker was
 * fenced that the script had not touched, says nothing about Kafka: it is done again, three times
 * at most.
 */
final class ClusterScripts {
  private static final int ATTEMPTS = 3;

  private final File root;
  private RealCluster cluster;
  private Map<String, String> config;
  private ScriptRun last;
  private int clusters;

  private ClusterScripts(File root) {
    this.root = root;
  }

  static int run(Arguments arguments, Output out) throws Exception {
    ClusterScripts scripts = new ClusterScripts(new File(arguments.at(0, "DIR")));
    Broker.haltAfter(arguments.number("max-seconds", 1200));
    if (arguments.has("attached")) endWithStdin();
    try {
      for (String script : arguments.from(1)) scripts.carryOut(script, out);
    } finally {
      scripts.close();
    }
    return 0;
  }

  /** Whoever has started this is gone: so go all. */
  private static void endWithStdin() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {}
              } catch (IOException e) {
                // As the end.
              }
              RealCluster.killAll();
              KafkaLog.leave(Broker.HALTED);
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void close() {
    if (cluster != null) cluster.close();
    cluster = null;
  }

  private void carryOut(String given, Output out) throws Exception {
    JsonNode script = Json.script(given);
    long start = System.nanoTime();
    StringBuilder repeated = new StringBuilder();
    for (int attempt = 1; ; attempt++) {
      Map<String, String> wanted = new TreeMap<>(Json.strings(script.get("config")));
      // What a script leaves must become a whole cluster again, or it is replaced.
      if (cluster == null || !wanted.equals(config) || !last.restore()) {
        close();
        cluster = new RealCluster(new File(root, "cluster-" + ++clusters), wanted);
        config = wanted;
      }
      ScriptRun run = new ScriptRun(cluster, script);
      run.carryOut();
      String disturbance = run.disturbance();
      if (disturbance.isEmpty() || attempt == ATTEMPTS) {
        ArrayNode lines = Json.array();
        run.lines().forEach(lines::add);
        out.line(
            Json.object()
                .put("script", Json.text(script, "name"))
                .put("steps", script.path("steps").size())
                .put("repeated", repeated.toString())
                .put("disturbed", disturbance)
                .put("ms", (System.nanoTime() - start) / 1_000_000)
                .set("lines", lines));
        out.flush();
      }
      last = run;
      if (!disturbance.isEmpty()) close();
      if (disturbance.isEmpty() || attempt == ATTEMPTS) return;
      repeated.append(repeated.length() > 0 ? "; " : "").append(disturbance);
    }
  }
}
