package dev.culvert.server.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token allows its bearer, as of the moment it was verified. Ask {@link
 * TokenVerifier#isValid} at each later use.
 *
 * @param expiresAt the first instant the grant is void; null when it does not expire
 */
public record Grant(String tokenId, String tokenName, @Nullable Instant expiresAt) {
  boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
