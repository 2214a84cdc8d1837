package dev.culvert.server.acme;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is advanced. */
final class HandClock implements InstantSource {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;

  @Override
  public Instant instant() {
    return now;
  }

  void advance(Duration by) {
    now = now.plus(by);
  }

  void set(Instant time) {
    now = time;
  }
}
