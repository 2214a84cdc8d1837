package dev.culvert.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.Verification.Accepted;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.token.Verification.Rejected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenVerifierTest {
  private final MovableClock clock = new MovableClock();
  private final HandDrivenExecutor executor = new HandDrivenExecutor(2);

  @TempDir private Path directory;
  private TokenStore store;
  private TokenVerifier verifier;

  @BeforeEach
  void open() throws Exception {
    store = TokenStore.open(directory, clock);
    verifier = TokenVerifier.open(store, executor);
  }

  @AfterEach
  void close() {
    verifier.close();
  }

  @Test
  void issuedTokenIsAccepted() throws Exception {
    IssuedToken token = store.create("laptop", Permissions.STANDARD, Duration.ofDays(1));

    Verification answer = verify(token.text());

    TokenRecord record = token.record();
    assertThat(answer)
        .isEqualTo(
            new Accepted(
                new Grant(record.id(), "laptop", 1, Permissions.STANDARD, record.expiresAt())));
  }

  @Test
  void verifierBringsItsOwnThreads() throws Exception {
    try (TokenVerifier threaded = TokenVerifier.open(store)) {
      IssuedToken token = store.create("laptop");

      Verification answer = threaded.verify(token.text()).toCompletableFuture().join();

      assertThat(answer).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void callerNeverWaitsForTheSignatureCheck() throws Exception {
    CompletableFuture<Verification> answer =
        verifier.verify(store.create("laptop").text()).toCompletableFuture();

    assertThat(answer).isNotDone();
    executor.runAll();
    assertThat(answer).isCompleted();
  }

  @Test
  void secondUseOfATokenIsAnsweredAtOnce() throws Exception {
    Secret token = store.create("laptop").text();
    Verification first = verify(token);

    assertThat(verifier.verify(token).toCompletableFuture()).isCompletedWithValue(first);
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void simultaneousUsesOfATokenShareOneSignatureCheck() throws Exception {
    Secret token = store.create("laptop").text();

    for (int i = 0; i < 10; i++) {
      assertThat(verifier.verify(token).toCompletableFuture()).isNotDone();
    }

    assertThat(executor.waiting()).isEqualTo(1);
  }

  @Test
  void signatureIsCheckedAnewAfterTenMinutes() throws Exception {
    Secret token = store.create("laptop").text();
    verify(token);
    clock.advance(Duration.ofMinutes(10).plusSeconds(1));

    assertThat(verifier.verify(token).toCompletableFuture()).isNotDone();
  }

  @Test
  void noMoreThanTenThousandAnswersAreKept() throws Exception {
    for (int i = 0; i < 10_100; i++) {
      verify(new Secret("e30.e30." + i));
    }

    assertThat(verifier.cached()).isBetween(9_000L, 10_000L);
  }

  @Test
  void resultIsNotCachedBeyondTheTokensExpiry() throws Exception {
    Secret token = store.create("laptop", Permissions.STANDARD, Duration.ofMinutes(1)).text();
    verify(token);
    clock.advance(Duration.ofMinutes(1).plusSeconds(1));

    assertThat(verifier.verify(token).toCompletableFuture()).isNotDone();
  }

  @Test
  void rejectionIsCachedForTenSeconds() throws Exception {
    Secret token = foreignToken();
    Verification first = verify(token);

    assertThat(verifier.verify(token).toCompletableFuture()).isCompletedWithValue(first);
    clock.advance(Duration.ofSeconds(11));
    assertThat(verifier.verify(token).toCompletableFuture()).isNotDone();
  }

  @Test
  void fullQueueAnswersBusyAndForgetsTheToken() throws Exception {
    verifier.verify(store.create("a").text());
    verifier.verify(store.create("b").text());
    Secret token = store.create("c").text();

    Verification answer = verifier.verify(token).toCompletableFuture().join();
    executor.runAll();

    assertThat(reason(answer)).isEqualTo(Reason.BUSY);
    assertThat(reason(answer).isRetryable()).isTrue();
    assertThat(verify(token)).isInstanceOf(Accepted.class);
  }

  @Test
  void closedVerifierAnswersBusy() throws Exception {
    verifier.close();

    assertThat(reason(verify(store.create("laptop").text()))).isEqualTo(Reason.BUSY);
  }

  @Test
  void tokenOfAnotherKeysetIsRejectedThoughItsIdIsRegistered() throws Exception {
    assertThat(reason(verify(foreignToken()))).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void expiredTokenIsRejectedFromItsExpiryOn() throws Exception {
    Secret token = store.create("laptop", Permissions.STANDARD, Duration.ofMinutes(1)).text();
    clock.advance(Duration.ofMinutes(1).minusMillis(1));
    assertThat(verify(token)).isInstanceOf(Accepted.class);
    clock.advance(Duration.ofMillis(1));

    Rejected answer = (Rejected) verify(token);

    assertThat(answer.reason()).isEqualTo(Reason.EXPIRED);
    assertThat(answer.message()).contains("laptop", "2026-01-01T00:01:00Z");
  }

  @Test
  void tokenFirstSeenAfterItsExpiryIsRejected() throws Exception {
    Secret token = store.create("laptop", Permissions.STANDARD, Duration.ofMinutes(1)).text();
    clock.advance(Duration.ofHours(1));

    assertThat(reason(verify(token))).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void tokenIssuedByAnotherProcessAMomentAgoIsAcceptedWithoutAReload() throws Exception {
    IssuedToken token = TokenStore.open(directory, clock).create("laptop");

    assertThat(verify(token.text())).isInstanceOf(Accepted.class);
  }

  @Test
  void signedTokenThatIsNotRegisteredIsUnknown() throws Exception {
    Secret token = store.create("laptop").text();
    Files.delete(directory.resolve("tokens.json"));
    try (TokenVerifier fresh = TokenVerifier.open(store)) {
      Verification answer = fresh.verify(token).toCompletableFuture().join();

      assertThat(reason(answer)).isEqualTo(Reason.UNKNOWN);
    }
  }

  @Test
  void grantHoldsUntilItExpires() throws Exception {
    Grant grant =
        accepted(store.create("laptop", Permissions.STANDARD, Duration.ofMinutes(1)).text());

    assertThat(verifier.isValid(grant, clock.instant().plusMillis(59_999))).isTrue();
    assertThat(verifier.isValid(grant, clock.instant().plusSeconds(60))).isFalse();
  }

  @Test
  void onlyBusyIsWorthRetrying() {
    assertThat(Reason.values()).filteredOn(Reason::isRetryable).containsExactly(Reason.BUSY);
  }

  private Verification verify(Secret token) {
    CompletableFuture<Verification> answer = verifier.verify(token).toCompletableFuture();
    executor.runAll();
    return answer.join();
  }

  private Grant accepted(Secret token) {
    return ((Accepted) verify(token)).grant();
  }

  private static Reason reason(Verification answer) {
    assertThat(answer).isInstanceOf(Rejected.class);
    return ((Rejected) answer).reason();
  }

  /** A token of another server whose registry this one shares: only the key differs. */
  private Secret foreignToken() throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    Secret token = TokenStore.open(elsewhere, clock).create("laptop").text();
    Files.copy(
        elsewhere.resolve("tokens.json"),
        directory.resolve("tokens.json"),
        StandardCopyOption.REPLACE_EXISTING);
    verifier.reloadIfChanged();
    return token;
  }
}
