package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.route.Route;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pool gives out and takes back, where a service is just closing. */
final class UpstreamPoolTest {
  private final UpstreamPool pool = new UpstreamPool();
  private final Listener first = new Listener();
  private final Listener second = new Listener();
  @TempDir private Path state;
  private EdgeGround ground;
  private Route route;
  private PooledUpstream upstream;
  private ServiceConnection service;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.openOnTwoLoops(state);
    route = new Route(TunnelKind.HTTP, "pooled", 0, 1, "test", ground);
    upstream = next(first);
    service = ground.serve();
  }

  @AfterEach
  void close() {
    ground.close();
  }

  private EventLoop loop() {
    return ground.visitorLoop();
  }

  private @Nullable PooledUpstream take(Listener user) {
    return pool.take(route, Long.MAX_VALUE, user, loop());
  }

  @Test
  void userHearsOnceThatTheServiceHasTakenTheConnection() throws Exception {
    service.send("HTTP/1.1 200 OK\r\n\r\n");

    assertThat(first.heard.poll(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isEqualTo("reached");
    assertThat(first.heard.poll(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isEqualTo("response");
  }

  @Test
  void connectionThatWasGivenBackIsGivenOutOnce() {
    pool.release(route, upstream, -1);

    assertThat(take(second)).isSameAs(upstream);
    assertThat(take(second)).isNull();
  }

  @Test
  void connectionThatIdledTooLongForOneRequestIsKeptForOthers() {
    pool.release(route, upstream, -1);

    assertThat(pool.take(route, 0, second, loop())).isNull();

    assertThat(take(second)).isSameAs(upstream);
  }

  @Test
  void connectionThatIsGivenBackDuringASweepIsKept() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    Thread sweeper =
        Thread.ofPlatform()
            .start(() -> {
              while (!isOver.get()) {
                pool.sweep();
              }
            });
    int lost = 0;
    for (int i = 0; i < 20_000 && lost == 0; i++) {
      pool.release(route, upstream, -1);
      lost += take(second) == null ? 1 : 0;
    }
    isOver.set(true);
    sweeper.join();

    assertThat(lost).isZero();
  }

  @Test
  void connectionWhoseInputHasEndedIsClosedAsItComesBack() throws Exception {
    service.finish();
    first.awaitFailure();

    pool.release(route, upstream, -1);

    assertThat(take(second)).isNull();
    assertThat(service.awaitFinish()).isTrue();
  }

  @Test
  void endOfAConnectionThatWasNotTakenIsNobodysFailure() throws Exception {
    pool.release(route, upstream, -1);
    upstream.closeIdle();
    assertThat(service.awaitFinish()).isTrue();
    assertThat(upstream.take(second, loop())).isFalse();
    service.finish();
    service.awaitClosed();
    Listener later = new Listener();
    next(later);
    ground.serve().finish();
    later.awaitFailure();

    assertThat(second.failures).isEmpty();
  }

  @Test
  void sixtyFiveIdleConnectionsAreOneTooMany() throws Exception {
    pool.release(route, upstream, -1);
    for (int i = 1; i < 64; i++) {
      pool.release(route, next(new Listener()), -1);
      ground.serve();
    }
    PooledUpstream last = next(new Listener());

    pool.release(route, last, -1);

    assertThat(ground.serve().awaitFinish()).isTrue();
  }

  private PooledUpstream next(Listener user) throws Exception {
    PooledUpstream opened =
        (PooledUpstream)
            pool.open(route, user, loop()).get(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS);
    opened.read();
    return opened;
  }

  private static final class Listener implements Upstream.User {
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void onReached() {
      heard.add("reached");
    }

    @Override
    public void onResponse(HttpObject part) {
      heard.add("response");
      ReferenceCountUtil.release(part);
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onFailure(Throwable cause) {
      failures.add(cause);
    }

    void awaitFailure() throws InterruptedException {
      assertThat(failures.poll(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
  }
}
