package dev.culvert.bench.jmh;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark of the quick run, and the values of those parameters that it does not run in full.
 *
 * @param bound what it must keep; null where it need only run
 */
record QuickCase(
    Class<?> type, String method, Map<String, String[]> parameters, @Nullable Bound bound) {
  QuickCase(Class<?> type, String method) {
    this(type, method, Map.of(), null);
  }

  QuickCase with(String parameter, String... values) {
    Map<String, String[]> more = new LinkedHashMap<>(parameters);
    more.put(parameter, values);
    return new QuickCase(type, method, more, bound);
  }

  QuickCase within(Bound newBound) {
    return new QuickCase(type, method, parameters, newBound);
  }

  /** As JMH's include pattern, which matches nothing else. */
  String pattern() {
    return "^" + (type.getName() + "." + method).replace(".", "\\.") + "$";
  }
}
