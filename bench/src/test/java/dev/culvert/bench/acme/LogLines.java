package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the server logs of automatic certificates. */
final class LogLines implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 30;

  private final Logger logger = Logger.getLogger("dev.culvert.server.acme");
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          lines.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  LogLines() {
    logger.addHandler(handler);
  }

  /** Waits for the next line with all of {@code parts}, and returns it. */
  String await(String... parts) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(line).as("a line with %s, behind %s", List.of(parts), seen).isNotNull();
      seen.add(line);
      if (List.of(parts).stream().allMatch(line::contains)) {
        return line;
      }
    }
  }

  /** Everything so far. */
  List<String> all() {
    lines.drainTo(seen);
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
