package dev.culvert.bench.jmh;

import dev.culvert.bench.carrier.Sockets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark, and the values of those parameters that it does not run in full.
 *
 * @param bound what it must keep; null where it need only run
 */
record BenchmarkCase(
    Class<?> type, String method, Map<String, String[]> parameters, @Nullable Bound bound) {
  BenchmarkCase(Class<?> type, String method) {
    this(type, method, Map.of(), null);
  }

  BenchmarkCase with(String parameter, String... values) {
    Map<String, String[]> more = new LinkedHashMap<>(parameters);
    more.put(parameter, values);
    return new BenchmarkCase(type, method, more, bound);
  }

  BenchmarkCase within(Bound newBound) {
    return new BenchmarkCase(type, method, parameters, newBound);
  }

  /** As JMH's include pattern, which matches nothing else. */
  String pattern() {
    return "^" + (type.getName() + "." + method).replace(".", "\\.") + "$";
  }

  /** Why it cannot run here, or null if it can. */
  @Nullable String obstacle() {
    boolean isOnIoUring =
        List.of(parameters.getOrDefault("sockets", new String[0]))
            .contains(Sockets.IO_URING.name());
    return isOnIoUring ? Sockets.IO_URING.unavailability() : null;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(type.getSimpleName() + "." + method);
    parameters.forEach((name, values) -> text.append(' ').append(String.join(",", values)));
    return text.toString();
  }
}
