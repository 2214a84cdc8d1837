package dev.culvert.server.agent;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many of something each origin has now. Holds no origin that has none. Any thread. */
final class Tally {
  private final ConcurrentMap<Origin, Integer> counts = new ConcurrentHashMap<>();

  /** Counts one more, and says how many there are with it. */
  int add(Origin origin) {
    return counts.merge(origin, 1, Integer::sum);
  }

  void remove(Origin origin) {
    counts.computeIfPresent(origin, (key, count) -> count == 1 ? null : count - 1);
  }

  boolean has(Origin origin) {
    return counts.containsKey(origin);
  }

  int origins() {
    return counts.size();
  }
}
