// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import kafka.tools.DumpLogSegments;
import scala.Console;
import scala.runtime.BoxedUnit;

/**
 * dump PATH...: Kafka's DumpLogSegments over segments, indexes and snapshots; a directory stands
 * for its files. With --compacted, offsets may be missing; with --live, an index may be all zero,
 * as that of an empty active segment is until it is closed (the tool takes the zeros for an entry);
 * with --lines, all that the tool printed comes too.
 */
final class DumpFiles {
  private static final String SUFFIXES = ".*\\.(log|index|timeindex|txnindex|snapshot|checkpoint)";

  private DumpFiles() {}

  static int run(Arguments arguments, Output out) throws IOException {
    arguments.at(0, "FILE");
    boolean failed = false;
    for (String name : arguments.from(0)) {
      File file = new File(name);
      if (!file.isDirectory()) {
        failed |= !dump(file, arguments, out);
        continue;
      }
      File[] files = file.listFiles(entry -> entry.getName().matches(SUFFIXES));
      Arrays.sort(files);
      for (File each : files) failed |= !dump(each, arguments, out);
    }
    return failed ? 1 : 0;
  }

  private static boolean dump(File file, Arguments arguments, Output out)
      throws IOException {
    if (!file.exists()) throw new UsageException("no such file: " + file);
    if (arguments.has("live") && isUnusedIndex(file)) {
      out.line(Json.object().put("file", file.getPath()).put("unused", true));
      return true;
    }
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    PrintStream stderr = System.err;
    String thrown = null;
    try (PrintStream stream = new PrintStream(printed, false, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(complaints, false, StandardCharsets.UTF_8)) {
      System.setErr(errors);
      String[] options = {"--files", file.getPath(), "--deep-iteration", "--print-data-log"};
      Console.withOut(
          stream,
          () -> {
            DumpLogSegments.main(options);
            return BoxedUnit.UNIT;
          });
    } catch (RuntimeException | AssertionError e) {
      thrown = e.toString();
    } finally {
      System.setErr(stderr);
    }
    return answer(file, lines(printed), lines(complaints), thrown, arguments, out);
  }

  private static boolean isUnusedIndex(File file) throws IOException {
    if (!file.getName().endsWith("index")) return false;
    byte[] bytes = Files.readAllBytes(file.toPath());
    for (byte one : bytes) {
      if (one != 0) return false;
    }
    return bytes.length > 0;
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static boolean answer(
      File file,
      List<String> printed,
      List<String> complaints,
      String thrown,
      Arguments arguments,
      Output out) {
    ObjectNode answer = Json.object().put("file", file.getPath()).put("lines", printed.size());
    ArrayNode mismatches = answer.putArray("mismatches");
    boolean skipping = false;
    for (String line : complaints) {
      // A heading, and under it, indented, what it is about.
      if (!line.startsWith(" ")) {
        skipping = arguments.has("compacted") && line.startsWith("Non-consecutive offsets in ");
      }
      if (!skipping) mismatches.add(line);
    }
    for (String line : printed) {
      // Of a log, what cannot be read is told on stdout.
      if (line.endsWith(" isvalid: false") || line.matches("Found [0-9]+ invalid bytes .*")) {
        mismatches.add(line);
      }
    }
    if (thrown != null) mismatches.add(thrown);
    if (arguments.has("lines")) {
      ArrayNode all = answer.putArray("printed");
      printed.forEach(all::add);
    }
    out.line(answer);
    return mismatches.isEmpty();
  }
}
