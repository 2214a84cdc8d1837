package dev.culvert.server.agent;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The {@link TokenUse} of each token that has clients, or had some a second ago: a client that goes
 * and comes back gets no second allowance. Any thread.
 */
final class TokenUses {
  /*
   * Invariants:
   * - What is in resting is in byToken, and has no clients.
   * - resting is in the order in which the rests end, as all are equally long: at most a second's
   *   streams are ahead of their time, so that a use that has rested that long is like a new one.
   */
  private final LongSupplier nanoTime;
  private final Map<String, TokenUse> byToken = new HashMap<>(); // guarded by this
  private final LinkedHashMap<String, Long> resting = new LinkedHashMap<>(); // until, by this

  TokenUses(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** For one more client of the token. */
  synchronized TokenUse enter(String tokenId) {
    long nowNanos = nanoTime.getAsLong();
    forgetRested(nowNanos);
    resting.remove(tokenId);
    TokenUse use = byToken.computeIfAbsent(tokenId, _ -> new TokenUse(nowNanos));
    use.addClient();
    return use;
  }

  /** Once for each client that entered. */
  synchronized void leave(String tokenId, TokenUse use) {
    long nowNanos = nanoTime.getAsLong();
    forgetRested(nowNanos);
    if (use.removeClient()) {
      resting.put(tokenId, nowNanos + TokenUse.SECOND_NANOS);
    }
  }

  private void forgetRested(long nowNanos) {
    Map.Entry<String, Long> first;
    while ((first = resting.firstEntry()) != null && first.getValue() - nowNanos <= 0) {
      resting.remove(first.getKey());
      byToken.remove(first.getKey());
    }
  }

  /** How many tokens are remembered. */
  synchronized int size() {
    return byToken.size();
  }
}
