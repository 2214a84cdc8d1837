package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordHashTest {
  private static final String TAIL = "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=256,t=2,p=1" + TAIL,
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
      })
  void hashesOfTheReferenceImplementationAreThoseOfTheirPassword(String text) {
    PasswordHash hash = PasswordHash.parse(text);

    assertThat(hash.matches("password")).isTrue();
    assertThat(hash.matches("Password")).isFalse();
    assertThat(hash.matches("")).isFalse();
    assertThat(hash.text()).isEqualTo(text);
  }

  @Test
  void hashOfAPasswordIsReadAgainAndMatchesThatPasswordAlone() {
    PasswordHash hash = PasswordHash.of("correct horse \u20ac", new Random(1));

    PasswordHash read = PasswordHash.parse(hash.text());

    assertThat(read.matches("correct horse \u20ac")).isTrue();
    assertThat(read.matches("correct horse ?")).isFalse();
  }

  @Test
  void samePasswordHasAnotherHashEachTime() {
    Random random = new Random(1);

    assertThat(PasswordHash.of("password", random).text())
        .isNotEqualTo(PasswordHash.of("password", random).text());
  }

  @Test
  void hashOfNobodyCostsAsMuchAndMatchesNothing() {
    PasswordHash some = PasswordHash.parse("$argon2id$v=19$m=256,t=2,p=1" + TAIL);

    PasswordHash nobody = PasswordHash.likeNone(some, new Random(1));

    assertThat(nobody.costsAsMuchAs(some)).isTrue();
    assertThat(nobody.matches("password")).isFalse();
    assertThat(nobody.matches("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=256,t=3,p=1" + TAIL,
        "$argon2id$v=19$m=255,t=2,p=1" + TAIL,
        "$argon2id$v=19$m=256,t=2,p=2" + TAIL,
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHRz$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR",
      })
  void otherParametersCostOtherwise(String text) {
    PasswordHash some = PasswordHash.parse("$argon2id$v=19$m=256,t=2,p=1" + TAIL);

    assertThat(some.costsAsMuchAs(PasswordHash.parse(text))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=20481,t=1,p=1" + TAIL,
        "$argon2id$v=19$m=999999,t=1,p=1" + TAIL,
        "$argon2id$v=19$m=4294967296,t=1,p=1" + TAIL,
        "$argon2id$v=19$m=20480,t=5,p=1" + TAIL,
        "$argon2id$v=19$m=8,t=999999,p=1" + TAIL,
        "$argon2id$v=19$m=256,t=2,p=5" + TAIL,
        "$argon2id$v=19$m=256,t=2,p=0" + TAIL,
        "$argon2id$v=19$m=0,t=2,p=1" + TAIL,
        "$argon2id$v=19$m=7,t=2,p=1" + TAIL,
        "$argon2id$v=19$m=31,t=2,p=4" + TAIL,
        "$argon2id$v=19$m=256,t=0,p=1" + TAIL,
        "$argon2id$v=19$m=-256,t=2,p=1" + TAIL,
        "$argon2id$v=16$m=256,t=2,p=1" + TAIL,
        "$argon2id$m=256,t=2,p=1" + TAIL,
        "$argon2i$v=19$m=256,t=2,p=1" + TAIL,
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=256,t=2,p=1$$nf65EOgLrQMR",
        "$argon2id$v=19$m=256,t=2,p=1$c29t$nf65EOgLrQMR",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ==$nf65EOgLrQMR",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhb$HQ$nf65EOgLrQMR",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQAAA$nf65EOgLrQMRA",
        "$2b$10$abcdefghijklmnopqrstuu",
        "password",
        "",
      })
  void hashThatIsNoneOrCostsTooMuchIsRefusedWithoutBeingShown(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PasswordHash.parse(text))
        .withMessageStartingWith("password hash: expected")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("c29t", "password1"));
  }

  @Test
  void dearestHashThatIsTakenIsTriedInItsMemory() {
    PasswordHash dearest = PasswordHash.parse("$argon2id$v=19$m=20480,t=4,p=1" + TAIL);

    assertThat(dearest.matches("password")).isFalse();
  }

  @Test
  void hashIsNotPrinted() {
    assertThat(PasswordHash.parse("$argon2id$v=19$m=256,t=2,p=1" + TAIL))
        .hasToString("(password hash)");
  }
}
