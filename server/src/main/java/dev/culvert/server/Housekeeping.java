package dev.culvert.server;

import dev.culvert.server.token.FileFailure;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does twice a second beside its traffic, on one daemon thread.
 *
 * <p>A chore that fails holds up no other and is tried again each time; that it fails is logged
 * when it begins to and when the cause changes, and so is that it works again. Any thread.
 */
final class Housekeeping {
  private static final Logger logger = LoggerFactory.getLogger(Housekeeping.class);
  static final long PERIOD_MILLIS = 500;
  static final long SUMMARY_MILLIS = 10_000;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("culvert-housekeeping").factory());
  private final Map<String, Runnable> chores = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>(); // the thread's, by chore

  /** Adds a chore before {@link #start}; {@code name} is what it does, for the log. */
  Housekeeping add(String name, Runnable chore) {
    chores.put(name, chore);
    return this;
  }

  /** Adds a chore that is done every ten seconds only: to sum up what happened since. */
  Housekeeping addSummary(String name, Runnable chore) {
    AtomicInteger rounds = new AtomicInteger();
    return add(
        name,
        () -> {
          if (rounds.incrementAndGet() % (SUMMARY_MILLIS / PERIOD_MILLIS) == 0) {
            chore.run();
          }
        });
  }

  void start() {
    thread.scheduleWithFixedDelay(
        this::runAll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Each chore once. The housekeeping thread only. */
  void runAll() {
    chores.forEach(this::run);
  }

  private void run(String name, Runnable chore) {
    try {
      chore.run();
      if (failures.remove(name) != null) {
        logger.info("{} works again", name);
      }
    } catch (RuntimeException e) {
      String failure = describe(e);
      if (!failure.equals(failures.put(name, failure))) {
        logger.error("{} fails and is tried again: {}", name, failure);
      }
    }
  }

  private static String describe(RuntimeException failure) {
    return failure.getCause() instanceof IOException cause
        ? failure.getMessage() + ": " + FileFailure.reason(cause)
        : failure.toString();
  }

  /** Runs nothing more, and waits for what runs. */
  void stop(long seconds) throws InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(seconds, TimeUnit.SECONDS)) {
      logger.warn("housekeeping did not stop");
    }
  }
}
