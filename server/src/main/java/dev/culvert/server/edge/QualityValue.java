package dev.culvert.server.edge;

import java.util.regex.Pattern;

/** How much a visitor likes one of the things it accepts (RFC 9110, section 12.4.2). */
final class QualityValue {
  private static final Pattern NUMBER = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

  private QualityValue() {}

  /**
   * From 0, for not at all, to 1, which it is where nothing is said; zero where it cannot be read.
   *
   * @param parts what is accepted, and its parameters
   */
  static double of(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
        String number = parameter.substring(2);
        return NUMBER.matcher(number).matches() ? Double.parseDouble(number) : 0;
      }
    }
    return 1;
  }
}
