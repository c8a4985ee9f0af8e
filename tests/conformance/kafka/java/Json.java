// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/** Scripts in, answers out. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static JsonNode parse(String text) throws IOException {
    return MAPPER.readTree(text);
  }

  /** A script is given as a file's name or, starting with a bracket, as it is. */
  static JsonNode script(String given) throws IOException {
    boolean inline = given.startsWith("{") || given.startsWith("[");
    return parse(inline ? given : Files.readString(Path.of(given)));
  }

  /** A script that is an array stands for its elements, any other for itself. */
  static List<JsonNode> scripts(String given) throws IOException {
    JsonNode script = script(given);
    List<JsonNode> all = new ArrayList<>();
    if (script.isArray()) script.forEach(all::add);
    else all.add(script);
    return all;
  }

  /** A misspelt key must not pass as a default. */
  static void checkKeys(JsonNode node, String what, Set<String> known) {
    if (!node.isObject()) throw new UsageException(what + " is not an object: " + node);
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new UsageException(what + " has no \"" + name + "\": " + node);
              }
            });
  }

  static Map<String, String> strings(JsonNode node) {
    Map<String, String> map = new LinkedHashMap<>();
    if (node != null) node.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }

  static long number(JsonNode node, String name, long otherwise) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) return otherwise;
    if (!value.isIntegralNumber()) throw new UsageException(name + " is not an integer: " + node);
    return value.asLong();
  }

  static long number(JsonNode node, String name) {
    if (!node.has(name)) throw new UsageException("missing \"" + name + "\": " + node);
    return number(node, name, 0);
  }

  static String text(JsonNode node, String name, String otherwise) {
    return node.hasNonNull(name) ? node.get(name).asText() : otherwise;
  }

  static String text(JsonNode node, String name) {
    if (!node.hasNonNull(name)) throw new UsageException("missing \"" + name + "\": " + node);
    return node.get(name).asText();
  }

  static boolean flag(JsonNode node, String name) {
    return node.has(name) && node.get(name).asBoolean();
  }

  /**
   * Bytes: null, base64, {"text": T} with each % replaced by the index (after "modulo" if given),
   * or {"bytes": N, "seed": S}: the top bytes of x = x * 6364136223846793005 +
   * 1442695040888963407, from x = S + index on.
   */
  static byte[] bytes(JsonNode spec, long index) {
    if (spec == null || spec.isNull()) return null;
    if (spec.isTextual()) return Base64.getDecoder().decode(spec.asText());
    checkKeys(spec, "bytes", Set.of("text", "modulo", "bytes", "seed"));
    if (spec.has("text")) {
      long shown = spec.has("modulo") ? index % number(spec, "modulo") : index;
      return text(spec, "text").replace("%", Long.toString(shown)).getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[(int) number(spec, "bytes")];
    long x = number(spec, "seed", 0) + index;
    for (int i = 0; i < bytes.length; i++) {
      x = x * 6364136223846793005L + 1442695040888963407L;
      bytes[i] = (byte) (x >>> 56);
    }
    return bytes;
  }

  static String base64(byte[] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }

  static String base64(ByteBuffer buffer) {
    return buffer == null ? null : base64(Utils.toArray(buffer));
  }
}
