package dev.culvert.server.agent;

import dev.culvert.server.route.Permissions;
import org.jspecify.annotations.Nullable;

/** What all clients of one token have open, and how fast they open more. Any thread. */
final class TokenUse {
  static final long SECOND_NANOS = 1_000_000_000L;

  private int clients;
  private int tunnels;
  private int streams;

  /** When the streams opened so far would all have been due, at the greatest rate. */
  private long dueNanos;

  TokenUse(long nowNanos) {
    this.dueNanos = nowNanos;
  }

  synchronized void addClient() {
    clients++;
  }

  /** True for the last one. */
  synchronized boolean removeClient() {
    clients--;
    return clients == 0;
  }

  /** Counts a tunnel; false where there are enough. */
  synchronized boolean addTunnel(Permissions permissions) {
    if (tunnels >= permissions.maxTunnels()) {
      return false;
    }
    tunnels++;
    return true;
  }

  synchronized boolean hasMoreTunnelsThan(Permissions permissions) {
    return tunnels > permissions.maxTunnels();
  }

  /** How many streams are open beyond the limit. */
  synchronized int streamsBeyond(Permissions permissions) {
    return Math.max(0, streams - permissions.maxStreams());
  }

  synchronized void removeTunnel() {
    tunnels--;
  }

  /** Counts a stream; where there are enough, or enough in this second, says so instead. */
  synchronized @Nullable String addStream(Permissions permissions, long nowNanos) {
    if (streams >= permissions.maxStreams()) {
      return "the token's limit of " + permissions.maxStreams() + " streams is reached";
    }
    long intervalNanos = SECOND_NANOS / permissions.maxStreamsPerSecond();
    long behind = Math.max(0, dueNanos - nowNanos);
    if (behind > SECOND_NANOS - intervalNanos) {
      return "the token's limit of "
          + permissions.maxStreamsPerSecond()
          + " streams a second is reached";
    }
    dueNanos = nowNanos + behind + intervalNanos;
    streams++;
    return null;
  }

  synchronized void removeStream() {
    streams--;
  }
}
