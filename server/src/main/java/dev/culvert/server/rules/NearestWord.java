package dev.culvert.server.rules;

import java.util.Comparator;
import java.util.List;

/** What somebody may have meant who wrote another word. */
final class NearestWord {
  private static final int MAX_CHARS = 100;

  private NearestWord() {}

  /** The one of {@code known} that is {@code word} after the fewest changes of characters. */
  static String of(String word, List<String> known) {
    String start = word.substring(0, Math.min(word.length(), MAX_CHARS));
    return known.stream().min(Comparator.comparingInt(other -> changes(start, other))).orElse("");
  }

  private static int changes(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      above[j] = j;
    }
    for (int i = 0; i < from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i + 1;
      for (int j = 0; j < to.length(); j++) {
        int replaced = above[j] + (from.charAt(i) == to.charAt(j) ? 0 : 1);
        row[j + 1] = Math.min(replaced, Math.min(above[j + 1], row[j]) + 1);
      }
      above = row;
    }
    return above[to.length()];
  }
}
