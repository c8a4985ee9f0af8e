// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;

/**
 * One controller and three brokers, each a process on 127.0.0.1 on a free port. They die with this
 * process, however it ends: by their stdin, and by a signal of the kernel's, which also ends one
 * that stands still.
 */
final class RealCluster implements AutoCloseable {
  static final int CONTROLLER = 3000;
  static final List<Integer> BROKERS = List.of(1, 2, 3);
  private static final long START_MS = 120_000;
  private static final Queue<Process> STARTED = new ConcurrentLinkedQueue<>();

  enum State {
    RUNNING,
    PAUSED,
    DOWN
  }

  private static final class Node {
    final int id;
    final int port;
    final File dir;
    Process process;
    State state = State.DOWN;

    Node(int id, int port, File dir) {
      this.id = id;
      this.port = port;
      this.dir = dir;
    }
  }

  private final File root;
  private final Map<String, String> config;
  private final String clusterId = Uuid.randomUuid().toString();
  private final Map<Integer, Node> nodes = new TreeMap<>();
  final MetadataTail metadata;

  RealCluster(File root, Map<String, String> config) throws Exception {
    this.root = root;
    this.config = config;
    if (!root.mkdirs()) throw new UsageException("exists already: " + root);
    List<Integer> ids = new ArrayList<>(BROKERS);
    ids.add(CONTROLLER);
    for (int id : ids) nodes.put(id, new Node(id, Broker.freePort(), dir(id)));
    metadata = new MetadataTail(dir(CONTROLLER));
    Runtime.getRuntime().addShutdownHook(new Thread(RealCluster::killAll));
    for (int id : ids) start(id);
    long end = System.currentTimeMillis() + START_MS;
    while (!BROKERS.stream().allMatch(metadata::isUp)) {
      Thread.sleep(50);
      metadata.update();
      for (Node node : nodes.values()) {
        if (!node.process.isAlive()) throw new IOException("node " + node.id + " has ended");
      }
      if (System.currentTimeMillis() > end) throw new IOException("the cluster does not start");
    }
    metadata.fencings.clear();
  }

  File dir(int id) {
    return new File(root, (id == CONTROLLER ? "controller-" : "broker-") + id);
  }

  int port(int id) {
    return nodes.get(id).port;
  }

  State state(int id) {
    return nodes.get(id).state;
  }

  private List<String> command(Node node) {
    List<String> words = new ArrayList<>();
    if (new File("/usr/bin/setpriv").canExecute()) {
      words.addAll(List.of("/usr/bin/setpriv", "--pdeathsig", "KILL"));
    }
    words.add(System.getProperty("java.home") + "/bin/java");
    words.addAll(List.of("-Xmx256m", "-Xss512k", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    words.addAll(List.of("-Xshare:auto", "-Djava.io.tmpdir=" + root.getPath()));
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(KafkaLog.class.getName());
    words.addAll(List.of("node", node.id == CONTROLLER ? "controller" : "broker"));
    words.addAll(List.of(Integer.toString(node.id), node.dir.getPath()));
    words.add(Integer.toString(node.port));
    words.add(CONTROLLER + "@127.0.0.1:" + nodes.get(CONTROLLER).port);
    words.addAll(List.of("--cluster-id", clusterId));
    config.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
    return words;
  }

  void start(int id) throws IOException {
    Node node = nodes.get(id);
    if (node.state != State.DOWN) throw new UsageException("runs already: " + id);
    File log = new File(root, node.dir.getName() + ".log");
    node.process =
        new ProcessBuilder(command(node))
            .redirectError(Redirect.appendTo(log))
            .redirectOutput(Redirect.appendTo(log))
            .start();
    STARTED.add(node.process);
    node.state = State.RUNNING;
  }

  /** As kill -9. */
  void kill(int id) throws InterruptedException {
    Node node = nodes.get(id);
    node.process.destroyForcibly();
    node.process.waitFor(30, TimeUnit.SECONDS);
    node.state = State.DOWN;
  }

  /** As SIGTERM, without waiting for the end. */
  void beginStop(int id) throws IOException {
    Node node = nodes.get(id);
    node.process.getOutputStream().write("stop\n".getBytes(StandardCharsets.UTF_8));
    node.process.getOutputStream().flush();
  }

  /** True once a process that was told to stop has ended. */
  boolean hasEnded(int id) {
    Node node = nodes.get(id);
    if (node.process.isAlive()) return false;
    node.state = State.DOWN;
    return true;
  }

  void pause(int id) throws Exception {
    signal(id, "STOP");
    nodes.get(id).state = State.PAUSED;
  }

  void resume(int id) throws Exception {
    signal(id, "CONT");
    nodes.get(id).state = State.RUNNING;
  }

  private void signal(int id, String name) throws Exception {
    String pid = Long.toString(nodes.get(id).process.pid());
    Process kill = new ProcessBuilder("kill", "-" + name, pid).redirectErrorStream(true).start();
    String said =
        new BufferedReader(new InputStreamReader(kill.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (kill.waitFor() != 0) throw new IOException("kill -" + name + ": " + said);
  }

  /** All nodes of all clusters. */
  static void killAll() {
    STARTED.forEach(Process::destroyForcibly);
  }

  @Override
  public void close() {
    for (Node node : nodes.values()) {
      if (node.process != null) node.process.destroyForcibly();
    }
  }
}
