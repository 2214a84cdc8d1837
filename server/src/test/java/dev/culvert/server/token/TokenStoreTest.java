package dev.culvert.server.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.culvert.server.route.Permissions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenStoreTest {
  private final MovableClock clock = new MovableClock();

  @TempDir private Path temporary;
  private Path directory;
  private TokenStore store;

  @BeforeEach
  void open() throws Exception {
    directory = temporary.resolve("state");
    store = TokenStore.open(directory, clock);
  }

  @Test
  void newStoreIsEmptyUntilATokenIsIssued() throws Exception {
    assertThat(store.isEmpty()).isTrue();

    IssuedToken issued = store.create("laptop");

    assertThat(store.isEmpty()).isFalse();
    assertThat(store.list()).containsExactly(issued.record());
  }

  @Test
  void revokedTokensStillCountAsIssued() throws Exception {
    store.create("laptop");
    store.revoke("laptop");

    assertThat(store.isEmpty()).isFalse();
  }

  @Test
  void tokenCarriesItsIdNameTimesAndIssuer() throws Exception {
    IssuedToken issued = store.create("laptop", Permissions.STANDARD, Duration.ofDays(30));

    JsonObject header = segment(issued.text().reveal(), 0);
    JsonObject claims = segment(issued.text().reveal(), 1);
    assertThat(header.get("alg").getAsString()).isEqualTo("ES256");
    assertThat(header.has("kid")).isTrue();
    assertThat(claims.get("jti").getAsString()).isEqualTo(issued.record().id()).hasSize(32);
    assertThat(claims.get("sub").getAsString()).isEqualTo("laptop");
    assertThat(claims.get("iss").getAsString()).isEqualTo("culvert");
    assertThat(claims.get("iat").getAsLong()).isEqualTo(clock.instant().getEpochSecond());
    assertThat(claims.get("exp").getAsLong())
        .isEqualTo(clock.instant().plus(Duration.ofDays(30)).getEpochSecond());
  }

  @Test
  void tokenWithoutLifetimeHasNoExpiry() throws Exception {
    IssuedToken issued = store.create("laptop");

    assertThat(issued.record().expiresAt()).isNull();
    assertThat(segment(issued.text().reveal(), 1).has("exp")).isFalse();
  }

  @Test
  void registryOutlivesTheStore() throws Exception {
    clock.advance(Duration.ofMillis(1234));
    store.create("phone", Permissions.STANDARD, Duration.ofHours(1));
    store.create("laptop");
    TokenRecord revoked = store.revoke("laptop");

    List<TokenRecord> reread = TokenStore.open(directory, clock).list();

    assertThat(reread).isEqualTo(store.list()).hasSize(2).contains(revoked);
  }

  @Test
  void tokenTextIsInNoFileOfTheStateDirectory() throws Exception {
    IssuedToken issued = store.create("laptop");

    String text = issued.text().reveal();
    String signature = text.substring(text.lastIndexOf('.') + 1);
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain(signature);
      }
    }
  }

  @Test
  void issuedTokenHidesItsTextFromLogs() throws Exception {
    IssuedToken issued = store.create("laptop");

    assertThat(issued.toString()).contains("laptop").doesNotContain(issued.text().reveal());
  }

  @Test
  void allFilesAreTheOwnersAlone() throws Exception {
    store.create("laptop");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    List<String> names = new ArrayList<>();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        names.add(file.getFileName().toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
    assertThat(names).containsExactlyInAnyOrder("token-keyset.json", "tokens.json", "tokens.lock");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw------x"})
  void keysetOpenToOthersIsRefusedWithTheRemedy(String mode) throws Exception {
    Path keyset = directory.resolve("token-keyset.json");
    Files.setPosixFilePermissions(keyset, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> TokenStore.open(directory, clock))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("chmod 600 " + keyset);
  }

  @Test
  void keysetIsKeptWhenTheStoreIsOpenedAgain() throws Exception {
    String before = Files.readString(directory.resolve("token-keyset.json"));

    TokenStore.open(directory, clock);

    assertThat(directory.resolve("token-keyset.json")).hasContent(before);
  }

  @Test
  void lostKeysetIsNotReplacedWhileTokensDependOnIt() throws Exception {
    store.create("laptop");
    Path keyset = directory.resolve("token-keyset.json");
    Files.delete(keyset);

    assertThatThrownBy(() -> TokenStore.open(directory, clock))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining(keyset.toString())
        .hasMessageContaining("Restore it from a backup");
    assertThat(keyset).doesNotExist();
  }

  @Test
  void brokenKeysetIsNamedButNeverQuoted() throws Exception {
    Path keyset = directory.resolve("token-keyset.json");
    String whole = Files.readString(keyset);
    String broken = whole.substring(0, whole.length() - 10);
    Files.writeString(keyset, broken);

    assertThatThrownBy(() -> TokenStore.open(directory, clock))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining(keyset.toString())
        .hasMessageContaining("Restore it from a backup")
        .hasMessageNotContaining("keyData")
        .hasNoCause();
    assertThat(keyset).hasContent(broken);
  }

  @Test
  void nameOfAnUnrevokedTokenIsTaken() throws Exception {
    store.create("laptop", Permissions.STANDARD, Duration.ofMinutes(1));
    clock.advance(Duration.ofHours(1));

    assertThatThrownBy(() -> store.create("laptop"))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("\"laptop\"")
        .hasMessageContaining("culvertd token revoke laptop");
  }

  @Test
  void nameOfARevokedTokenIsFreeAgain() throws Exception {
    store.create("laptop");
    store.revoke("laptop");

    IssuedToken second = store.create("laptop");

    assertThat(store.list()).hasSize(2).endsWith(second.record());
    assertThat(store.revoke("laptop").id()).isEqualTo(second.record().id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "Laptop", "a b", "a.b", "a\n", "é"})
  void nameThatIsNoLabelIsRefused(String name) {
    assertThatThrownBy(() -> store.create(name))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("1 to 63 lower-case letters, digits and hyphens");
  }

  @Test
  void nameHasAtMost63Characters() throws Exception {
    store.create("a".repeat(63));

    assertThatThrownBy(() -> store.create("a".repeat(64))).isInstanceOf(TokenStoreException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.9S", "P36501D"})
  void lifetimeOutOfRangeIsRefused(Duration lifetime) {
    assertThatThrownBy(() -> store.create("laptop", Permissions.STANDARD, lifetime))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining(lifetime.toString());
  }

  @Test
  void longestLifetimeCanBeSigned() throws Exception {
    assertThat(
            store.create("laptop", Permissions.STANDARD, Duration.ofDays(36_500)).text().reveal())
        .isNotEmpty();
  }

  @Test
  void tokenIsRevokedByIdOrName() throws Exception {
    String first = store.create("laptop").record().id();
    store.create("phone");

    assertThat(store.revoke(first).revokedAt()).isEqualTo(clock.instant());
    assertThat(store.revoke("phone").revokedAt()).isEqualTo(clock.instant());

    assertThat(store.list()).allMatch(TokenRecord::isRevoked);
  }

  @Test
  void revokingAgainByIdKeepsTheFirstTime() throws Exception {
    String id = store.create("laptop").record().id();
    Instant first = clock.instant();
    store.revoke(id);
    clock.advance(Duration.ofDays(1));

    assertThat(store.revoke(id).revokedAt()).isEqualTo(first);
  }

  @Test
  void revokingATokenByItsTextNamesNoTokenText() throws Exception {
    String text = store.create("laptop").text().reveal();

    assertThatThrownBy(() -> store.revoke(text))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("culvertd token list")
        .hasMessageNotContaining(text.substring(0, 20));
  }

  @Test
  void brokenRegistryIsNamedWithARemedyAndLeftAlone() throws Exception {
    store.create("laptop");
    Path registry = directory.resolve("tokens.json");
    byte[] whole = Files.readAllBytes(registry);
    String half = new String(whole, 0, whole.length / 2, UTF_8);
    Files.writeString(registry, half);

    for (ThrowingCallable change :
        List.<ThrowingCallable>of(
            () -> TokenStore.open(directory, clock),
            () -> store.create("phone"),
            () -> store.revoke("laptop"),
            () -> store.list())) {
      assertThatThrownBy(change)
          .isInstanceOf(TokenStoreException.class)
          .hasMessageContaining(registry.toString())
          .hasMessageContaining("restore it from a backup");
    }
    assertThat(registry).hasContent(half);
  }

  private static JsonObject segment(String token, int index) {
    byte[] json = Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]);
    return JsonParser.parseString(new String(json, UTF_8)).getAsJsonObject();
  }
}
