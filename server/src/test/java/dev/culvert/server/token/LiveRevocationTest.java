package dev.culvert.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.Verification.Accepted;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.token.Verification.Rejected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running verifier, and a second store on its directory in the part of the command line. */
final class LiveRevocationTest {
  private final MovableClock clock = new MovableClock();
  private final List<String> told = new ArrayList<>();

  @TempDir private Path directory;
  private Path registry;
  private TokenStore commandLine;
  private TokenVerifier verifier;
  private IssuedToken token;
  private Grant grant;

  @BeforeEach
  void open() throws Exception {
    registry = directory.resolve("tokens.json");
    TokenStore store = TokenStore.open(directory, clock);
    token = store.create("laptop", Permissions.STANDARD, Duration.ofHours(1));
    verifier = TokenVerifier.open(store);
    verifier.onChanged(told::add);
    commandLine = TokenStore.open(directory, clock);
    grant = ((Accepted) verify()).grant();
  }

  @AfterEach
  void close() {
    verifier.close();
  }

  @Test
  void narrowingIsToldAndHoldsForGrantsGivenBefore() throws Exception {
    Permissions less = new Permissions(Set.of(), List.of(), List.of(), false, List.of(), 1, 1, 1);

    commandLine.narrow("laptop", less);
    verifier.reloadIfChanged();
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
    assertThat(verifier.permissions(grant, clock.instant())).isEqualTo(less);
    assertThat(verify()).isInstanceOf(Accepted.class);
  }

  @Test
  void replacedTokenIsGoodUntilItsOverlapIsOver() throws Exception {
    commandLine.rotate("laptop", Duration.ofMinutes(5), Duration.ofHours(1));
    verifier.reloadIfChanged();
    assertThat(verifier.isValid(grant, clock.instant())).isTrue();
    assertThat(verify()).isInstanceOf(Accepted.class);
    told.clear();

    clock.advance(Duration.ofMinutes(5));
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
    assertThat(verifier.isValid(grant, clock.instant())).isFalse();
    assertThat(((Rejected) verify()).message()).contains("replaced by a newer one");
  }

  @Test
  void replacedTokenThatExpiresWithinItsOverlapIsToldOfThen() throws Exception {
    commandLine.rotate("laptop", Duration.ofDays(1), Duration.ofDays(90));
    verifier.reloadIfChanged();
    assertThat(verifier.isValid(grant, clock.instant())).isTrue();
    told.clear();

    clock.advance(Duration.ofHours(1));
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
    assertThat(verifier.isValid(grant, clock.instant())).isFalse();
  }

  @Test
  void tokenThatIsGoodAgainSinceTheClockWasSetBackIsWatchedAgain() throws Exception {
    clock.advance(Duration.ofHours(1));
    verifier.reloadIfChanged();
    clock.advance(Duration.ofMinutes(-30));
    verifier.reloadIfChanged();
    assertThat(verify()).isInstanceOf(Accepted.class);
    told.clear();

    commandLine.revoke("laptop");
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
  }

  @Test
  void registryThatAllowsMoreThanTheTokenSaysIsNotBelieved() throws Exception {
    Permissions less = new Permissions(Set.of(), List.of(), List.of(), false, List.of(), 1, 1, 1);
    IssuedToken narrow = commandLine.create("narrow", less, null);
    Files.writeString(
        registry, Files.readString(registry).replace("\"tunnels\": 1,", "\"tunnels\": 2,"));
    verifier.reloadIfChanged();

    Verification answer = verifier.verify(narrow.text()).toCompletableFuture().join();

    assertThat(((Rejected) answer).reason()).isEqualTo(Reason.UNKNOWN);
  }

  @Test
  void revokingVoidsTheGrantAndTheCachedVerification() throws Exception {
    commandLine.revoke("laptop");
    verifier.reloadIfChanged();

    assertThat(verifier.isValid(grant, clock.instant())).isFalse();
    assertThat(((Rejected) verify()).reason()).isEqualTo(Reason.REVOKED);
    assertThat(told).containsExactly(token.record().id());
  }

  @Test
  void eachVoidTokenIsToldOfOnce() throws Exception {
    commandLine.revoke("laptop");
    verifier.reloadIfChanged();
    commandLine.create("phone");
    verifier.reloadIfChanged();
    clock.advance(Duration.ofHours(2));
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
  }

  @Test
  void unchangedRegistryTellsNothing() {
    verifier.reloadIfChanged();

    assertThat(told).isEmpty();
    assertThat(verifier.isValid(grant, clock.instant())).isTrue();
  }

  @Test
  void tokenRemovedFromTheRegistryIsUnknown() throws Exception {
    Files.writeString(registry, "{\"version\": 1, \"tokens\": []}");
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
    assertThat(verifier.isValid(grant, clock.instant())).isFalse();
    assertThat(((Rejected) verify()).reason()).isEqualTo(Reason.UNKNOWN);
  }

  @Test
  void expiryInTheTokenHoldsThoughTheRegistryForgetsIt() throws Exception {
    editRegistry(", *\"expiresAt\": *\"[^\"]*\"", "");

    assertThat(verifier.isValid(grant, clock.instant())).isTrue();
    assertThat(verifier.isValid(grant, clock.instant().plus(Duration.ofHours(1)))).isFalse();
    clock.advance(Duration.ofHours(1));
    assertThat(((Rejected) verify()).reason()).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void registryMayBringTheExpiryForward() throws Exception {
    editRegistry("T01:00:00Z", "T00:00:00Z");

    assertThat(told).containsExactly(token.record().id());
    assertThat(((Rejected) verify()).reason()).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void expiryIsToldThoughTheFileIsUnchanged() {
    clock.advance(Duration.ofHours(1));
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
  }

  @Test
  void tokenAddedLaterIsWatchedToo() throws Exception {
    String phone = commandLine.create("phone").record().id();
    verifier.reloadIfChanged();
    commandLine.revoke("phone");
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(phone);
  }

  @Test
  void failingListenerDoesNotKeepTheNewsFromTheNext() throws Exception {
    List<String> last = new ArrayList<>();
    verifier.onChanged(_ -> {
      throw new IllegalStateException("listener fails on purpose");
    });
    verifier.onChanged(last::add);
    commandLine.revoke("laptop");

    List<LogRecord> logged = new ArrayList<>();
    try (var _ = Capture.of(RegistryWatch.class, logged)) {
      verifier.reloadIfChanged();
    }

    assertThat(last).containsExactly(token.record().id());
    assertThat(logged).hasSize(1);
  }

  @Test
  void listenerMayAskTheVerifierAgain() throws Exception {
    List<Boolean> answers = new ArrayList<>();
    verifier.onChanged(_ -> {
      verifier.reloadIfChanged();
      answers.add(verifier.isValid(grant, clock.instant()));
    });
    commandLine.revoke("laptop");

    verifier.reloadIfChanged();

    assertThat(answers).containsExactly(false);
  }

  @Test
  void brokenRegistryChangesNothingAndIsLoggedOnce() throws Exception {
    List<LogRecord> logged = new ArrayList<>();
    String good = Files.readString(registry);
    try (var _ = Capture.of(RegistryWatch.class, logged)) {
      Files.writeString(registry, good.substring(0, good.length() / 2));
      verifier.reloadIfChanged();
      verifier.reloadIfChanged();
    }

    assertThat(told).isEmpty();
    assertThat(verify()).isInstanceOf(Accepted.class);
    assertThat(logged).hasSize(1);
    assertThat(logged.getFirst().getMessage()).contains(registry.toString());
  }

  @Test
  void vanishedRegistryChangesNothing() throws Exception {
    Files.delete(registry);
    verifier.reloadIfChanged();

    assertThat(told).isEmpty();
    assertThat(verifier.isValid(grant, clock.instant())).isTrue();
  }

  @Test
  void tokensExpireWhileTheRegistryIsBroken() throws Exception {
    Files.writeString(registry, "{");
    clock.advance(Duration.ofHours(1));
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
  }

  @Test
  void repairedRegistryIsFollowedAgain() throws Exception {
    String good = Files.readString(registry);
    Files.writeString(registry, "{");
    verifier.reloadIfChanged();
    Files.writeString(registry, good);
    commandLine.revoke("laptop");
    verifier.reloadIfChanged();

    assertThat(told).containsExactly(token.record().id());
  }

  private void editRegistry(String pattern, String replacement) throws Exception {
    String before = Files.readString(registry);
    String after = before.replaceAll("\\s+", " ").replaceAll(pattern, replacement);
    assertThat(after).doesNotContain("T01:00:00Z");
    Files.writeString(registry, after);
    verifier.reloadIfChanged();
  }

  private Verification verify() {
    return verifier.verify(token.text()).toCompletableFuture().join();
  }

  /** Collects what one class logs, and keeps it from the console. */
  private static final class Capture extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<LogRecord> records;

    private Capture(Logger logger, List<LogRecord> records) {
      this.logger = logger;
      this.records = records;
    }

    static Capture of(Class<?> source, List<LogRecord> records) {
      Capture capture = new Capture(Logger.getLogger(source.getName()), records);
      capture.logger.addHandler(capture);
      capture.logger.setUseParentHandlers(false);
      return capture;
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {
      // Nothing is buffered.
    }

    @Override
    public void close() {
      logger.removeHandler(this);
      logger.setUseParentHandlers(true);
    }
  }
}
