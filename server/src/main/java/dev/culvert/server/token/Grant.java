package dev.culvert.server.token;

import dev.culvert.server.route.Permissions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token allows its bearer, as of the moment it was verified. Ask {@link
 * TokenVerifier#isValid} at each later use.
 *
 * @param generation of the token's text, see {@link TokenRecord}
 * @param issued what the token allowed when it was issued; {@link TokenVerifier#permissions} has
 *     what it allows now
 * @param expiresAt the first instant the grant is void; null when it does not expire
 */
public record Grant(
    String tokenId,
    String tokenName,
    int generation,
    Permissions issued,
    @Nullable Instant expiresAt) {
  /** Of whoever comes without a token, where that is enough. */
  static final Grant ANONYMOUS = new Grant("anonymous", "anonymous", 1, Permissions.STANDARD, null);

  boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
