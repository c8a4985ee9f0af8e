// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Utils;

/** batch SCRIPT: the bytes of each batch of a script (one, or an array). */
final class BuildBatches {
  private BuildBatches() {}

  static int run(Arguments arguments, Output out) throws Exception {
    for (JsonNode batch : Json.scripts(arguments.at(0, "SCRIPT"))) {
      ByteBuffer bytes = Batches.build(batch);
      out.line(
          Json.object()
              .put("size", bytes.remaining())
              .put("bytes", Json.base64(Utils.toArray(bytes))));
    }
    return 0;
  }
}
