package dev.culvert.bench.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Places where requests wait for each other by name, so that all of a burst are provably in flight
 * at once. Any thread; holds one entry per waiting request.
 */
final class Barriers {
  private final Map<String, List<Runnable>> waiting = new ConcurrentHashMap<>();

  /**
   * Adds one party; the one that makes the number full runs every party's {@code opened}, its own
   * included, on the calling thread.
   */
  void arrive(String name, int parties, Runnable opened) {
    List<Runnable> complete = new ArrayList<>();
    waiting.compute(
        name,
        (key, before) -> {
          List<Runnable> all = before == null ? new ArrayList<>() : before;
          all.add(opened);
          if (all.size() < parties) {
            return all;
          }
          complete.addAll(all);
          return null;
        });
    complete.forEach(Runnable::run);
  }

  /** Takes a party back that gave up waiting; does nothing when its barrier has opened. */
  void leave(String name, Runnable opened) {
    waiting.computeIfPresent(
        name,
        (key, all) -> {
          all.remove(opened);
          return all.isEmpty() ? null : all;
        });
  }
}
