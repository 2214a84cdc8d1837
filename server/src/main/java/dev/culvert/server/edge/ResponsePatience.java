package dev.culvert.server.edge;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long a local service may take to begin its answer to one request. Event loop only. */
final class ResponsePatience {
  private final long nanos;
  private final Runnable onLate;
  private @Nullable Future<?> deadline;

  /** {@code nanos} is zero for as long as it likes; {@code onLate} hears of it once at most. */
  ResponsePatience(long nanos, Runnable onLate) {
    this.nanos = nanos;
    this.onLate = onLate;
  }

  /** It is the service's turn from now on; the time starts anew. */
  void start(EventExecutor loop) {
    stop();
    if (nanos > 0) {
      deadline = loop.schedule(onLate, nanos, TimeUnit.NANOSECONDS);
    }
  }

  void stop() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
