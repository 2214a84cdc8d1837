package dev.culvert.server.route;

import java.time.Instant;
import java.util.Objects;

/**
 * A name or port that is some client's, in use or held for it.
 *
 * @param address the name, with a path where it has one; or {@code tcp/PORT}
 * @param holder the client: its token's id and a hash that tells it from others of the same token
 * @param key the client's own word for the tunnel
 * @param isShared whether clients of the same token share it
 * @param isProven whether the client had it because the DNS showed it to be its own
 * @param heldUntil when others may have it; far away while it is in use
 */
record Lease(
    String address,
    String holder,
    String key,
    boolean isShared,
    boolean isProven,
    Instant heldUntil) {
  static final Instant IN_USE = Instant.ofEpochSecond(253_402_300_799L); // the year 9999

  Lease {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(holder, "holder");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(heldUntil, "heldUntil");
  }

  /** The part of a holder that all clients of one token have in common. */
  static String token(String holder) {
    int end = holder.indexOf(RouteTable.TOKEN_END);
    return end < 0 ? holder : holder.substring(0, end);
  }

  String token() {
    return token(holder);
  }

  /** Whether a client may have the address too, or again. */
  boolean isFor(String other, boolean wantsToShare) {
    return (holder.equals(other) && !isInUse())
        || (isShared && wantsToShare && token().equals(token(other)));
  }

  boolean isInUse() {
    return heldUntil.equals(IN_USE);
  }
}
