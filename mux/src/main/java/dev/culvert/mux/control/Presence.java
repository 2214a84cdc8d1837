package dev.culvert.mux.control;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks what Gson leaves null or zero where the peer's JSON lacks a field. */
final class Presence {
  private Presence() {}

  static void require(@Nullable Object value, String field) {
    check(value != null, field + ": missing");
  }

  /** A copy of {@code list}, which is empty where it is missing. */
  static <T> List<T> list(@Nullable List<T> list, String field, int max) {
    if (list == null) {
      return List.of();
    }
    check(list.size() <= max, field + ": " + list.size() + " (expected: at most " + max + ")");
    check(list.stream().noneMatch(Objects::isNull), field + ": one is missing");
    return List.copyOf(list);
  }

  static void check(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
