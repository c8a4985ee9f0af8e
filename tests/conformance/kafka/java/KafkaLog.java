// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Kafka's own log code, tools, broker and clients, behind commands that answer in JSON lines.
 *
 * <p>The exit code is 0 if all is well, 1 if Kafka found something wrong or refused a step, 2 if
 * the command could not be understood or could not run. README.md beside java/ describes each.
 */
public final class KafkaLog {
  private interface Command {
    int run(Arguments arguments, Output out) throws Exception;
  }

  private static final TreeMap<String, Command> COMMANDS = new TreeMap<>();
  /** Each needs a process of its own. */
  private static final Set<String> PROCESSES = Set.of("broker", "cluster", "node");

  static {
    COMMANDS.put("batch", BuildBatches::run);
    COMMANDS.put("broker", Broker::run);
    COMMANDS.put("cluster", ClusterScripts::run);
    COMMANDS.put("consume", Consume::run);
    COMMANDS.put("dump", DumpFiles::run);
    COMMANDS.put("node", ClusterNode::run);
    COMMANDS.put("open", OpenLogs::run);
    COMMANDS.put("produce", Produce::run);
    COMMANDS.put("read", ReadLogs::run);
    COMMANDS.put("write", WriteLogs::run);
  }

  private KafkaLog() {}

  public static void main(String[] words) throws Exception {
    Output out = new Output(new FileOutputStream(FileDescriptor.out));
    // What Kafka prints must not come between our lines.
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true));
    setUpLogging();
    int exit;
    if (words.length == 1 && words[0].equals("serve")) {
      exit = serve(out);
    } else {
      exit = runOne(Arrays.asList(words), out);
    }
    out.flush();
    leave(exit);
  }

  /**
   * At once: no thread or hook of Kafka's has anything left to do. The codecs' native libraries,
   * which they unpack at each start, go with the folder that kafka_log.sh made for them.
   */
  static void leave(int exit) {
    File folder = new File(System.getProperty("java.io.tmpdir"));
    File[] files = folder.listFiles();
    if (folder.getName().startsWith("kafka_log.") && files != null) {
      for (File file : files) file.delete();
      folder.delete();
    }
    Runtime.getRuntime().halt(exit);
  }

  private static void setUpLogging() {
    String level = System.getenv("FAULTLINE_KAFKA_LOG");
    System.setProperty(
        "org.slf4j.simpleLogger.defaultLogLevel", level == null || level.isEmpty() ? "off" : level);
  }

  /** One command a line, as words or as a JSON array of strings; each is answered up to "done". */
  private static int serve(Output out) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      if (line.isBlank()) continue;
      long start = System.nanoTime();
      List<String> words;
      int exit;
      String name = "?";
      try {
        words = split(line.trim());
        name = words.get(0);
        exit = PROCESSES.contains(name) ? refuseBroker(out) : runOne(words, out);
      } catch (IOException | RuntimeException e) {
        exit = fail(out, e);
      }
      out.line(
          Json.object()
              .put("done", name)
              .put("exit", exit)
              .put("ms", (System.nanoTime() - start) / 1_000_000));
      out.flush();
    }
    return 0;
  }

  private static int refuseBroker(Output out) {
    out.line(Json.object().put("error", "USAGE").put("message", "a broker needs its own process"));
    return 2;
  }

  private static List<String> split(String line) throws IOException {
    if (!line.startsWith("[")) return Arrays.asList(line.split("\\s+"));
    List<String> words = new ArrayList<>();
    for (JsonNode word : Json.parse(line)) words.add(word.asText());
    return words;
  }

  private static int runOne(List<String> words, Output out) {
    try {
      Command command = words.isEmpty() ? null : COMMANDS.get(words.get(0));
      if (command == null) {
        throw new UsageException(
            "commands: serve, " + String.join(", ", COMMANDS.keySet()) + "; see README.md");
      }
      return command.run(new Arguments(words.subList(1, words.size())), out);
    } catch (Exception | LinkageError e) {
      return fail(out, e);
    }
  }

  private static int fail(Output out, Throwable e) {
    boolean usage = e instanceof UsageException;
    out.line(
        Json.object()
            .put("error", usage ? "USAGE" : e.getClass().getSimpleName())
            .put("message", String.valueOf(e.getMessage())));
    if (!usage) e.printStackTrace();
    return 2;
  }
}
