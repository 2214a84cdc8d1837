package dev.culvert.server.token;

import dev.culvert.server.route.Permissions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of one token: never the token, nor anything it could be made from.
 *
 * <p>Rotating replaces the text that the bearer holds, and nothing else: the new text is of the
 * next generation of the same token, and the one before it may stay good for a while.
 *
 * @param id the {@code jti} claim, unique in the registry
 * @param name the {@code sub} claim, unique among the unrevoked tokens
 * @param permissions what it allows now, which is never more than when it was issued
 * @param generation the {@code gen} claim of the newest text; the first is 1
 * @param keyId the key that signed the newest text, or {@link #UNKNOWN_KEY}
 * @param formerUntil the first instant the generation before is refused; null where it is already
 * @param expiresAt the first instant the token is refused; null for a token without expiry
 * @param revokedAt null while unrevoked
 */
public record TokenRecord(
    String id,
    String name,
    Permissions permissions,
    int generation,
    int keyId,
    @Nullable Instant formerUntil,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {

  /** Of tokens that were issued before keys were written down. */
  static final int UNKNOWN_KEY = 0;

  /** Refuses an empty id and a name that {@link TokenStore#create(String)} would not take. */
  public TokenRecord {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("token id is empty");
    }
    if (!TokenName.isValid(name)) {
      throw new IllegalArgumentException(
          "token name: " + TokenName.quoted(name) + " (expected: " + TokenName.RULE + ")");
    }
    if (generation < 1) {
      throw new IllegalArgumentException("generation: " + generation + " (expected: > 0)");
    }
  }

  /** A token as it is when it is issued. */
  static TokenRecord issued(
      String id,
      String name,
      Permissions permissions,
      int keyId,
      Instant now,
      @Nullable Instant expiresAt) {
    return new TokenRecord(id, name, permissions, 1, keyId, null, now, expiresAt, null);
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

  /** The oldest generation whose text is not refused for its age. */
  int oldestGeneration(Instant now) {
    return formerUntil != null && now.isBefore(formerUntil) ? generation - 1 : generation;
  }

  TokenRecord revoked(Instant now) {
    return new TokenRecord(
        id, name, permissions, generation, keyId, formerUntil, createdAt, expiresAt, now);
  }

  TokenRecord narrowed(Permissions narrower) {
    return new TokenRecord(
        id, name, narrower, generation, keyId, formerUntil, createdAt, expiresAt, revokedAt);
  }

  /** The next generation, beside which this one is good until then, or to its own expiry. */
  TokenRecord rotated(int keyId, Instant formerUntil, @Nullable Instant expiresAt) {
    Instant until = isExpired(formerUntil) ? this.expiresAt : formerUntil;
    return new TokenRecord(
        id, name, permissions, generation + 1, keyId, until, createdAt, expiresAt, revokedAt);
  }
}
