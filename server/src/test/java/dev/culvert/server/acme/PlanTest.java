package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.acme.IssueException.Scope;
import dev.culvert.tls.KeyAndChain;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is due when, by a clock that is moved by hand. */
final class PlanTest {
  private static final List<String> SHOP = List.of("shop.example.com");
  private static final List<String> NEWS = List.of("news.example.com");
  private static final Duration LIFETIME = Duration.ofDays(90);

  private final HandClock clock = new HandClock();
  private final Plan plan = plan(Plan.Memory.NOTHING);

  private Plan plan(Plan.Memory memory, KeyAndChain... present) {
    return new Plan(memory, List.of(present), clock, new Random(1));
  }

  private KeyAndChain certificate(String host) throws Exception {
    return Certificates.of(host, clock.instant(), LIFETIME, 500);
  }

  private static IssueException failure(Scope scope, @Nullable Instant retryAfter) {
    return new IssueException(scope, "no", retryAfter, new Exception());
  }

  private Instant fail(Plan plan, List<String> names, Scope scope) {
    return plan.failed(names.getFirst(), failure(scope, null), ChallengeKind.HTTP, 0);
  }

  private static @Nullable String due(Plan plan) {
    Ticket ticket = plan.due();
    return ticket == null ? null : ticket.id();
  }

  @Test
  void whatIsWantedIsDueAtOnceAndOnce() {
    assertThat(due(plan)).isNull();
    assertThat(plan.want(SHOP)).isTrue();

    assertThat(plan.want(SHOP)).isFalse();
    assertThat(due(plan)).isEqualTo("shop.example.com");
  }

  @Test
  void aCertificateIsDueAgainWhenItIsToBeRenewed() throws Exception {
    plan.want(SHOP);

    Instant renewal = plan.issued(SHOP.getFirst(), certificate("shop").chain().getFirst());

    assertThat(due(plan)).isNull();
    assertThat(plan.nextAt()).isEqualTo(renewal);
    clock.set(renewal.minusSeconds(1));
    assertThat(due(plan)).isNull();
    clock.set(renewal);
    assertThat(due(plan)).isEqualTo("shop.example.com");
  }

  @Test
  void theNextProcessRenewsAtTheSameTime() throws Exception {
    plan.want(SHOP);
    KeyAndChain certificate = certificate("shop.example.com");
    Instant renewal = plan.issued(SHOP.getFirst(), certificate.chain().getFirst());

    Plan next = plan(plan.memory(), certificate);
    next.want(SHOP);

    assertThat(next.nextAt()).isEqualTo(renewal);
  }

  @Test
  void aCertificateOfAnotherAuthorityIsReplacedAtOnce() throws Exception {
    Plan next = plan(Plan.Memory.NOTHING, certificate("shop.example.com"));
    next.want(SHOP);

    assertThat(due(next)).isEqualTo("shop.example.com");
  }

  @Test
  void aFailedNameWaitsLongerEachTimeAndOthersDoNot() {
    plan.want(SHOP);
    plan.want(NEWS);
    Instant first = fail(plan, SHOP, Scope.CHALLENGE);

    assertThat(first).isAfterOrEqualTo(clock.instant().plus(Timetable.FIRST_RETRY));
    assertThat(due(plan)).isEqualTo("news.example.com");
    plan.letGo(plan.ticket("news.example.com"));
    clock.set(first.minusSeconds(1));
    assertThat(due(plan)).isNull();
    clock.set(first);
    assertThat(due(plan)).isEqualTo("shop.example.com");
    assertThat(fail(plan, SHOP, Scope.CHALLENGE))
        .isAfterOrEqualTo(first.plus(Timetable.FIRST_RETRY.multipliedBy(2)));
  }

  @Test
  void aFailedNameIsNotTriedBeforeItsTimeByTheNextProcess() {
    plan.want(SHOP);
    Instant retry = fail(plan, SHOP, Scope.NAMES);

    Plan next = plan(plan.memory());
    next.want(SHOP);

    assertThat(next.nextAt()).isEqualTo(retry);
    assertThat(due(next)).isNull();
  }

  @Test
  void theOtherKindOfChallengeIsTriedAtOnceAndOnce() {
    plan.want(SHOP);
    String id = SHOP.getFirst();
    IssueException failure = failure(Scope.CHALLENGE, null);

    assertThat(plan.failed(id, failure, ChallengeKind.TLS_ALPN, 1)).isEqualTo(clock.instant());
    assertThat(plan.ticket(id).tried()).isEqualTo(ChallengeKind.TLS_ALPN);
    assertThat(plan.failed(id, failure, ChallengeKind.HTTP, 1)).isAfter(clock.instant());
  }

  @Test
  void whatTheAuthorityAsksForIsKept() {
    plan.want(SHOP);
    Instant asked = clock.instant().plus(Duration.ofDays(3));

    Instant retry =
        plan.failed(SHOP.getFirst(), failure(Scope.NAMES, asked), ChallengeKind.HTTP, 0);

    assertThat(retry).isEqualTo(asked);
  }

  @Test
  void whatTheAuthorityAsksForHasABound() {
    plan.want(SHOP);

    Instant retry =
        plan.failed(SHOP.getFirst(), failure(Scope.NAMES, Instant.MAX), ChallengeKind.HTTP, 0);

    assertThat(retry).isEqualTo(clock.instant().plus(Timetable.LONGEST_RETRY_AFTER));
  }

  @Test
  void anAuthorityThatIsAwayIsAskedForNobody() {
    plan.want(SHOP);
    plan.want(NEWS);

    Instant retry = fail(plan, SHOP, Scope.AUTHORITY);

    assertThat(due(plan)).isNull();
    assertThat(plan.nextAt()).isEqualTo(retry);
    Plan next = plan(plan.memory());
    next.want(NEWS);
    assertThat(due(next)).isNull();
    clock.set(retry);
    assertThat(due(plan)).isEqualTo("shop.example.com");
  }

  @Test
  void ordersWithinAnHourHaveABound() {
    for (int i = 0; i < Plan.ORDERS_PER_HOUR; i++) {
      plan.countOrder();
      clock.advance(Duration.ofSeconds(1));
    }
    plan.want(SHOP);

    assertThat(due(plan)).isNull();
    assertThat(plan.nextAt()).isEqualTo(HandClock.START.plus(Duration.ofHours(1)));
    Plan next = plan(plan.memory());
    next.want(SHOP);
    assertThat(due(next)).as("also for the next process").isNull();
    clock.set(HandClock.START.plus(Duration.ofHours(1)));
    assertThat(due(plan)).isEqualTo("shop.example.com");
  }

  @Test
  void anOrderInProgressDoesNotWaitForTheBound() {
    plan.want(SHOP);
    plan.update(plan.ticket(SHOP.getFirst()).withOrder("https://example.com/order/1"));
    for (int i = 0; i < Plan.ORDERS_PER_HOUR; i++) {
      plan.countOrder();
    }

    assertThat(due(plan)).isEqualTo("shop.example.com");
  }

  @Test
  void otherNamesUnderTheSameFirstNameAreOrderedAnew() throws Exception {
    plan.want(SHOP);
    plan.update(plan.ticket(SHOP.getFirst()).withRecord(new Ticket.TxtRecord("a", "b")));
    KeyAndChain certificate = certificate("shop.example.com");
    plan.issued(SHOP.getFirst(), certificate.chain().getFirst());

    Plan next = plan(plan.memory(), certificate);
    next.want(List.of("shop.example.com", "*.shop.example.com"));

    assertThat(due(next)).isEqualTo("shop.example.com");
    assertThat(next.ticket("shop.example.com").records()).as("to be removed").hasSize(1);
  }

  @Test
  void whatNobodyWantsAnyMoreIsForgotten() {
    plan.want(SHOP);
    plan.letGo(plan.ticket(SHOP.getFirst()));

    assertThat(plan.memory().tickets()).isEmpty();
  }

  @Test
  void aFailureIsNotForgottenByLettingGo() {
    plan.want(SHOP);
    Instant retry = fail(plan, SHOP, Scope.NAMES);
    plan.letGo(plan.ticket(SHOP.getFirst()));
    Plan next = plan(plan.memory());

    next.want(SHOP);

    assertThat(next.nextAt()).isEqualTo(retry);
  }
}
