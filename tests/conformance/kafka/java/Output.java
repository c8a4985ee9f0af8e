// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** JSON lines on stdout. If nobody reads them any more, there is no more to do. */
final class Output {
  private final OutputStream stream;

  Output(OutputStream stream) {
    this.stream = new BufferedOutputStream(stream, 1 << 16);
  }

  void line(JsonNode node) {
    try {
      stream.write(node.toString().getBytes(StandardCharsets.UTF_8));
      stream.write('\n');
    } catch (IOException e) {
      KafkaLog.leave(2);
    }
  }

  void flush() {
    try {
      stream.flush();
    } catch (IOException e) {
      KafkaLog.leave(2);
    }
  }
}
