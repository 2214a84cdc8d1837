package dev.culvert.mux;

/**
 * Tells a quiet peer from a dead one: any byte is a sign of life, a ping asks for one.
 *
 * <p>Worked example, idle 5 s and timeout 15 s: the last byte came at 100 s, a ping is due at 105
 * s, another at 110 s, and at 115 s the peer is dead. A byte at 107 s starts over. Where this
 * machine sleeps from 103 s on and wakes at 400 s, a ping is due then, and at 405 s the peer is
 * dead.
 */
final class KeepAlive {
  private final long idleNanos;
  private final long timeoutNanos;
  private long lastReceivedNanos;
  private long nextPingNanos;
  private boolean pingDue;
  private boolean pingOutstanding;
  private long pingValue;
  private long pingSentNanos;

  KeepAlive(long idleNanos, long timeoutNanos, long nowNanos) {
    this.idleNanos = idleNanos;
    this.timeoutNanos = timeoutNanos;
    this.lastReceivedNanos = nowNanos;
    this.nextPingNanos = nowNanos + idleNanos;
  }

  /** Bytes came in. */
  void received(long nowNanos) {
    lastReceivedNanos = nowNanos;
    nextPingNanos = nowNanos + idleNanos;
  }

  /** Where we slept through the timeout and never asked, the peer gets time for one answer. */
  void forgiveAbsence(long nowNanos) {
    boolean hasAsked = nextPingNanos - lastReceivedNanos != idleNanos;
    if (!hasAsked && !isPeerAlive(nowNanos)) {
      lastReceivedNanos = nowNanos - timeoutNanos + idleNanos;
    }
  }

  /** False once nothing has come for the whole timeout. */
  boolean isPeerAlive(long nowNanos) {
    return nowNanos - lastReceivedNanos < timeoutNanos;
  }

  /** Makes a ping due where the peer has been quiet long enough. */
  void checkIdle(long nowNanos) {
    if (nowNanos - nextPingNanos >= 0) {
      pingDue = true;
      nextPingNanos = nowNanos + idleNanos;
    }
  }

  /** Makes a ping due now, to measure the round trip. */
  void requestPing() {
    pingDue = true;
  }

  boolean isPingDue() {
    return pingDue;
  }

  boolean isPingOutstanding() {
    return pingOutstanding;
  }

  /** The value of the ping that goes out now. */
  long sendPing(long nowNanos) {
    pingDue = false;
    pingOutstanding = true;
    pingSentNanos = nowNanos;
    pingValue = (pingValue + 1) & Frame.MAX_UNSIGNED_INT;
    return pingValue;
  }

  /** The round trip in nanoseconds, or -1 for an answer to no outstanding ping. */
  long receivePong(long value, long nowNanos) {
    if (!pingOutstanding || value != pingValue) {
      return -1;
    }
    pingOutstanding = false;
    return nowNanos - pingSentNanos;
  }

  /** When {@link #checkIdle} and {@link #isPeerAlive} have something new to say. */
  long deadlineNanos() {
    long deadNanos = lastReceivedNanos + timeoutNanos;
    return deadNanos - nextPingNanos < 0 ? deadNanos : nextPingNanos;
  }
}
