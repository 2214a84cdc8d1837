package dev.culvert.bench.race.report;

/** The names of our tunnels: ratios are within a kind, which a contender's name ends in. */
final class Ours {
  static final String TCP = "culvert tcp";
  static final String HTTP = "culvert http";

  private Ours() {}

  static boolean includes(String contender) {
    return contender.equals(TCP) || contender.equals(HTTP);
  }

  /** Our tunnel of the kind of {@code contender}: all that are not of HTTP are of TCP. */
  static String beside(String contender) {
    return contender.endsWith(" http") ? HTTP : TCP;
  }
}
