package dev.culvert.server.token;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.jwt.JwkSetConverter;
import com.google.crypto.tink.jwt.JwtConfig2026;
import com.google.crypto.tink.jwt.JwtEcdsaParameters;
import com.google.crypto.tink.jwt.JwtInvalidException;
import com.google.crypto.tink.jwt.JwtPublicKeySign;
import com.google.crypto.tink.jwt.JwtPublicKeyVerify;
import com.google.crypto.tink.jwt.JwtValidator;
import com.google.crypto.tink.jwt.RawJwt;
import com.google.crypto.tink.jwt.VerifiedJwt;
import com.google.gson.JsonParser;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.Verification.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;

/** The keyset that signs tokens and tells its own from others. Any thread. */
final class TokenKeys {
  private static final String ISSUER = "culvert";
  private static final String PERMISSIONS = "permissions";
  private static final String GENERATION = "gen";
  private static final Configuration CONFIGURATION = JwtConfig2026.get();

  /**
   * Stands at the epoch, where nothing has expired: a result outlives the instant it was found at,
   * in the cache, so expiry is judged apart from the signature, each time a token is used.
   */
  private static final JwtValidator TIMELESS =
      JwtValidator.newBuilder()
          .expectIssuer(ISSUER)
          .allowMissingExpiration()
          .setClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
          .build();

  private final KeysetHandle keyset;
  private final JwtPublicKeySign signer;
  private final JwtPublicKeyVerify verifier;

  private TokenKeys(KeysetHandle keyset) throws GeneralSecurityException {
    this.keyset = keyset;
    this.signer = keyset.getPrimitive(CONFIGURATION, JwtPublicKeySign.class);
    this.verifier =
        keyset.getPublicKeysetHandle().getPrimitive(CONFIGURATION, JwtPublicKeyVerify.class);
  }

  static TokenKeys generate() throws GeneralSecurityException {
    return new TokenKeys(
        KeysetHandle.newBuilder().addEntry(newPrimary()).setConfiguration(CONFIGURATION).build());
  }

  private static KeysetHandle.Builder.Entry newPrimary() throws GeneralSecurityException {
    JwtEcdsaParameters parameters =
        JwtEcdsaParameters.builder()
            .setAlgorithm(JwtEcdsaParameters.Algorithm.ES256)
            .setKidStrategy(JwtEcdsaParameters.KidStrategy.BASE64_ENCODED_KEY_ID)
            .build();
    return KeysetHandle.generateEntryFromParameters(parameters).withRandomId().makePrimary();
  }

  /** The same keys, and a new one that signs. */
  TokenKeys withNewPrimary() throws GeneralSecurityException {
    return new TokenKeys(
        KeysetHandle.newBuilder(keyset)
            .addEntry(newPrimary())
            .setConfiguration(CONFIGURATION)
            .build());
  }

  /** The same keys but one, which does not sign. */
  TokenKeys without(int keyId) throws GeneralSecurityException {
    KeysetHandle.Builder builder = KeysetHandle.newBuilder(keyset);
    for (int i = builder.size() - 1; i >= 0; i--) {
      if (keyset.getAt(i).getId() == keyId) {
        builder.deleteAt(i);
      }
    }
    return new TokenKeys(builder.setConfiguration(CONFIGURATION).build());
  }

  /** The ids of all keys, the oldest first. */
  List<Integer> ids() {
    return IntStream.range(0, keyset.size()).mapToObj(i -> keyset.getAt(i).getId()).toList();
  }

  /** The id of the key that signs. */
  int primaryId() {
    return keyset.getPrimary().getId();
  }

  static TokenKeys decode(String json) throws GeneralSecurityException {
    return new TokenKeys(
        TinkJsonProtoKeysetFormat.parseKeyset(json, CONFIGURATION, InsecureSecretKeyAccess.get()));
  }

  /** The whole keyset, private keys in the clear. */
  String encode() throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeKeyset(
        keyset, CONFIGURATION, InsecureSecretKeyAccess.get());
  }

  /** The public keys as a JSON Web Key Set (RFC 7517): enough to verify, and not to sign. */
  String publicKeys() throws GeneralSecurityException, IOException {
    return JwkSetConverter.fromPublicKeysetHandle(keyset.getPublicKeysetHandle());
  }

  /** The whole keyset, encrypted. */
  String encrypt(Aead aead, byte[] context) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeEncryptedKeyset(keyset, aead, context, CONFIGURATION);
  }

  static TokenKeys decrypt(String json, Aead aead, byte[] context) throws GeneralSecurityException {
    return new TokenKeys(
        TinkJsonProtoKeysetFormat.parseEncryptedKeyset(json, aead, context, CONFIGURATION));
  }

  /** The text of the token's newest generation, issued at {@code now}. */
  String sign(TokenRecord record, Instant now) throws GeneralSecurityException {
    RawJwt.Builder claims =
        RawJwt.newBuilder()
            .setIssuer(ISSUER)
            .setJwtId(record.id())
            .setSubject(record.name())
            .setIssuedAt(now)
            .addNumberClaim(GENERATION, record.generation())
            .addJsonObjectClaim(
                PERMISSIONS, PermissionsFormat.encode(record.permissions()).toString());
    Instant expiresAt = record.expiresAt();
    if (expiresAt == null) {
      claims.withoutExpiration();
    } else {
      claims.setExpiration(expiresAt);
    }
    return signer.signAndEncode(claims.build());
  }

  /**
   * Checks signature and form alone: an accepted token may have expired, been revoked or never been
   * registered. Takes about half a millisecond of computing.
   */
  Verification verifySignature(String token) {
    try {
      VerifiedJwt jwt = verifier.verifyAndDecode(token, TIMELESS);
      return new Verification.Accepted(
          new Grant(
              jwt.getJwtId(),
              jwt.getSubject(),
              generation(jwt),
              permissions(jwt),
              jwt.hasExpiration() ? jwt.getExpiration() : null));
    } catch (JwtInvalidException e) {
      return malformed();
    } catch (GeneralSecurityException e) {
      return new Verification.Rejected(
          Reason.BAD_SIGNATURE,
          "this server did not issue the token: check the server address, or ask for a new token");
    } catch (RuntimeException e) {
      // Hostile bytes in the header reach Tink's parsers before any signature is checked.
      return malformed();
    }
  }

  /** The first tokens had none, and were never rotated. */
  private static int generation(VerifiedJwt jwt) throws JwtInvalidException {
    return jwt.hasNumberClaim(GENERATION) ? jwt.getNumberClaim(GENERATION).intValue() : 1;
  }

  /** The first tokens had none, and allowed all that there was. */
  private static Permissions permissions(VerifiedJwt jwt) throws JwtInvalidException {
    if (!jwt.hasJsonObjectClaim(PERMISSIONS)) {
      return Permissions.STANDARD;
    }
    return PermissionsFormat.decode(
        JsonParser.parseString(jwt.getJsonObjectClaim(PERMISSIONS)).getAsJsonObject());
  }

  static Verification malformed() {
    return new Verification.Rejected(
        Reason.MALFORMED,
        "this is not a Culvert token: pass the whole line that 'culvertd token create' printed");
  }
}
