// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words after a command: positions, flags (--close) and options (--time 5, --time=5). */
final class Arguments {
  private static final Set<String> FLAGS =
      Set.of(
          "attached", "batches", "close", "compacted", "lines", "live", "read-committed",
          "summary");

  private final List<String> positions = new ArrayList<>();
  private final Map<String, List<String>> options = new LinkedHashMap<>();

  Arguments(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("--")) {
        positions.add(word);
        continue;
      }
      String name = word.substring(2);
      String value = "";
      int equals = name.indexOf('=');
      if (equals >= 0) {
        value = name.substring(equals + 1);
        name = name.substring(0, equals);
      } else if (!FLAGS.contains(name)) {
        if (++i == words.size()) throw new UsageException(word + " needs a value");
        value = words.get(i);
      }
      options.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
    }
  }

  int count() {
    return positions.size();
  }

  String at(int index, String meaning) {
    if (index >= positions.size()) throw new UsageException("missing: " + meaning);
    return positions.get(index);
  }

  List<String> from(int index) {
    return positions.subList(Math.min(index, positions.size()), positions.size());
  }

  boolean has(String name) {
    return options.containsKey(name);
  }

  List<String> all(String name) {
    return options.getOrDefault(name, List.of());
  }

  long number(String name, long otherwise) {
    List<String> values = all(name);
    return values.isEmpty() ? otherwise : Long.parseLong(values.get(values.size() - 1));
  }

  /** All of --NAME key=value. */
  Map<String, String> pairs(String name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : all(name)) {
      int equals = pair.indexOf('=');
      if (equals < 0) throw new UsageException("--" + name + " takes key=value: " + pair);
      pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return pairs;
  }
}
