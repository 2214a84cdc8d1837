package dev.culvert.bench.race;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One thread that makes requests over many connections. {@link #end} may come from any thread. */
final class RequestLoop implements Runnable {
  private static final int FAILURES_AT_MOST = 1000;

  private final InetSocketAddress address;
  private final byte[] request;
  private final RequestLoad.Connections connections;
  private final Pace pace;
  private final Selector selector;
  private final Deque<Visitor> free = new ArrayDeque<>();
  private final Times times = new Times();
  private final LongAdder done = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable String firstFailure;
  private volatile boolean ended;

  RequestLoop(
      InetSocketAddress address, String request, RequestLoad.Connections connections, Pace pace)
      throws IOException {
    this.address = address;
    this.request = request.getBytes(StandardCharsets.US_ASCII);
    this.connections = connections;
    this.pace = pace;
    selector = Selector.open();
  }

  /** Before it runs. */
  void open(int visitors) {
    for (int i = 0; i < visitors; i++) {
      free.add(new Visitor(address, selector, ByteBuffer.wrap(request)));
    }
  }

  long done() {
    return done.sum();
  }

  Times times() {
    return times;
  }

  @Nullable String failure() {
    return firstFailure == null ? null : failures.sum() + " requests failed: " + firstFailure;
  }

  void end() {
    ended = true;
    selector.wakeup();
  }

  @Override
  public void run() {
    try (selector) {
      while (!ended && failures.sum() < FAILURES_AT_MOST) {
        send();
        selector.select(this::onReady, free.isEmpty() ? 100 : 1);
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  /**
   * A request that finds a visitor free counts from now: that this loop woke up late is not the
   * tunnel's doing.
   */
  private void send() {
    long now = System.nanoTime();
    while (!free.isEmpty() && pace.isDue(now)) {
      long unusedDue = pace.take(now);
      ask(free.remove(), now);
    }
  }

  private void ask(Visitor visitor, long startNanos) {
    try {
      visitor.ask(startNanos);
    } catch (IOException e) {
      fail(e);
      visitor.close();
      free.add(visitor);
    }
  }

  private void onReady(SelectionKey key) {
    Visitor visitor = (Visitor) key.attachment();
    try {
      if (!visitor.proceed()) {
        return;
      }
      times.add(System.nanoTime() - visitor.startNanos());
      done.increment();
      if (connections == RequestLoad.Connections.NEW_EACH) {
        visitor.close();
      }
    } catch (IOException e) {
      fail(e);
      visitor.close();
    }
    askAgain(visitor);
  }

  private void askAgain(Visitor visitor) {
    long now = System.nanoTime();
    if (free.isEmpty() && pace.isDue(now)) {
      ask(visitor, pace.take(now));
    } else {
      free.add(visitor);
    }
  }

  private void fail(Exception cause) {
    failures.increment();
    if (firstFailure == null) {
      firstFailure = cause.toString();
    }
  }
}
