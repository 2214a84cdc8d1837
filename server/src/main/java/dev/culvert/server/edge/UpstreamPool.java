package dev.culvert.server.edge;

import dev.culvert.mux.control.ServiceProtocol;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Route;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to local services that wait for the next request, for each route the latest first.
 *
 * <p>At most {@value #MAX_IDLE_PER_ROUTE} wait for a route; further ones are retired. A connection
 * waits no longer than its service is likely to keep it. Any thread.
 */
final class UpstreamPool {
  private static final int MAX_IDLE_PER_ROUTE = 64;

  /** Below the shortest keep-alive that common servers have by default, which is 5 s. */
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(4);

  /** What a service's own limit is shortened by, beside a round trip. */
  private static final long MARGIN_SECONDS = 1;

  /**
   * A request that cannot be repeated takes no connection that has idled longer: half of what the
   * least patient services keep one.
   */
  static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ConcurrentMap<Route, ConcurrentLinkedDeque<PooledUpstream>> idle =
      new ConcurrentHashMap<>();

  /** An idle connection for {@code route} that has not idled for longer, or null. */
  @Nullable PooledUpstream take(
      Route route, long maxIdleNanos, Upstream.User user, EventExecutor loop) {
    ConcurrentLinkedDeque<PooledUpstream> waiting = idle.get(route);
    if (waiting == null) {
      return null;
    }
    long now = System.nanoTime();
    PooledUpstream upstream = waiting.peekFirst();
    if (upstream != null && now - upstream.idleSinceNanos >= maxIdleNanos) {
      return null; // nor is any behind it, and other requests may take them
    }
    while ((upstream = waiting.pollFirst()) != null) {
      long idleNanos = now - upstream.idleSinceNanos;
      if (idleNanos >= Math.min(upstream.idleLimitNanos, maxIdleNanos)) {
        upstream.closeIdle();
      } else if (upstream.take(user, loop)) {
        return upstream;
      }
    }
    return null;
  }

  /** Opens a connection; the future completes on {@code loop}. */
  Future<Upstream> open(Route route, Upstream.User user, EventExecutor loop) {
    Promise<Upstream> promise = loop.newPromise();
    route
        .opener()
        .open(
            new StreamOpen(route.kind(), route.tunnel(), null, null),
            new ChannelInitializer<StreamChannel>() {
              @Override
              protected void initChannel(StreamChannel stream) {
                stream.config().setAutoRead(false);
                ResponseCredit credit = new ResponseCredit(stream);
                stream.pipeline().addLast(credit, new StatusHandler());
                if (route.service() == ServiceProtocol.HTTP_1) {
                  Http1Upstream.addTo(stream, UpstreamPool.this, route, credit, user, loop);
                } else {
                  Http2Upstream.addTo(stream, UpstreamPool.this, route, credit, user, loop);
                }
              }
            })
        .addListener((Future<StreamChannel> done) -> {
          if (done.isSuccess()) {
            promise.setSuccess(done.getNow().pipeline().get(PooledUpstream.class));
          } else {
            promise.setFailure(done.cause());
          }
        });
    return promise;
  }

  /**
   * Takes a connection back for the next request.
   *
   * @param keepAliveSeconds the service's own {@code Keep-Alive: timeout}; negative for none
   */
  void release(Route route, PooledUpstream upstream, long keepAliveSeconds) {
    upstream.idleSinceNanos = System.nanoTime();
    upstream.idleLimitNanos = idleLimitNanos(keepAliveSeconds, route.opener().roundTripNanos());
    if (upstream.idleLimitNanos > 0 && !isFull(idle.get(route)) && upstream.becomeIdle()) {
      idle.compute(route, (r, waiting) -> with(upstream, waiting)); // a sweep cannot come between
    } else {
      upstream.retire();
    }
  }

  /** How long a connection may wait: at most, and less what the next request takes to be there. */
  static long idleLimitNanos(long keepAliveSeconds, long roundTripNanos) {
    if (keepAliveSeconds < 0) {
      return MAX_IDLE_NANOS;
    }
    long kept = TimeUnit.SECONDS.toNanos(keepAliveSeconds - MARGIN_SECONDS);
    return Math.min(MAX_IDLE_NANOS, kept - roundTripNanos);
  }

  private static ConcurrentLinkedDeque<PooledUpstream> with(
      PooledUpstream upstream, @Nullable ConcurrentLinkedDeque<PooledUpstream> waiting) {
    ConcurrentLinkedDeque<PooledUpstream> all =
        waiting == null ? new ConcurrentLinkedDeque<>() : waiting;
    all.addFirst(upstream);
    return all;
  }

  private static boolean isFull(@Nullable ConcurrentLinkedDeque<PooledUpstream> waiting) {
    if (waiting == null) {
      return false;
    }
    int count = 0;
    for (Iterator<PooledUpstream> i = waiting.iterator(); i.hasNext(); i.next()) {
      if (++count >= MAX_IDLE_PER_ROUTE) {
        return true;
      }
    }
    return false;
  }

  /** Closes what has waited long enough. Called twice a second. */
  void sweep() {
    long now = System.nanoTime();
    idle.forEach((route, waiting) -> {
      waiting.removeIf(upstream -> isStale(upstream, now));
      idle.computeIfPresent(route, (r, left) -> left.isEmpty() ? null : left);
    });
  }

  private static boolean isStale(PooledUpstream upstream, long now) {
    boolean stale =
        now - upstream.idleSinceNanos >= upstream.idleLimitNanos || !upstream.isUsable();
    if (stale) {
      upstream.closeIdle();
    }
    return stale;
  }
}
