package dev.culvert.server.log;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log. Any thread; nobody waits for it.
 *
 * <p>Lines are written by a daemon thread, which gathers what comes within {@value #GATHER_MILLIS}
 * ms. At most {@value #MAX_ENTRIES} entries wait, and as many are being written; beyond that they
 * are dropped and counted. A file that cannot be written is tried again with each batch.
 */
public final class AccessLog implements AutoCloseable {
  static final int MAX_ENTRIES = 4096;

  private static final Logger logger = LoggerFactory.getLogger(AccessLog.class);
  private static final long GATHER_MILLIS = 20;

  /** How long {@link #close} waits for what is still to be written. */
  private static final long CLOSE_MILLIS = 1000;

  private final @Nullable LogWriter writer;
  private final boolean hasQuery;
  private final Thread thread;

  // Guarded by this.
  private ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long dropped;
  private boolean isAsleep;
  private boolean isBusy;
  private boolean isReopening;
  private boolean isClosed;

  private AccessLog(@Nullable LogWriter writer, boolean hasQuery) {
    this.writer = writer;
    this.hasQuery = hasQuery;
    this.isClosed = writer == null;
    this.thread = Thread.ofPlatform().daemon().name("culvert-access-log").unstarted(this::run);
  }

  /** A log that nothing comes of. */
  public static AccessLog off() {
    return new AccessLog(null, false);
  }

  /**
   * Opens the log.
   *
   * @throws IOException its file cannot be written
   */
  public static AccessLog open(AccessLogSettings settings) throws IOException {
    LogWriter writer = new LogWriter(new LogFile(settings.file()), settings.format());
    AccessLog log = new AccessLog(writer, settings.hasQuery());
    log.thread.start();
    return log;
  }

  boolean isOff() {
    return writer == null;
  }

  /**
   * Begins a request, whose head has just arrived.
   *
   * @param address the visitor's
   * @param host what it is for
   * @param protocol such as {@code HTTP/1.1}
   * @param id see {@code X-Request-Id}
   * @param referer the header of that name, as is {@code agent} of User-Agent
   */
  public RequestTrace begin(
      String address,
      String host,
      String method,
      String target,
      String protocol,
      String id,
      @Nullable String referer,
      @Nullable String agent) {
    return new RequestTrace(this, address, host, method, target, protocol, id, referer, agent);
  }

  /** Writes {@code entry} soon, or drops it; never blocks. */
  public void write(Entry entry) {
    Entry written =
        !hasQuery && entry instanceof Entry.Request request ? request.withoutQuery() : entry;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      if (entries.size() == MAX_ENTRIES) {
        dropped++;
        return;
      }
      entries.add(written);
      if (isAsleep || entries.size() == MAX_ENTRIES / 2) {
        isAsleep = false;
        notifyAll();
      }
    }
  }

  /** Opens the file anew, soon and behind what was said so far: it was renamed. */
  public synchronized void reopen() {
    isReopening = true;
    isAsleep = false;
    notifyAll();
  }

  /** Says how many lines were dropped since the last time, if any. */
  public void sumUp() {
    long count;
    synchronized (this) {
      count = dropped;
      dropped = 0;
    }
    if (count > 0) {
      logger.warn("{} lines are missing in the access log: it is written too slowly", count);
    }
  }

  private void run() {
    if (writer != null) {
      run(writer);
    }
  }

  private void run(LogWriter to) {
    try {
      boolean isLast = false;
      while (!isLast) {
        ArrayDeque<Entry> batch;
        boolean reopens;
        synchronized (this) {
          isBusy = false;
          notifyAll();
          awaitBatch();
          batch = entries;
          reopens = isReopening;
          isLast = isClosed;
          entries = new ArrayDeque<>();
          isReopening = false;
          isBusy = true;
        }
        to.write(batch);
        if (reopens) {
          to.reopen();
        }
      }
      to.close();
    } catch (InterruptedException e) {
      // Nobody here interrupts the thread; who does wants it to end.
    } finally {
      synchronized (this) {
        isBusy = false;
        isClosed = true;
        notifyAll();
      }
    }
  }

  /** Waits for the first entry, and a moment for those behind it: to wake a thread costs too. */
  private synchronized void awaitBatch() throws InterruptedException {
    isAsleep = true;
    while (entries.isEmpty() && !isClosed && !isReopening) {
      wait();
    }
    isAsleep = false;
    long end = System.nanoTime() + Duration.ofMillis(GATHER_MILLIS).toNanos();
    long left = GATHER_MILLIS;
    while (left > 0 && entries.size() < MAX_ENTRIES / 2 && !isClosed && !isReopening) {
      wait(left);
      left = Duration.ofNanos(end - System.nanoTime()).toMillis();
    }
  }

  /** Waits until all that was said so far has been written, or given up. */
  synchronized void awaitWritten() throws InterruptedException {
    while ((isBusy || isReopening || !entries.isEmpty()) && thread.isAlive()) {
      wait(GATHER_MILLIS);
    }
  }

  /**
   * Writes what is left and ends the thread. A file that stands still is given up after {@value
   * #CLOSE_MILLIS} ms: its thread, a daemon, ends when it moves again or the program does.
   */
  @Override
  public void close() {
    if (isOff()) {
      return;
    }
    synchronized (this) {
      isClosed = true;
      isAsleep = false;
      notifyAll();
    }
    try {
      thread.join(Duration.ofMillis(CLOSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
