package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A DNS hook that stays in its first call until it is let go, so that an order stays in the middle.
 */
final class HeldHook {
  private final Path calls;
  private final Path hold;
  private final Path program;

  /** Its files are in {@code directory}. */
  HeldHook(Pebble pebble, Path directory) throws IOException {
    calls = directory.resolve("calls");
    hold = Files.createFile(directory.resolve("calls.hold"));
    program = pebble.dnsHook(calls);
  }

  Path program() {
    return program;
  }

  /** Waits until it was called. */
  void awaitCall() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(calls)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  void letGo() throws IOException {
    Files.delete(hold);
  }

  /** The values that it was called with to present, or to clean up. */
  List<String> values(String action) throws IOException {
    List<String> values = new ArrayList<>();
    for (String call : Files.readAllLines(calls)) {
      String[] words = call.split(" ", -1);
      if (words[0].equals(action)) {
        values.add(words[2]);
      }
    }
    return values;
  }
}
