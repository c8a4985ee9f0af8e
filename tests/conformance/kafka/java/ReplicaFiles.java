// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.Utils;

/** What a replica has on its disk, read from its files while a broker may be writing to them. */
final class ReplicaFiles {
  private ReplicaFiles() {}

  private static File[] segments(File folder) {
    File[] files = folder.listFiles((unused, name) -> name.matches("[0-9]{20}\\.log"));
    if (files == null) return new File[0];
    Arrays.sort(files);
    return files;
  }

  /** Not by FileRecords: closing it cuts the file to the size that it had when it was opened. */
  private static Iterable<? extends RecordBatch> batches(File segment) throws IOException {
    return MemoryRecords.readableRecords(ByteBuffer.wrap(Files.readAllBytes(segment.toPath())))
        .batches();
  }

  /** The log's end; -1: there is no such log. */
  static long logEnd(File folder) throws IOException {
    long end = -1;
    for (File segment : segments(folder)) {
      end = Long.parseLong(segment.getName().substring(0, 20));
      for (RecordBatch batch : batches(segment)) end = batch.nextOffset();
    }
    return end;
  }

  /** "0 epoch 0 k0=v0" for each record. */
  static List<String> records(File folder) throws IOException {
    List<String> lines = new ArrayList<>();
    for (File segment : segments(folder)) {
      for (RecordBatch batch : batches(segment)) {
        for (Record record : batch) {
          lines.add(
              record.offset()
                  + " epoch " + batch.partitionLeaderEpoch()
                  + " " + text(record.key() == null ? null : Utils.toArray(record.key()))
                  + "=" + text(record.value() == null ? null : Utils.toArray(record.value())));
        }
      }
    }
    return lines;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** "epoch 0 from 0 ..." of leader-epoch-checkpoint. */
  static String epochs(File folder) throws IOException {
    File file = new File(folder, "leader-epoch-checkpoint");
    if (!file.exists()) return "none";
    List<String> lines = Files.readAllLines(file.toPath());
    StringBuilder text = new StringBuilder();
    for (String line : lines.subList(Math.min(2, lines.size()), lines.size())) {
      String[] words = line.split(" ");
      if (text.length() > 0) text.append(", ");
      text.append("epoch ").append(words[0]).append(" from ").append(words[1]);
    }
    return text.length() == 0 ? "none" : text.toString();
  }
}
