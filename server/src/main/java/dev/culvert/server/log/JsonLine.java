package dev.culvert.server.log;

import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A line of JSON. What is neither printable nor ASCII is escaped, so that no terminal takes it for
 * a command and no program for the end of a line. One line, one thread.
 */
final class JsonLine {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final StringBuilder line = new StringBuilder(256).append('{');

  private JsonLine() {}

  static String of(Entry entry) {
    JsonLine json = new JsonLine();
    switch (entry) {
      case Entry.Request request -> json.request(request);
      case Entry.Connection connection -> json.connection(connection);
    }
    return json.line.append("}\n").toString();
  }

  private void request(Entry.Request request) {
    add("time", TIME.format(request.time()));
    add("kind", "http");
    add("address", request.address());
    add("host", request.host());
    add("client", request.owner());
    add("method", request.method());
    add("target", request.target());
    add("protocol", request.protocol());
    add("status", request.status());
    add("ms", request.millis());
    add("bytesIn", request.bytesIn());
    add("bytesOut", request.bytesOut());
    add("id", request.id());
    add("referer", request.referer());
    add("agent", request.agent());
    add("error", request.error());
  }

  private void connection(Entry.Connection connection) {
    add("time", TIME.format(connection.time()));
    add("kind", "tcp");
    add("address", connection.address());
    add("tunnel", connection.tunnel());
    add("client", connection.owner());
    add("ms", connection.millis());
    add("bytesIn", connection.bytesIn());
    add("bytesOut", connection.bytesOut());
    add("error", connection.error());
  }

  private void add(String name, long value) {
    name(name).append(value);
  }

  private void add(String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    name(name).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c >= ' ' && c <= '~') {
        line.append(c);
      } else {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    line.append('"');
  }

  private StringBuilder name(String name) {
    return line.append(line.length() > 1 ? ",\"" : "\"").append(name).append("\":");
  }
}
