package dev.culvert.server.rules;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.mux.control.AddressBlock;
import dev.culvert.mux.control.VisitorRules.Rate;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A {@link TokenBucket} for each visitor and whatever it is counted for. Any thread.
 *
 * <p>A visitor is an IPv4 address or a /64 of IPv6, which is what one household or host has. Beyond
 * {@value #MAX} of them the least used are forgotten, and so is who has been away for long enough
 * to have a full bucket.
 */
final class VisitorBuckets {
  static final int MAX = 50_000;

  private static final Duration FORGOTTEN = Duration.ofHours(1); // the longest time of a rate
  private static final int PREFIX_BYTES = 8;

  private final Ticker clock;
  private final Cache<Key, TokenBucket> buckets;

  /** Whom and what for; what it is for has an identity and no equals of its own. */
  private record Key(int family, long address, Object use) {}

  VisitorBuckets(Ticker clock) {
    this.clock = clock;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(MAX)
            .expireAfterAccess(FORGOTTEN)
            .ticker(clock)
            .executor(Runnable::run)
            .build();
  }

  /** That of {@code visitor}, of which each has one of {@code rate} for each {@code use}. */
  TokenBucket of(InetAddress visitor, Object use, Rate rate) {
    byte[] bytes = AddressBlock.bytes(visitor);
    long address =
        bytes.length < PREFIX_BYTES
            ? ByteBuffer.wrap(bytes).getInt()
            : ByteBuffer.wrap(bytes).getLong();
    return buckets.get(
        new Key(bytes.length, address, use), _ -> new TokenBucket(rate, clock.read()));
  }

  long size() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }
}
