package dev.culvert.bench.race;

import java.util.List;

/**
 * Some of several names. One that is given in full stands for itself, any other for all that begin
 * with it: of "down 1" and "down 100", "down 1" is the first and "down" is both.
 */
record Selection(List<String> chosen) {
  static Selection all(List<String> names) {
    return new Selection(List.copyOf(names));
  }

  /** From names between commas; {@code IllegalArgumentException} where one stands for nothing. */
  static Selection of(String text, List<String> names) {
    for (String given : text.split(",", -1)) {
      if (names.stream().noneMatch(name -> standsFor(given, name, names))) {
        throw new IllegalArgumentException(
            "\"" + given + "\" is none of: " + String.join(", ", names));
      }
    }
    return new Selection(
        names.stream()
            .filter(name ->
                List.of(text.split(",", -1)).stream()
                    .anyMatch(given -> standsFor(given, name, names)))
            .toList());
  }

  private static boolean standsFor(String given, String name, List<String> names) {
    return names.contains(given) ? name.equals(given) : !given.isEmpty() && name.startsWith(given);
  }

  boolean includes(String name) {
    return chosen.contains(name);
  }
}
