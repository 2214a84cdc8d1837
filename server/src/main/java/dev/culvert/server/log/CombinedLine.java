package dev.culvert.server.log;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line in the combined format of web servers, with five fields behind it:
 *
 * <pre>
 * ADDRESS - - [TIME] "METHOD TARGET PROTOCOL" STATUS BYTES "REFERER" "AGENT" HOST MS BYTES-IN ID ERROR
 * </pre>
 *
 * <p>What is missing is a hyphen. What is neither printable nor ASCII is written as {@code \xHH} or
 * {@code \}{@code uHHHH}, a quotation mark and a backslash behind a backslash, and a space within
 * an unquoted field as {@code \x20}. One line, one thread.
 */
final class CombinedLine {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final StringBuilder line = new StringBuilder(256);

  private CombinedLine() {}

  static String of(Entry.Request request) {
    CombinedLine line = new CombinedLine();
    line.add(request.address(), ' ');
    line.line.append(" - - [").append(TIME.format(request.time())).append("] \"");
    line.add(request.method(), ' ');
    line.line.append(' ');
    line.add(request.target(), ' ');
    line.line.append(' ');
    line.add(request.protocol(), ' ');
    line.line.append("\" ").append(request.status()).append(' ').append(request.bytesOut());
    line.line.append(" \"");
    line.add(request.referer(), '"');
    line.line.append("\" \"");
    line.add(request.agent(), '"');
    line.line.append("\" ");
    line.add(request.host(), ' ');
    line.line.append(' ').append(request.millis()).append(' ').append(request.bytesIn());
    line.line.append(' ');
    line.add(request.id(), ' ');
    line.line.append(' ');
    line.add(request.error(), ' ');
    return line.line.append('\n').toString();
  }

  /** Adds a field that ends with {@code end}. */
  private void add(@Nullable String text, char end) {
    if (text == null || text.isEmpty()) {
      line.append('-');
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if ((c > ' ' && c <= '~') || (c == ' ' && end != ' ')) {
        line.append(c);
      } else if (c <= 0xff) {
        line.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
      } else {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
  }
}
