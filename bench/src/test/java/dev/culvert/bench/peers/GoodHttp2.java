package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A visitor that asks for one page after the other on one connection of HTTP/2, on a thread of its
 * own.
 */
final class GoodHttp2 {
  private static final int MIN_REQUESTS = 20;

  private final AtomicInteger answered = new AtomicInteger();
  private final CompletableFuture<Void> ended;
  private volatile boolean isEnding;

  private GoodHttp2(InetSocketAddress server) {
    ended = CompletableFuture.runAsync(() -> ask(server), Thread.ofPlatform()::start);
  }

  static GoodHttp2 start(InetSocketAddress server) {
    return new GoodHttp2(server);
  }

  private void ask(InetSocketAddress server) {
    String host = ReverseProxy.HOST + ":" + server.getPort();
    try (RawHttp2 visitor = RawHttp2.open(server, ReverseProxy.HOST)) {
      visitor.number(RawHttp2.WINDOW_UPDATE, 0, 1 << 30);
      for (int stream = 1; !isEnding; stream += 2) {
        visitor.head(stream, RawHttp2.WHOLE, RawHttp2.get(host, "/"));
        visitor.flush();
        assertThat(visitor.answer(stream)).isEqualTo("200 ok");
        answered.incrementAndGet();
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for some more answers, and the end: each request has been answered. */
  void assertServed() {
    int enough = answered.get() + MIN_REQUESTS;
    while (answered.get() < enough && !ended.isDone()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    isEnding = true;
    ended.join();
  }
}
