package dev.culvert.server.rules;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still but for {@link #advance}; it starts shortly before it overflows. */
final class Clock implements Ticker {
  private final AtomicLong nanos =
      new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());

  @Override
  public long read() {
    return nanos.get();
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }
}
