package dev.culvert.bench.race;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What visitors do to a tunnel. */
interface Load {
  /** What there is to say about it. */
  enum Unit {
    /** How many in a second, and what each costs. */
    BYTE,
    /** The same. */
    REQUEST,
    /** How long each takes, at a rate that is given. */
    PACED_REQUEST,
    /** How long each takes. */
    ROUND_TRIP
  }

  String name();

  Unit unit();

  /** Begins, and goes on by itself until it is closed. */
  Run start(Endpoint endpoint) throws IOException;

  /** A load while it runs. */
  interface Run extends AutoCloseable {
    /** Units done so far. */
    long done();

    /** Forgets the times it has noted; {@link #times} are of what comes from now on. */
    default void beginTimes() {}

    /** Nanoseconds that each request or round trip took; none where the load has none. */
    default long[] times() {
      return new long[0];
    }

    /** The same of round trips to the origin past the tunnel; none where the load has none. */
    default long[] timesPastTunnel() {
      return new long[0];
    }

    /** What went wrong up to now; null for nothing. */
    @Nullable String failure();

    @Override
    void close() throws IOException;
  }
}
