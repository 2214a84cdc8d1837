package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of names and ports, for how long, and across restarts. */
final class LeasesTest {
  private static final Duration HOLD = Duration.ofHours(1);

  private final HandClock clock = new HandClock();
  @TempDir private Path directory;
  private Path file;
  private Leases leases;

  @BeforeEach
  void open() throws Exception {
    file = directory.resolve("leases.json");
    leases = Leases.open(file, HOLD, clock);
  }

  private Leases restarted() throws IOException {
    leases.save();
    return Leases.open(file, HOLD, clock);
  }

  @Test
  void releasedAddressIsHeldForItsHolderAndThenForgotten() {
    leases.use("calm", "ann", "key", false, false);
    leases.release("calm");

    clock.advance(HOLD.minusNanos(1));
    assertThat(leases.find("calm"))
        .isEqualTo(new Lease("calm", "ann", "key", false, false, clock.instant().plusNanos(1)));
    clock.advance(Duration.ofNanos(1));

    assertThat(leases.find("calm")).isNull();
    assertThat(leases.findHeld("ann", "key", address -> true)).isNull();
  }

  @Test
  void addressInUseIsNeverForgotten() {
    leases.use("calm", "ann", "key", false, false);
    clock.advance(Duration.ofDays(36_500));

    for (int i = 0; i <= Leases.MAX_HELD; i++) {
      leases.use("n" + i, "mallory", "key", false, false);
      leases.release("n" + i);
    }

    assertThat(leases.find("calm")).isNotNull();
  }

  @Test
  void beyondTheBoundTheOneHeldLongestIsForgotten() {
    for (int i = 0; i <= Leases.MAX_HELD; i++) {
      leases.use("n" + i, "ann" + i % 200 + ":1", "key", false, false);
      leases.release("n" + i);
    }

    assertThat(leases.find("n0")).isNull();
    assertThat(leases.find("n1")).isNotNull();
    assertThat(leases.find("n" + Leases.MAX_HELD)).isNotNull();
  }

  @Test
  void manyInstancesOfOneTokenPushOutOnlyTheirOwn() {
    leases.use("calm", "ann:1", "key", false, false);
    leases.release("calm");
    for (int i = 0; i <= Leases.MAX_HELD; i++) {
      leases.use("n" + i, "mallory:" + i, "key", false, false);
      leases.release("n" + i);
    }

    assertThat(leases.find("calm")).isNotNull();
    assertThat(leases.find("n" + (Leases.MAX_HELD - Leases.MAX_HELD_BY_ONE))).isNull();
    assertThat(leases.find("n" + (Leases.MAX_HELD - Leases.MAX_HELD_BY_ONE + 1))).isNotNull();
    assertThat(leases.findHeld("mallory:" + Leases.MAX_HELD, "key", address -> true)).isNotNull();
    assertThat(leases.findHeld("mallory:0", "key", address -> true)).isNull();
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenLater() throws Exception {
    Files.delete(directory);
    leases.use("calm", "ann", "key", false, false);
    assertThatThrownBy(() -> leases.save()).hasMessage("cannot write " + file);
    Files.createDirectory(directory);

    assertThat(restarted().find("calm")).isNotNull();
  }

  @Test
  void addressesOfOneKeyComeBackInOrderAndNoneThatIsInUse() {
    for (String address : new String[] {"one", "two", "three"}) {
      leases.use(address, "ann", "key", false, false);
    }
    leases.release("two");
    leases.release("three");

    assertThat(leases.findHeld("ann", "key", address -> true))
        .extracting("address")
        .isEqualTo("two");
    leases.use("two", "ann", "key", false, false);
    assertThat(leases.findHeld("ann", "key", address -> true))
        .extracting("address")
        .isEqualTo("three");
    leases.use("three", "ann", "key", false, false);
    assertThat(leases.findHeld("ann", "key", address -> true)).isNull();
  }

  @Test
  void holderAndKeyMustBothBeTheSame() {
    leases.use("calm", "ann", "key", false, false);
    leases.release("calm");

    assertThat(leases.findHeld("bob", "key", address -> true)).isNull();
    assertThat(leases.findHeld("ann", "other", address -> true)).isNull();
    assertThat(leases.findHeld("ann", "key", address -> false)).isNull();
  }

  @Test
  void restartKeepsWhatWasHeldAndHoldsWhatWasInUse() throws Exception {
    leases.use("held", "ann", "\u00e9 \"key\"", false, false);
    leases.release("held");
    leases.use("used", "bob", "key", false, false);
    clock.advance(Duration.ofMinutes(59));

    Leases reopened = restarted();

    assertThat(reopened.findHeld("ann", "\u00e9 \"key\"", address -> true)).isNotNull();
    clock.advance(Duration.ofMinutes(59));
    assertThat(reopened.find("held")).isNull();
    assertThat(reopened.findHeld("bob", "key", address -> true)).isNotNull();
    clock.advance(Duration.ofMinutes(1));
    assertThat(reopened.find("used")).isNull();
  }

  @Test
  void restartKeepsWhatWasProven() throws Exception {
    leases.use("www.example.com", "ann", "key", false, true);
    leases.use("www.example.org", "ann", "key", false, false);
    leases.release("www.example.com");

    Leases reopened = restarted();

    assertThat(reopened.find("www.example.com")).isNotNull().returns(true, Lease::isProven);
    assertThat(reopened.find("www.example.org")).isNotNull().returns(false, Lease::isProven);
  }

  @Test
  void shorterHoldAppliesToWhatTheFileSays() throws Exception {
    leases.use("calm", "ann", "key", false, false);
    leases.save();

    Leases shorter = Leases.open(file, Duration.ofMinutes(1), clock);

    clock.advance(Duration.ofMinutes(1));
    assertThat(shorter.find("calm")).isNull();
  }

  @Test
  void nothingIsWrittenWhereNothingChanged() throws Exception {
    leases.use("calm", "ann", "key", false, false);
    leases.save();
    Files.delete(file);

    leases.save();

    assertThat(file).doesNotExist();
  }

  @Test
  void emptyFileIsAFreshStart() throws Exception {
    Files.writeString(file, "");

    assertThat(Leases.open(file, HOLD, clock).find("calm")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "[",
        "[null]",
        "[{}]",
        "[] []",
        "\"text\"",
        "[{\"address\":\"a\",\"holder\":\"b\",\"key\":\"c\",\"heldUntil\":\"soon\"}]",
        "[{\"holder\":\"b\",\"key\":\"c\",\"heldUntil\":\"2030-01-01T00:00:00Z\"}]",
        "[{\"address\":\"a\",\"key\":\"c\",\"heldUntil\":\"2030-01-01T00:00:00Z\"}]",
        "[{\"address\":\"a\",\"holder\":\"b\",\"heldUntil\":\"2030-01-01T00:00:00Z\"}]",
        "[{\"address\":\"a\",\"holder\":\"b\",\"key\":\"c\"}]",
        "\u00ff\u00fe\u0000"
      })
  void damagedFileIsNamedWithTheRemedy(String content) throws Exception {
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> Leases.open(file, HOLD, clock))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is damaged: move it away to start with no names on hold");
  }
}
