package dev.culvert.mux;

/**
 * Tells a peer that keeps us busy for nothing from one that is merely late.
 *
 * <p>Frames that bring neither a byte nor a change are in order now and then: for streams that
 * ended meanwhile, pings, opens that are refused or taken back. They are counted, and {@value
 * #PER_SECOND} a second are forgiven; with more than {@value #BURST} unforgiven ones the peer is up
 * to no good. When thousands of streams end at once, the frames that were under way for them stay
 * well below that.
 */
final class FloodGuard {
  private static final int BURST = 32_768;
  private static final int PER_SECOND = 10_000;
  private static final long NANOS_PER_FRAME = 1_000_000_000L / PER_SECOND;

  private int frames;
  private long forgivenUntilNanos;

  FloodGuard(long nowNanos) {
    this.forgivenUntilNanos = nowNanos;
  }

  /** Counts one; false where the peer has gone too far. */
  boolean allow(long nowNanos) {
    long forgiven = (nowNanos - forgivenUntilNanos) / NANOS_PER_FRAME;
    forgivenUntilNanos += forgiven * NANOS_PER_FRAME;
    frames = (int) Math.max(0, frames - forgiven) + 1;
    return frames <= BURST;
  }
}
