package dev.culvert.mux.control;

import org.jspecify.annotations.Nullable;

/** Checks what Gson leaves null or zero where the peer's JSON lacks a field. */
final class Presence {
  private Presence() {}

  static void require(@Nullable Object value, String field) {
    check(value != null, field + ": missing");
  }

  static void check(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
