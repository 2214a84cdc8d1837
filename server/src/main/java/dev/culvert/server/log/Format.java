package dev.culvert.server.log;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a line of the access log looks. */
public enum Format {
  /** An object of JSON for each request and each connection of a TCP tunnel. */
  JSON {
    @Override
    String line(Entry entry) {
      return JsonLine.of(entry);
    }
  },

  /**
   * The combined format of web servers, with host, milliseconds, bytes in, request id and error
   * behind it. Requests only.
   */
  COMBINED {
    @Override
    @Nullable String line(Entry entry) {
      return entry instanceof Entry.Request request ? CombinedLine.of(request) : null;
    }
  };

  /** The line, with its line feed; printable ASCII. Null where the format has none for it. */
  abstract @Nullable String line(Entry entry);

  /** Reads {@code json} or {@code combined}. */
  public static Format parse(String text) {
    for (Format format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "format of the access log: " + text + " (expected: json or combined)");
  }
}
