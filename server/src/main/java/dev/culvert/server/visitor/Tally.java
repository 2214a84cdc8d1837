package dev.culvert.server.visitor;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many of something each origin has now. Holds no origin that has none. Any thread. */
public final class Tally {
  private final ConcurrentMap<Origin, Integer> counts = new ConcurrentHashMap<>();

  /** Counts one more, and says how many there are with it. */
  public int add(Origin origin) {
    return counts.merge(origin, 1, Integer::sum);
  }

  public void remove(Origin origin) {
    counts.computeIfPresent(origin, (key, count) -> count == 1 ? null : count - 1);
  }

  public boolean has(Origin origin) {
    return counts.containsKey(origin);
  }

  public int origins() {
    return counts.size();
  }
}
