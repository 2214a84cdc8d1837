package dev.culvert.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.jwt.JwtConfig2026;
import com.google.crypto.tink.jwt.JwtPublicKeySign;
import com.google.crypto.tink.jwt.RawJwt;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.Verification.Accepted;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.token.Verification.Rejected;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of other claims than ours, under a good signature. */
final class TokenKeysTest {
  private TokenKeys keys;
  private JwtPublicKeySign signer;

  @BeforeEach
  void shareKeys() throws Exception {
    keys = TokenKeys.generate();
    KeysetHandle keyset =
        TinkJsonProtoKeysetFormat.parseKeyset(
            keys.encode(), JwtConfig2026.get(), InsecureSecretKeyAccess.get());
    signer = keyset.getPrimitive(JwtConfig2026.get(), JwtPublicKeySign.class);
  }

  @Test
  void ourClaimsAreAccepted() throws Exception {
    assertThat(verify(claims()))
        .isEqualTo(new Accepted(new Grant("id", "laptop", 1, Permissions.STANDARD, null)));
  }

  @Test
  void tokenOfAnotherIssuerIsMalformed() throws Exception {
    assertMalformed(claims().setIssuer("other"));
  }

  @Test
  void tokenWithoutIdOrNameIsMalformed() throws Exception {
    assertMalformed(RawJwt.newBuilder().setIssuer("culvert").setSubject("a").withoutExpiration());
    assertMalformed(RawJwt.newBuilder().setIssuer("culvert").setJwtId("a").withoutExpiration());
  }

  @Test
  void tokenForAnotherAudienceIsMalformed() throws Exception {
    assertMalformed(claims().addAudience("elsewhere"));
  }

  @Test
  void tokenWithAStartTimeIsMalformed() throws Exception {
    assertMalformed(claims().setNotBefore(Instant.parse("2020-01-01T00:00:00Z")));
  }

  private static RawJwt.Builder claims() {
    return RawJwt.newBuilder()
        .setIssuer("culvert")
        .setJwtId("id")
        .setSubject("laptop")
        .withoutExpiration();
  }

  private Verification verify(RawJwt.Builder claims) throws Exception {
    return keys.verifySignature(signer.signAndEncode(claims.build()));
  }

  private void assertMalformed(RawJwt.Builder claims) throws Exception {
    assertThat(((Rejected) verify(claims)).reason()).isEqualTo(Reason.MALFORMED);
  }
}
