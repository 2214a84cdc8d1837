package dev.culvert.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.jwt.JwkSetConverter;
import com.google.crypto.tink.jwt.JwtConfig2026;
import com.google.crypto.tink.jwt.JwtPublicKeySign;
import com.google.crypto.tink.jwt.JwtPublicKeyVerify;
import com.google.crypto.tink.jwt.JwtValidator;
import com.google.crypto.tink.jwt.VerifiedJwt;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.KeysetProtection.KeyFile;
import dev.culvert.server.token.KeysetProtection.None;
import dev.culvert.server.token.KeysetProtection.Passphrase;
import dev.culvert.server.token.Verification.Accepted;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.token.Verification.Rejected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys at rest, and their replacement beside a running verifier. */
final class KeysetTest {
  private static final Passphrase PASSPHRASE = passphrase("correct horse battery");

  @TempDir private Path directory;
  private Path state;
  private Path keyFile;

  @BeforeEach
  void name() {
    state = directory.resolve("state");
    keyFile = directory.resolve("elsewhere.key");
  }

  private static Passphrase passphrase(String text) {
    return new Passphrase(new Secret(text));
  }

  private TokenStore store(KeysetProtection protection) throws TokenStoreException {
    return TokenStore.open(state, protection, Clock.systemUTC());
  }

  private String text() throws Exception {
    return Files.readString(state.resolve("token-keyset.json"));
  }

  private static Verification verify(TokenVerifier verifier, IssuedToken token) {
    return verifier.verify(token.text()).toCompletableFuture().join();
  }

  @Test
  void keysAreEncryptedWithAPassphrase() throws Exception {
    IssuedToken token = store(PASSPHRASE).create("laptop");

    assertThat(text()).contains("encryptedKeyset").doesNotContain("keyMaterialType");
    try (TokenVerifier verifier = TokenVerifier.open(store(PASSPHRASE))) {
      assertThat(verify(verifier, token)).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void wrongPassphraseIsToldAndChangesNothing() throws Exception {
    store(PASSPHRASE);
    String before = text();

    assertThatThrownBy(() -> store(passphrase("correct horse batterz")))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("another passphrase")
        .hasMessageNotContaining("horse")
        .hasNoCause();
    assertThat(text()).isEqualTo(before);
  }

  @Test
  void missingSecretIsAskedForByItsKind() throws Exception {
    store(PASSPHRASE);
    assertThatThrownBy(() -> store(new None())).hasMessageContaining("CULVERTD_PASSPHRASE");
    assertThatThrownBy(() -> store(new KeyFile(keyFile))).isInstanceOf(TokenStoreException.class);

    Keyset.open(state, PASSPHRASE).protect(new KeyFile(keyFile));

    assertThatThrownBy(() -> store(new None())).hasMessageContaining("--keyset-key");
    assertThatThrownBy(() -> store(PASSPHRASE)).hasMessageContaining("--keyset-key");
  }

  @Test
  void keyFileIsMadeForItsOwnerAloneAndOpensTheKeysAgain() throws Exception {
    IssuedToken token = store(new KeyFile(keyFile)).create("laptop");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
        .isEqualTo("rw-------");
    assertThat(text()).doesNotContain("keyMaterialType");
    try (TokenVerifier verifier = TokenVerifier.open(store(new KeyFile(keyFile)))) {
      assertThat(verify(verifier, token)).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void lostKeyFileIsNotMadeAgain() throws Exception {
    store(new KeyFile(keyFile));
    Files.delete(keyFile);

    assertThatThrownBy(() -> store(new KeyFile(keyFile)))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining(keyFile.toString())
        .hasMessageContaining("Restore it");
    assertThat(keyFile).doesNotExist();
  }

  @Test
  void keyFileThatOthersMayReadOrThatIsNoneIsRefused() throws Exception {
    store(new KeyFile(keyFile));
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> store(new KeyFile(keyFile)))
        .hasMessageContaining("chmod 600 " + keyFile);
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));

    Files.writeString(keyFile, "c2hvcnQ=");

    assertThatThrownBy(() -> store(new KeyFile(keyFile)))
        .hasMessageContaining("32 random bytes")
        .hasMessageNotContaining("c2hvcnQ");
  }

  @Test
  void keysInTheClearAreEncryptedOnceASecretIsGiven() throws Exception {
    IssuedToken token = store(new None()).create("laptop");
    assertThat(text()).contains("keyMaterialType");

    TokenStore store = store(PASSPHRASE);

    assertThat(text()).doesNotContain("keyMaterialType");
    try (TokenVerifier verifier = TokenVerifier.open(store)) {
      assertThat(verify(verifier, token)).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void passphraseThatIsGuessedInNoTimeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> passphrase("1234567"))
        .withMessageNotContaining("1234567");
  }

  @Test
  void newKeySignsBesideTheOldOneWhileAServerRuns() throws Exception {
    TokenStore store = store(new None());
    IssuedToken old = store.create("laptop");
    try (TokenVerifier verifier = TokenVerifier.open(store)) {
      Keyset.SigningKey key = Keyset.open(state, new None()).rotate();
      IssuedToken next = store.create("phone");

      assertThat(verify(verifier, next)).isInstanceOf(Accepted.class); // noticed by itself
      assertThat(verify(verifier, old)).isInstanceOf(Accepted.class);
      assertThat(Integer.toUnsignedLong(next.record().keyId())).isEqualTo(key.id());
      assertThat(next.record().keyId()).isNotEqualTo(old.record().keyId());
    }
  }

  @Test
  void allTokensOfANewKeyAreGoodWhicheverOfThemHasItNoticed() throws Exception {
    TokenStore store = store(PASSPHRASE);
    try (TokenVerifier verifier = TokenVerifier.open(store)) {
      Keyset.open(state, PASSPHRASE).rotate();
      IssuedToken laptop = store.create("laptop");
      IssuedToken phone = store.create("phone");

      CompletionStage<Verification> first = verifier.verify(laptop.text());
      CompletionStage<Verification> second = verifier.verify(phone.text());

      assertThat(first.toCompletableFuture().join()).isInstanceOf(Accepted.class);
      assertThat(second.toCompletableFuture().join()).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void keyIsRetiredOnceNoGoodTokenNeedsIt() throws Exception {
    TokenStore store = store(new None());
    IssuedToken old = store.create("laptop");
    Keyset keyset = Keyset.open(state, new None());
    long oldKey = Integer.toUnsignedLong(old.record().keyId());
    assertThatThrownBy(() -> keyset.retire(oldKey)).hasMessageContaining("signs new tokens");
    keyset.rotate();
    assertThatThrownBy(() -> keyset.retire(oldKey)).hasMessageContaining("1 good tokens");
    IssuedToken during = store.rotate("laptop", Duration.ofHours(1), null);
    assertThatThrownBy(() -> keyset.retire(oldKey)).hasMessageContaining("1 good tokens");
    IssuedToken next = store.rotate("laptop", Duration.ZERO, null);

    try (TokenVerifier verifier = TokenVerifier.open(store)) {
      assertThat(((Rejected) verify(verifier, during)).reason()).isEqualTo(Reason.REVOKED);
      keyset.retire(oldKey);
      verifier.reloadIfChanged();

      assertThat(((Rejected) verify(verifier, old)).reason()).isEqualTo(Reason.BAD_SIGNATURE);
      assertThat(verify(verifier, next)).isInstanceOf(Accepted.class);
    }
    assertThat(keyset.list()).hasSize(1).allMatch(Keyset.SigningKey::signs);
  }

  @Test
  void publicKeysVerifyTokensAndHoldNoPrivateOne() throws Exception {
    IssuedToken token = store(PASSPHRASE).create("laptop");

    String published = Keyset.open(state, PASSPHRASE).publicKeys();

    KeysetHandle keys = JwkSetConverter.toPublicKeysetHandle(published);
    VerifiedJwt jwt =
        keys.getPrimitive(JwtConfig2026.get(), JwtPublicKeyVerify.class)
            .verifyAndDecode(
                token.text().reveal(),
                JwtValidator.newBuilder().expectIssuer("culvert").allowMissingExpiration().build());
    assertThat(jwt.getSubject()).isEqualTo("laptop");
    assertThat(published).contains("\"ES256\"").doesNotContain("\"d\"");
    assertThatThrownBy(() -> keys.getPrimitive(JwtConfig2026.get(), JwtPublicKeySign.class))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void unknownKeyIsNotRetired() throws Exception {
    store(new None()).create("laptop");

    assertThatThrownBy(() -> Keyset.open(state, new None()).retire(1L << 40))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("there is no key");
  }

  @Test
  void keysThatCannotBeReadAreTriedAgainOnlyNowAndThen() throws Exception {
    MovableClock clock = new MovableClock();
    TokenStore store = TokenStore.open(state, new None(), clock);
    KeysetWatch watch = new KeysetWatch(store.keyset(), clock);
    Keyset.open(state, new None()).rotate();
    Path file = state.resolve("token-keyset.json");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(watch.reloadIfChanged()).isFalse();

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThat(watch.reloadIfChanged()).isFalse();
    clock.advance(Duration.ofSeconds(10));
    assertThat(watch.reloadIfChanged()).isTrue();
    assertThat(watch.keys().ids()).hasSize(2);
  }

  @Test
  void runningVerifierKeepsItsKeysWhereTheFileTurnsBad() throws Exception {
    TokenStore store = store(new None());
    IssuedToken token = store.create("laptop", Permissions.STANDARD, null);
    try (TokenVerifier verifier = TokenVerifier.open(store)) {
      String good = text();
      Files.writeString(state.resolve("token-keyset.json"), "{");
      verifier.reloadIfChanged();
      assertThat(verify(verifier, token)).isInstanceOf(Accepted.class);

      Files.writeString(state.resolve("token-keyset.json"), good);
      verifier.reloadIfChanged();

      assertThat(verify(verifier, token)).isInstanceOf(Accepted.class);
    }
  }
}
