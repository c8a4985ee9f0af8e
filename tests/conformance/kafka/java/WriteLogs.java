// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** write DIR SCRIPT: partitions written by Kafka's own log code, step by step. */
final class WriteLogs {
  private static final Set<String> KEYS =
      Set.of(
          "topic", "partition", "topic_id", "config", "time", "high_watermark", "broker_epoch",
          "producer_id_expiration_ms", "steps");

  private WriteLogs() {}

  static int run(Arguments arguments, Output out) throws Exception {
    String root = arguments.at(0, "DIR");
    boolean allClosed = true;
    boolean failed = false;
    Boolean clean = null;
    LogDir dir = null;
    long brokerEpoch = -1;
    for (JsonNode script : Json.scripts(arguments.at(1, "SCRIPT"))) {
      Json.checkKeys(script, "script", KEYS);
      long expiration =
          Json.number(script, "producer_id_expiration_ms", LogDir.PRODUCER_ID_EXPIRATION_MS);
      dir = new LogDir(root, Json.number(script, "time"), expiration);
      if (clean == null) clean = dir.takeCleanMarker();
      brokerEpoch = Json.number(script, "broker_epoch", brokerEpoch);
      LogWriter writer = new LogWriter(dir, script, clean, out);
      failed |= !writer.runSteps();
      allClosed &= writer.isClosed();
    }
    if (dir != null && allClosed) dir.writeCleanMarker(brokerEpoch);
    return failed ? 1 : 0;
  }
}
