package dev.culvert.server.token;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The content of the registry file: an immutable set of records, oldest first. */
final class Registry {
  static final int MAX_TOKENS = 10_000;

  private final Map<String, TokenRecord> byId;

  private Registry(Map<String, TokenRecord> byId) {
    this.byId = Collections.unmodifiableMap(byId);
  }

  /** Throws {@link IllegalArgumentException} when two records share an id, or for too many. */
  static Registry of(Collection<TokenRecord> records) {
    if (records.size() > MAX_TOKENS) {
      throw new IllegalArgumentException(
          "tokens: " + records.size() + " (expected: at most " + MAX_TOKENS + ")");
    }
    Map<String, TokenRecord> byId = LinkedHashMap.newLinkedHashMap(records.size());
    for (TokenRecord record : records) {
      if (byId.put(record.id(), record) != null) {
        throw new IllegalArgumentException("two tokens with id " + TokenName.quoted(record.id()));
      }
    }
    return new Registry(byId);
  }

  List<TokenRecord> records() {
    return List.copyOf(byId.values());
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }

  @Nullable TokenRecord byId(String id) {
    return byId.get(id);
  }

  /** The one unrevoked token of this name, expired or not. */
  @Nullable TokenRecord unrevokedByName(String name) {
    for (TokenRecord record : byId.values()) {
      if (record.name().equals(name) && !record.isRevoked()) {
        return record;
      }
    }
    return null;
  }

  /**
   * A registry with {@code added} at its end. A full one forgets its oldest unusable record, whose
   * token is refused all the same: as unknown, no longer as revoked or expired.
   */
  Registry plus(TokenRecord added, Instant now) throws TokenStoreException {
    Map<String, TokenRecord> next = new LinkedHashMap<>(byId);
    if (next.size() >= MAX_TOKENS) {
      TokenRecord unusable = oldestUnusable(now);
      if (unusable == null) {
        throw new TokenStoreException(
            "the registry holds " + MAX_TOKENS + " tokens in use", "Revoke one that is not needed");
      }
      next.remove(unusable.id());
    }
    next.put(added.id(), added);
    return new Registry(next);
  }

  /** A registry in which {@code changed} has taken the place of the record with its id. */
  Registry with(TokenRecord changed) {
    Map<String, TokenRecord> next = new LinkedHashMap<>(byId);
    next.put(changed.id(), changed);
    return new Registry(next);
  }

  private @Nullable TokenRecord oldestUnusable(Instant now) {
    for (TokenRecord record : byId.values()) {
      if (!record.isUsable(now)) {
        return record;
      }
    }
    return null;
  }
}
