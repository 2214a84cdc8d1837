package dev.culvert.server.edge;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.PortRange;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RoutePool;
import dev.culvert.server.route.RouteTable;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule by which a request is tried again, branch by branch; and how long connections idle. */
final class AttemptsTest {
  private static final boolean IDEMPOTENT = true;
  private static final boolean OTHER = false;
  private final IOException broken = new IOException("broken");
  private final IOException unreached =
      new LocalServiceException(new StreamStatus(StreamStatus.Code.REFUSED, "refused"), true);
  private final IOException silent =
      new LocalServiceException(new StreamStatus(StreamStatus.Code.TIMED_OUT, "silent"), false);

  private final List<Route> routes = new ArrayList<>();
  private RouteTable table;
  private RoutePool pool;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    table =
        RouteTable.open(
            "localhost",
            new PortRange(1, 1),
            state.resolve("leases.json"),
            Duration.ofHours(1),
            Clock.systemUTC());
    join();
    pool = requireNonNull(requireNonNull(table.find("app.localhost")).at("/"));
  }

  private void join() throws Exception {
    routes.add(
        table.open(
            new RouteTable.Request(
                TunnelKind.HTTP, "ann", Permissions.STANDARD, "key", "app", "", true, false, 0),
            name ->
                new Route(
                    TunnelKind.HTTP,
                    name,
                    0,
                    1,
                    "ann",
                    (preamble, initializer) ->
                        GlobalEventExecutor.INSTANCE.newFailedFuture(broken))));
  }

  private Attempts fresh(boolean isIdempotent) {
    Attempts attempts = new Attempts(pool, isIdempotent);
    attempts.first();
    return attempts;
  }

  private Attempts reused(boolean isIdempotent) {
    Attempts attempts = fresh(isIdempotent);
    attempts.reused();
    return attempts;
  }

  @Test
  void onlyClientIsAskedAgainAfterAnIdleConnectionAndOnce() {
    Attempts attempts = reused(IDEMPOTENT);

    assertThat(attempts.afterUnanswered(broken, false)).isEqualTo(routes.getFirst());
    assertThat(attempts.afterUnanswered(broken, false)).isNull();
  }

  @Test
  void onlyClientIsNotAskedAgainForAnyOtherReason() {
    assertThat(fresh(IDEMPOTENT).afterUnanswered(broken, false)).isNull();
    assertThat(fresh(IDEMPOTENT).afterUnanswered(unreached, false)).isNull();
    assertThat(fresh(IDEMPOTENT).afterUnopened(broken)).isNull();
    assertThat(reused(OTHER).afterUnanswered(broken, false)).isNull();
    assertThat(reused(IDEMPOTENT).afterUnanswered(broken, true)).isNull();
    assertThat(reused(IDEMPOTENT).afterUnanswered(new ProtocolException(), false)).isNull();
  }

  @Test
  void whatAServiceSaysThatItHasNotLookedAtIsSentAgainOnceWhateverItsMethod() {
    ServiceResetException refused = new ServiceResetException(Http2Error.REFUSED_STREAM);
    for (boolean isIdempotent : new boolean[] {IDEMPOTENT, OTHER}) {
      Attempts attempts = fresh(isIdempotent);

      assertThat(attempts.afterUnanswered(refused, false)).isEqualTo(routes.getFirst());
      assertThat(attempts.afterUnanswered(refused, false)).isNull();
    }
    assertThat(fresh(IDEMPOTENT).afterUnanswered(refused, true)).isNull();
  }

  @Test
  void whatAServiceGaveUpIsNotSentAgain() {
    for (Http2Error code : Http2Error.values()) {
      if (code != Http2Error.REFUSED_STREAM) {
        assertThat(reused(IDEMPOTENT).afterUnanswered(new ServiceResetException(code), false))
            .isNull();
      }
    }
  }

  @Test
  void whatReachedNoServiceGoesToAnotherWhateverItsMethod() throws Exception {
    join();

    for (boolean isIdempotent : new boolean[] {IDEMPOTENT, OTHER}) {
      Attempts unopened = new Attempts(pool, isIdempotent);
      Route first = unopened.first();
      assertThat(unopened.afterUnopened(broken)).isNotNull().isNotEqualTo(first);
      assertThat(unopened.afterUnopened(broken)).isNull();

      Attempts refused = new Attempts(pool, isIdempotent);
      first = refused.first();
      assertThat(refused.afterUnanswered(unreached, true)).isNull();
      assertThat(refused.afterUnanswered(unreached, false)).isNotNull().isNotEqualTo(first);
    }
  }

  @Test
  void whatMayHaveReachedAServiceGoesToAnotherOnceAndOnlyIfItIsIdempotent() throws Exception {
    join();
    join();

    Attempts attempts = new Attempts(pool, IDEMPOTENT);
    Route first = attempts.first();
    assertThat(attempts.afterUnanswered(silent, false)).isNotNull().isNotEqualTo(first);
    assertThat(attempts.afterUnanswered(broken, false)).isNull();
    assertThat(fresh(OTHER).afterUnanswered(silent, false)).isNull();
    assertThat(fresh(OTHER).afterUnanswered(broken, false)).isNull();
    assertThat(fresh(IDEMPOTENT).afterUnanswered(broken, true)).isNull();
    assertThat(fresh(IDEMPOTENT).afterUnanswered(new ProtocolException(), false)).isNull();
  }

  @Test
  void requestGoesToThreeClientsAtMost() throws Exception {
    for (int i = 0; i < 4; i++) {
      join();
    }
    Attempts attempts = new Attempts(pool, OTHER);
    Set<Route> asked = new HashSet<>();

    asked.add(requireNonNull(attempts.first()));
    asked.add(requireNonNull(attempts.afterUnopened(broken)));
    asked.add(requireNonNull(attempts.afterUnanswered(unreached, false)));

    assertThat(asked).hasSize(3);
    assertThat(attempts.afterUnopened(broken)).isNull();
  }

  @Test
  void requestIsCountedWhereItIsAndNoLongerOnceItIsOver() throws Exception {
    join();
    Attempts attempts = new Attempts(pool, OTHER);
    Route first = attempts.first();
    Route second = attempts.afterUnopened(broken);

    assertThat(first()).isEqualTo(first);
    assertThat(first()).isEqualTo(first);
    attempts.end();
    attempts.end();
    Set<Route> asked = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      asked.add(first());
    }
    assertThat(asked).containsExactlyInAnyOrder(first, second);
  }

  private Route first() {
    Attempts attempts = new Attempts(pool, OTHER);
    Route route = requireNonNull(attempts.first());
    attempts.end();
    return route;
  }

  @Test
  void endOfAnIdleConnectionIsNoFaultOfItsClient() throws Exception {
    join();
    int failures = 0;
    while (failures < 5) {
      Attempts attempts = new Attempts(pool, IDEMPOTENT);
      if (routes.getFirst().equals(attempts.first())) {
        attempts.reused();
        attempts.afterUnanswered(broken, false);
        failures++;
      }
      attempts.end();
    }

    Route one = first();
    assertThat(first()).isNotEqualTo(one);
  }

  @Test
  void poolThatAllHaveLeftIsNowhereToGo() {
    table.close(routes.getFirst());

    assertThat(new Attempts(pool, IDEMPOTENT).first()).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 6, 60, Long.MAX_VALUE})
  void connectionIdlesForFourSecondsAtMost(long keepAliveSeconds) {
    assertThat(UpstreamPool.idleLimitNanos(keepAliveSeconds, TimeUnit.MILLISECONDS.toNanos(100)))
        .isEqualTo(TimeUnit.SECONDS.toNanos(4));
  }

  @Test
  void connectionIdlesForASecondAndARoundTripLessThanItsServiceKeepsIt() {
    long roundTrip = TimeUnit.MILLISECONDS.toNanos(100);

    assertThat(UpstreamPool.idleLimitNanos(5, roundTrip))
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(3900));
    assertThat(UpstreamPool.idleLimitNanos(2, roundTrip))
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(900));
    assertThat(UpstreamPool.idleLimitNanos(1, roundTrip)).isNegative();
    assertThat(UpstreamPool.idleLimitNanos(0, 0)).isNegative();
  }
}
