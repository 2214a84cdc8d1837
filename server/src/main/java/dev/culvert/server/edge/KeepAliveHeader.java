package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;

/** A service's {@code Keep-Alive: timeout=5}: how long it keeps an idle connection. */
final class KeepAliveHeader {
  private KeepAliveHeader() {}

  /** The timeout in seconds; negative where none is told. */
  static long timeoutSeconds(HttpHeaders headers) {
    String value = headers.get("keep-alive");
    if (value == null) {
      return -1;
    }
    for (String part : value.toLowerCase(Locale.ROOT).split(",", -1)) {
      String parameter = part.trim();
      if (parameter.startsWith("timeout=")) {
        try {
          return Long.parseUnsignedLong(parameter.substring("timeout=".length()).trim());
        } catch (NumberFormatException e) {
          return -1; // as if nothing were said
        }
      }
    }
    return -1;
  }
}
