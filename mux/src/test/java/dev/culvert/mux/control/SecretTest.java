package dev.culvert.mux.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.Gson;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A secret shows itself to who asks it to, and to nobody else. */
final class SecretTest {
  private static final String TEXT = "eyJ0.eyJ1.c2ln";
  private static final String INSTANCE = "0123456789abcdef0123456789abcdef";

  private final Secret secret = new Secret(TEXT);

  record Holder(String name, Secret token) {}

  @Test
  void textIsThereForWhoAsks() {
    assertThat(secret.reveal()).isEqualTo(TEXT);
  }

  @Test
  void nothingThatIsPrintedShowsIt() {
    Hello hello = new Hello(1, secret, new Secret(INSTANCE), null, 1, "culvert");

    for (Object printed :
        List.of(secret, new Holder("n", secret), Optional.of(secret), List.of(secret), hello)) {
      assertThat(String.valueOf(printed)).doesNotContain("eyJ", "c2ln", INSTANCE);
    }
    assertThat(String.format("%s %1$S", secret)).isEqualTo("(secret) (SECRET)");
  }

  @Test
  void tokenInOthersTextIsTakenOut() {
    String token = "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiI3In0.c2lnbmF0dXJl_-X";

    assertThat(Secret.redact("unknown option --tokn=" + token + ", or '" + token + "'"))
        .isEqualTo("unknown option --tokn=(secret), or '(secret)'");
    assertThat(Secret.redact(token.substring(0, 12) + " is cut")).isEqualTo("(secret) is cut");
    assertThat(Secret.redact("eyJ... a.b.c")).isEqualTo("eyJ... a.b.c");
  }

  @Test
  void gsonThatWasNotToldOtherwiseWritesAndReadsNone() {
    Gson gson = new Gson();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> gson.toJson(new Holder("n", secret)))
        .withMessage("a secret is not written as JSON");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> gson.fromJson("{\"token\":\"" + TEXT + "\"}", Holder.class))
        .withMessage("a secret is not read from JSON");
  }

  @Test
  void javaSerializationRefusesIt() throws Exception {
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThatExceptionOfType(NotSerializableException.class)
          .isThrownBy(() -> out.writeObject(secret));
    }
  }

  @Test
  void sameTextIsTheSameSecret() {
    assertThat(secret).isEqualTo(new Secret(TEXT)).hasSameHashCodeAs(new Secret(TEXT));
    assertThat(secret).isNotEqualTo(new Secret(TEXT + "x")).isNotEqualTo(new Secret(""));
    assertThat(secret.equals((Object) TEXT)).isFalse();
  }
}
