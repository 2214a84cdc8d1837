package dev.culvert.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the proxies answer differently, as {@code differences.txt} has it: under each explanation
 * the odd requests that it is for, and what each proxy makes of them.
 *
 * @param outcomes by the request's name, a line for each proxy
 * @param reasons by the request's name
 */
record Differences(Map<String, String> outcomes, Map<String, String> reasons) {
  static Differences listed() throws IOException {
    String text;
    try (InputStream in = Differences.class.getResourceAsStream("differences.txt")) {
      if (in == null) {
        throw new IOException("no list");
      }
      text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
    Map<String, String> outcomes = new LinkedHashMap<>();
    Map<String, String> reasons = new LinkedHashMap<>();
    String[] groups = text.split("(?m)^= ", -1);
    for (int i = 1; i < groups.length; i++) {
      String[] requests = groups[i].split("(?m)^== ", -1);
      for (int j = 1; j < requests.length; j++) {
        String[] nameAndLines = requests[j].strip().split("\n", 2);
        outcomes.put(nameAndLines[0], nameAndLines[1]);
        reasons.put(nameAndLines[0], requests[0].strip());
      }
    }
    return new Differences(outcomes, reasons);
  }

  /** As it would have to be listed; where no explanation is there yet, {@code ?} stands for it. */
  static String text(Map<String, String> found, Map<String, String> reasons) {
    Map<String, StringBuilder> groups = new LinkedHashMap<>();
    found.forEach((name, lines) ->
        groups
            .computeIfAbsent(reasons.getOrDefault(name, "?"), reason -> new StringBuilder())
            .append("== " + name + "\n" + lines + "\n\n"));
    StringBuilder text = new StringBuilder();
    groups.forEach((reason, requests) -> text.append("= " + reason + "\n\n" + requests));
    return text.toString();
  }
}
