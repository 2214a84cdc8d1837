package dev.culvert.client.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Writes lines on a thread of its own, so that a terminal that stands still (Ctrl-S) or a full pipe
 * never holds up who has something to say.
 *
 * <p>At most {@value #MAX_LINES} lines wait, and as many are being written; beyond that lines are
 * dropped, and their number is told in their place. Any thread.
 */
final class LineWriter implements AutoCloseable {
  static final int MAX_LINES = 1000;

  /** How long {@link #close} waits for what is still to be written. */
  private static final long CLOSE_MILLIS = 300;

  private final PrintWriter out;
  private final Thread thread;

  // Guarded by this.
  private ArrayDeque<String> lines = new ArrayDeque<>();
  private long droppedLines;
  private boolean isClosed;

  LineWriter(PrintWriter out) {
    this.out = out;
    this.thread = Thread.ofPlatform().daemon().name("culvert-lines").unstarted(this::run);
    thread.start();
  }

  /** Writes {@code line} soon, or drops it; never blocks. */
  synchronized void write(String line) {
    if (isClosed) {
      return;
    }
    if (lines.size() < MAX_LINES) {
      lines.add(line);
    } else {
      droppedLines++;
    }
    notifyAll();
  }

  /** The thread that writes. */
  Thread thread() {
    return thread;
  }

  private void run() {
    try {
      boolean isLast = false;
      while (!isLast) {
        ArrayDeque<String> batch;
        long dropped;
        synchronized (this) {
          while (lines.isEmpty() && !isClosed) {
            wait();
          }
          batch = lines;
          dropped = droppedLines;
          isLast = isClosed;
          lines = new ArrayDeque<>();
          droppedLines = 0;
        }
        batch.forEach(out::println);
        if (dropped > 0) {
          out.println(
              "(" + dropped + " lines are missing here: they could not be written in time)");
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      // Nobody here interrupts the thread; who does wants it to end.
    }
  }

  /**
   * Writes what is left and ends the thread. An output that stands still is given up after {@value
   * #CLOSE_MILLIS} ms: its thread, a daemon, ends when the output moves again or the program does.
   */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    try {
      thread.join(Duration.ofMillis(CLOSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
