package dev.culvert.server.route;

import java.time.Instant;
import java.util.Objects;

/**
 * A name or port that is some client's, in use or held for it.
 *
 * @param address the name, or {@code tcp/PORT}
 * @param holder the client: its token's id and a hash that tells it from others of the same token
 * @param key the client's own word for the tunnel
 * @param isProven whether the client had it because the DNS showed it to be its own
 * @param heldUntil when others may have it; far away while it is in use
 */
record Lease(String address, String holder, String key, boolean isProven, Instant heldUntil) {
  static final Instant IN_USE = Instant.ofEpochSecond(253_402_300_799L); // the year 9999

  Lease {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(holder, "holder");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(heldUntil, "heldUntil");
  }

  boolean isInUse() {
    return heldUntil.equals(IN_USE);
  }
}
