package dev.culvert.bench.link;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, rates and sizes as a person writes them: {@code 50ms}, {@code 200mbit}, {@code 512k}. */
final class Quantity {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)([a-z]*)");
  private static final Map<String, Long> NANOS =
      Map.of("us", 1000L, "ms", 1_000_000L, "s", 1_000_000_000L);
  private static final Map<String, Long> BITS =
      Map.of("kbit", 1000L, "mbit", 1_000_000L, "gbit", 1_000_000_000L);
  private static final Map<String, Long> BYTES = Map.of("", 1L, "k", 1024L, "m", 1024L * 1024);

  private Quantity() {}

  static Duration duration(String text) {
    return Duration.ofNanos(parse(text, NANOS, "a time such as 50ms, 0.5s or 200us"));
  }

  static long bitsPerSecond(String text) {
    return parse(text, BITS, "a rate such as 64kbit, 200mbit or 1gbit");
  }

  static long bytes(String text) {
    return parse(text, BYTES, "a size such as 65536, 512k or 4m");
  }

  private static long parse(String text, Map<String, Long> units, String expected) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    Long unit = form.matches() ? units.get(form.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(text + " (expected: " + expected + ")");
    }
    return new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit)).longValue();
  }
}
