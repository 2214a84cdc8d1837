package dev.culvert.server.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a query, decoded once. A plus is a space to most services, and itself to some; a
 * semicolon is a character to most, and divides parameters for some: both readings count.
 */
record QueryParameter(Set<String> names, Set<String> values) {
  /** All of {@code target}'s; null where one cannot be decoded. */
  static @Nullable List<QueryParameter> of(String target) {
    int start = target.indexOf('?');
    if (start < 0) {
      return List.of();
    }
    List<QueryParameter> parameters = new ArrayList<>();
    for (String part : target.substring(start + 1).split("&", -1)) {
      if (!addTo(parameters, part)) {
        return null;
      }
      if (part.indexOf(';') >= 0) {
        for (String piece : part.split(";", -1)) {
          if (!addTo(parameters, piece)) {
            return null;
          }
        }
      }
    }
    return parameters;
  }

  private static boolean addTo(List<QueryParameter> parameters, String part) {
    if (part.isEmpty()) {
      return true;
    }
    int equals = part.indexOf('=');
    Set<String> names = decoded(equals < 0 ? part : part.substring(0, equals));
    Set<String> values = decoded(equals < 0 ? "" : part.substring(equals + 1));
    if (names == null || values == null) {
      return false;
    }
    parameters.add(new QueryParameter(names, values));
    return true;
  }

  private static @Nullable Set<String> decoded(String text) {
    String plain = PercentText.decode(text);
    String form = PercentText.decode(text.replace('+', ' '));
    if (plain == null || form == null) {
      return null;
    }
    Set<String> readings = new LinkedHashSet<>();
    readings.add(form);
    readings.add(plain);
    return readings;
  }

  boolean isCalled(String name, Glob.Case letters) {
    return letters == Glob.Case.EXACT
        ? names.contains(name)
        : names.stream().anyMatch(name::equalsIgnoreCase);
  }
}
