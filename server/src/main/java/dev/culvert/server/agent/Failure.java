package dev.culvert.server.agent;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.token.Verification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a client was not let in. Holds no token.
 *
 * @param code one word for machines
 * @param detail a sentence for people, in which a client may have put anything
 * @param tokenHash the start of the SHA-256 of the token's text; null where none was presented
 */
record Failure(String code, String detail, @Nullable String tokenHash) {
  private static final int HASH_DIGITS = 12;

  /** Did not get through the handshake in time. */
  static Failure late(String missing) {
    return new Failure("late", "no " + missing + " in time", null);
  }

  /** Left in the middle, when it had cost something already. */
  static Failure left() {
    return new Failure("left", "the connection ended within the handshake", null);
  }

  static Failure tls(String detail) {
    return new Failure("tls", detail, null);
  }

  static Failure hello(String detail) {
    return new Failure("hello", detail, null);
  }

  static Failure version(String detail) {
    return new Failure("version", detail, null);
  }

  static Failure token(Verification.Rejected rejected, Secret token) {
    return new Failure(
        "token-" + rejected.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        rejected.message(),
        hash(token));
  }

  private static String hash(Secret token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(token.reveal().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
