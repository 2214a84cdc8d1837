package dev.culvert.server.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.token.Verification.Rejected;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that somebody without a token sends in its place. */
final class HostileTokenTest {
  private static final long SEED = 20_260_101;

  private final HandDrivenExecutor executor = new HandDrivenExecutor(1);

  @TempDir private Path directory;
  private TokenVerifier verifier;
  private String good;

  @BeforeEach
  void open() throws Exception {
    TokenStore store = TokenStore.open(directory, new MovableClock());
    good = store.create("laptop").text().reveal();
    verifier = TokenVerifier.open(store, executor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", ".", "a", "a.b", "a.b.c.d", "a.b.c\n", "é.b.c", "a=.b.c", "\0.\0.\0"})
  void textOfAnotherFormCostsNoSignatureCheck(String text) {
    assertMalformedAtOnce(text);
  }

  @Test
  void longTextCostsNoSignatureCheck() {
    assertMalformedAtOnce("a".repeat(4095) + "..");
    assertMalformedAtOnce("a".repeat(1 << 20));
    assertMalformedAtOnce(good + "A".repeat(1 << 20));
    assertMalformedAtOnce(".".repeat(1 << 20));
  }

  @Test
  void longestTextOfTheRightFormIsLookedAt() {
    assertRejected("a".repeat(4094) + "..");
  }

  @Test
  void unsignedTokenIsRejected() {
    String claims = good.split("\\.", -1)[1];

    assertRejected(base64("{\"alg\":\"none\"}") + "." + claims + ".");
    assertRejected(base64("{\"alg\":\"HS256\"}") + "." + claims + "." + base64("x".repeat(32)));
  }

  @Test
  void signatureOfOtherClaimsIsRejected() throws Exception {
    String[] parts = good.split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8);

    assertThat(
            assertRejected(
                parts[0] + "." + base64(claims.replace("laptop", "office")) + "." + parts[2]))
        .isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void everySingleChangedCharacterIsRejected() {
    Random random = new Random(SEED);
    for (int i = 0; i < good.length(); i += 1 + random.nextInt(8)) {
      char changed = good.charAt(i) == 'A' ? 'B' : 'A';
      assertRejected(good.substring(0, i) + changed + good.substring(i + 1));
    }
  }

  @Test
  void hostileHeadersAreRejected() {
    String rest = good.substring(good.indexOf('.'));
    assertRejected(rest);
    assertRejected(base64("") + rest);
    assertRejected(base64("null") + rest);
    assertRejected(base64("[".repeat(3000)) + rest);
    assertRejected(base64("{\"a\":".repeat(600)) + rest);
    assertRejected(base64("{\"alg\":\"ES256\",\"alg\":\"ES256\"}") + rest);
    assertRejected(base64("{\"alg\":1e999999999}") + rest);
    assertRejected(base64("\ud83d") + rest);
  }

  @Test
  void randomBytesAreRejected() {
    Random random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      assertRejected(text + "." + text + "." + text);
    }
  }

  private void assertMalformedAtOnce(String text) {
    CompletableFuture<Verification> answer =
        verifier.verify(new Secret(text)).toCompletableFuture();
    assertThat(answer).isDone();
    assertThat(((Rejected) answer.join()).reason()).isEqualTo(Reason.MALFORMED);
    assertThat(executor.waiting()).isZero();
  }

  private Reason assertRejected(String text) {
    CompletableFuture<Verification> answer =
        verifier.verify(new Secret(text)).toCompletableFuture();
    executor.runAll();
    assertThat(answer.join()).as(text).isInstanceOf(Rejected.class);
    Rejected rejected = (Rejected) answer.join();
    assertThat(rejected.reason()).isIn(Reason.MALFORMED, Reason.BAD_SIGNATURE);
    assertThat(rejected.message()).doesNotContain(text);
    return rejected.reason();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
