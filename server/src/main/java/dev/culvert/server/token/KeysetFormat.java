package dev.culvert.server.token;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Hkdf;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.culvert.mux.control.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The text of the keyset file: Tink's JSON as it is, or an envelope {@code {"protection": ...,
 * "iterations": ..., "salt": ..., "keyset": ...}} with Tink's encrypted JSON in it, under
 * AES-256-GCM. The key comes from a passphrase by PBKDF2 (RFC 8018) or from a key file by HKDF (RFC
 * 5869), with a new salt each time.
 */
final class KeysetFormat {
  static final String PASSPHRASE = "passphrase";
  static final String KEY_FILE = "key-file";

  private static final int ITERATIONS = 600_000;
  private static final int MAX_ITERATIONS = 100_000_000;
  private static final int SALT_BYTES = 16;
  static final int KEY_BYTES = 32;
  private static final byte[] CONTEXT = "culvert keyset".getBytes(StandardCharsets.US_ASCII);
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeysetFormat() {}

  /** What the keyset's own key is derived from: a passphrase, or a key file's base64. */
  record Material(String protection, Secret secret) {}

  /** How {@code text} is protected: one of the words above, or empty where it is not. */
  static String protection(String text) {
    return envelope(text).has("protection") ? envelope(text).get("protection").getAsString() : "";
  }

  private static JsonObject envelope(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  static String encrypt(TokenKeys keys, Material material) throws GeneralSecurityException {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    JsonObject envelope = new JsonObject();
    envelope.addProperty("protection", material.protection());
    envelope.addProperty("iterations", ITERATIONS);
    envelope.addProperty("salt", Base64.getEncoder().encodeToString(salt));
    envelope.addProperty("keyset", keys.encrypt(aead(material, salt, ITERATIONS), CONTEXT));
    return envelope + "\n";
  }

  /** Fails with {@link GeneralSecurityException} where the secret is another one. */
  static TokenKeys decrypt(String text, Material material) throws GeneralSecurityException {
    byte[] salt;
    int iterations;
    String keyset;
    try {
      JsonObject envelope = envelope(text);
      salt = Base64.getDecoder().decode(envelope.get("salt").getAsString());
      iterations = envelope.get("iterations").getAsInt();
      keyset = envelope.get("keyset").getAsString();
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("no envelope", e);
    }
    if (iterations < 1 || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException("iterations: " + iterations);
    }
    return TokenKeys.decrypt(keyset, aead(material, salt, iterations), CONTEXT);
  }

  private static Aead aead(Material material, byte[] salt, int iterations)
      throws GeneralSecurityException {
    byte[] key =
        material.protection().equals(PASSPHRASE)
            ? stretched(material.secret(), salt, iterations)
            : Hkdf.computeHkdf("HmacSha256", keyBytes(material.secret()), salt, CONTEXT, KEY_BYTES);
    return new AesGcmJce(key);
  }

  /** Refuses what is no key file's content with {@link IllegalArgumentException}. */
  static byte[] keyBytes(Secret base64) {
    byte[] key = Base64.getDecoder().decode(base64.reveal());
    if (key.length < KEY_BYTES) {
      throw new IllegalArgumentException("key: " + key.length + " bytes");
    }
    return key;
  }

  private static byte[] stretched(Secret passphrase, byte[] salt, int iterations)
      throws GeneralSecurityException {
    PBEKeySpec spec =
        new PBEKeySpec(passphrase.reveal().toCharArray(), salt, iterations, KEY_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } finally {
      spec.clearPassword();
    }
  }
}
