package dev.culvert.server.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of one token: never the token, nor anything it could be made from.
 *
 * @param id the {@code jti} claim, unique in the registry
 * @param name the {@code sub} claim, unique among the unrevoked tokens
 * @param expiresAt the first instant the token is refused; null for a token without expiry
 * @param revokedAt null while unrevoked
 */
public record TokenRecord(
    String id,
    String name,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {

  /** Refuses an empty id and a name that {@link TokenStore#create(String)} would not take. */
  public TokenRecord {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("token id is empty");
    }
    if (!TokenName.isValid(name)) {
      throw new IllegalArgumentException(
          "token name: " + TokenName.quoted(name) + " (expected: " + TokenName.RULE + ")");
    }
  }

  public boolean isRevoked() {
    return revokedAt != null;
  }

  public boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  /** Neither revoked nor expired. */
  public boolean isUsable(Instant now) {
    return !isRevoked() && !isExpired(now);
  }

  TokenRecord revoked(Instant now) {
    return new TokenRecord(id, name, createdAt, expiresAt, now);
  }
}
