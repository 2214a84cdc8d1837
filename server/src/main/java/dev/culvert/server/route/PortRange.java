package dev.culvert.server.route;

/** The ports that TCP tunnels may have, both ends included. */
public record PortRange(int first, int last) {
  public PortRange {
    if (first < 1 || last > 65535 || first > last) {
      throw new IllegalArgumentException(
          "port range: " + first + "-" + last + " (expected: FIRST-LAST within 1-65535)");
    }
  }

  /** Reads {@code 20000-20999}, or a single port. */
  public static PortRange parse(String text) {
    String[] ends = text.split("-", -1);
    try {
      int first = Integer.parseInt(ends[0].trim());
      int last = ends.length == 1 ? first : Integer.parseInt(ends[1].trim());
      if (ends.length <= 2) {
        return new PortRange(first, last);
      }
    } catch (NumberFormatException e) {
      // told below, with the whole text
    }
    throw new IllegalArgumentException("port range: " + text + " (expected: 20000-20999)");
  }

  boolean contains(int port) {
    return port >= first && port <= last;
  }

  int size() {
    return last - first + 1;
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
