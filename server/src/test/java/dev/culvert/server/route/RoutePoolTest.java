package dev.culvert.server.route;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.route.RoutePool.Member;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which of the clients that share a name gets the next request. */
final class RoutePoolTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RoutePool pool = new RoutePool();
  private final Route a = route("a");
  private final Route b = route("b");
  private final Route c = route("c");
  private long now = -5 * SECOND; // as System.nanoTime may be

  private static Route route(String owner) {
    return new Route(
        TunnelKind.HTTP,
        "shop",
        0,
        1,
        owner,
        (preamble, initializer) ->
            GlobalEventExecutor.INSTANCE.newFailedFuture(new IOException("no streams here")));
  }

  private Member take(Member... tried) {
    return requireNonNull(pool.take(List.of(tried), now));
  }

  /** Whom the next requests go to, one after the other. */
  private String next(int requests) {
    StringBuilder owners = new StringBuilder();
    for (int i = 0; i < requests; i++) {
      Member member = take();
      owners.append(member.route().owner());
      member.release();
    }
    return owners.toString();
  }

  private Member memberOf(Route route) {
    List<Member> others = new ArrayList<>();
    while (true) {
      Member member = requireNonNull(pool.take(others, now));
      member.release();
      if (member.route().equals(route)) {
        return member;
      }
      others.add(member);
    }
  }

  private void fail(Route route, int times) {
    Member member = memberOf(route);
    for (int i = 0; i < times; i++) {
      member.failed(now);
    }
  }

  @Test
  void requestsGoToEachInTurnWhereNoneHasMore() {
    pool.add(a);
    pool.add(b);
    pool.add(c);

    assertThat(next(3)).contains("a", "b", "c");
    assertThat(next(300).replace("a", "")).hasSize(200).contains("b", "c");
  }

  @Test
  void requestGoesToWhoHasFewest() {
    pool.add(a);
    pool.add(b);
    Member first = take();
    Member second = take();
    assertThat(second.route()).isNotEqualTo(first.route());
    Member third = take();
    Member fourth = take();
    assertThat(fourth.route()).isNotEqualTo(third.route());

    second.release();
    fourth.release();
    assertThat(second.route()).isNotEqualTo(first.route());
    Route idler = List.of(a, b).stream().filter(r -> requests(r) == fewest()).findFirst().get();

    assertThat(take().route()).isEqualTo(idler);
  }

  private int fewest() {
    return Math.min(requests(a), requests(b));
  }

  private int requests(Route route) {
    return memberOf(route).requests();
  }

  @Test
  void memberThatWasTriedIsNotTakenAgain() {
    pool.add(a);
    assertThat(pool.take(List.of(take()), now)).isNull();

    pool.add(b);
    Member first = take();
    Member second = take(first);
    assertThat(second.route()).isNotEqualTo(first.route());
    assertThat(pool.take(List.of(first, second), now)).isNull();
  }

  @Test
  void memberThatFailsThreeTimesInARowIsOutForTenSeconds() {
    pool.add(a);
    pool.add(b);
    fail(a, 2);
    assertThat(next(4)).contains("a");

    fail(a, 1);
    assertThat(next(4)).isEqualTo("bbbb");

    now += 10 * SECOND - 1;
    assertThat(next(4)).isEqualTo("bbbb");
    now += 1;
    assertThat(next(4)).contains("a");
  }

  @Test
  void answerBetweenFailuresKeepsAMemberIn() {
    pool.add(a);
    pool.add(b);
    fail(a, 2);
    memberOf(a).answered();
    fail(a, 2);

    assertThat(next(4)).contains("a");
  }

  @Test
  void memberThatFailsAgainIsOutForTwiceAsLongUpToFiveMinutes() {
    pool.add(a);
    pool.add(b);
    fail(a, 3);
    for (long seconds : new long[] {10, 20, 40, 80, 160, 300, 300}) {
      now += seconds * SECOND - 1;
      assertThat(next(4)).as("before %d s", seconds).isEqualTo("bbbb");
      now += 1;
      assertThat(next(4)).as("after %d s", seconds).contains("a");
      fail(a, 1);
    }

    now += 300 * SECOND;
    memberOf(a).answered();
    fail(a, 3);
    now += 10 * SECOND;

    assertThat(next(4)).contains("a");
  }

  @Test
  void failuresOfWhatWasUnderWayDoNotLengthenItsTime() {
    pool.add(a);
    pool.add(b);
    fail(a, 50);

    now += 10 * SECOND;

    assertThat(next(4)).contains("a");
  }

  @Test
  void answerOfOneThatIsOutBringsItBack() {
    pool.add(a);
    pool.add(b);
    fail(a, 3);

    memberOf(a).answered();

    assertThat(next(4)).contains("a");
  }

  @Test
  void whereAllAreOutAllAreTaken() {
    pool.add(a);
    fail(a, 3);
    assertThat(next(1)).isEqualTo("a");

    pool.add(b);
    fail(b, 3);
    assertThat(next(4)).contains("a", "b");
  }

  @Test
  void memberWhoseServiceIsDownIsOutUntilItIsUp() {
    pool.add(a);
    pool.add(b);

    pool.report(a, false);
    now += 1000 * SECOND;
    memberOf(a).answered();
    assertThat(next(4)).isEqualTo("bbbb");

    pool.report(a, true);
    assertThat(next(4)).contains("a");
  }

  @Test
  void memberThatLeftIsTakenNoMore() {
    pool.add(a);
    pool.add(b);
    Member member = memberOf(a);

    assertThat(pool.remove(a)).isTrue();

    assertThat(pool.remove(a)).isFalse();
    assertThat(next(4)).isEqualTo("bbbb");
    member.failed(now);
    member.release();
    assertThat(pool.remove(b)).isTrue();
    assertThat(pool.take(List.of(), now)).isNull();
    assertThat(pool.isEmpty()).isTrue();
  }

  @Test
  void noRequestIsLostCountOfByManyThreads() throws Exception {
    pool.add(a);
    pool.add(b);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(Thread.ofPlatform().start(() -> next(20_000)));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(memberOf(a).requests()).isZero();
    assertThat(memberOf(b).requests()).isZero();
  }
}
