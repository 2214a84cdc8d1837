package dev.culvert.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request as somebody odd or hostile would send it.
 *
 * @param name what is odd
 * @param bytes a character a byte
 */
record OddRequest(String name, String bytes) {
  /** Those in {@code odd-requests.txt}, which says how they are written there. */
  static List<OddRequest> all() throws IOException {
    String text;
    try (InputStream in = OddRequest.class.getResourceAsStream("odd-requests.txt")) {
      if (in == null) {
        throw new IOException("no corpus");
      }
      text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
    List<OddRequest> all = new ArrayList<>();
    for (String section : text.split("(?m)^== ", -1)) {
      int end = section.indexOf('\n');
      if (!section.startsWith("#")) {
        String lines = section.substring(end + 1).replaceAll("(?m)^#.*$", "");
        all.add(new OddRequest(section.substring(0, end), unescape(lines.replace("\n", ""))));
      }
    }
    return all;
  }

  private static String unescape(String text) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.append(c);
        continue;
      }
      char kind = text.charAt(++i);
      switch (kind) {
        case 'r' -> bytes.append('\r');
        case 'n' -> bytes.append('\n');
        case 't' -> bytes.append('\t');
        case '\\' -> bytes.append('\\');
        case 's' -> bytes.append(' ');
        case 'x' -> {
          bytes.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        case '*' -> { // so many times what the braces hold: \*100{X: 1\r\n}
          int open = text.indexOf('{', i);
          int close = text.indexOf('}', open);
          int times = Integer.parseInt(text.substring(i + 1, open));
          bytes.append(unescape(text.substring(open + 1, close)).repeat(times));
          i = close;
        }
        default -> throw new IllegalArgumentException("\\" + kind);
      }
    }
    return bytes.toString();
  }

  /** Text that is printable and has no line end. */
  static String escape(String bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (c < ' ' || c > '~') {
        text.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
