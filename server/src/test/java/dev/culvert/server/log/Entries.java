package dev.culvert.server.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Requests and connections to be logged. */
final class Entries {
  static final Instant TIME = Instant.parse("2026-11-23T20:04:02.123456Z");

  private Entries() {}

  static Entry.Request request(String target, @Nullable String referer, @Nullable String agent) {
    return new Entry.Request(
        TIME,
        "192.0.2.7",
        "app.localhost",
        "alice/abc123",
        "GET",
        target,
        "HTTP/1.1",
        200,
        12,
        3,
        4567,
        "0af7651916cd43dd8448eb211c80319c",
        referer,
        agent,
        null);
  }

  static Entry.Request refused(String method, String host) {
    return new Entry.Request(
        TIME,
        "2001:db8::7",
        host,
        null,
        method,
        "/",
        "HTTP/1.1",
        404,
        0,
        0,
        31,
        "id",
        null,
        null,
        "no-such-tunnel");
  }

  static Entry.Connection connection(@Nullable String error) {
    return new Entry.Connection(
        TIME, "192.0.2.7", "tcp/20000", "alice/abc123", 1500, 10, 20, error);
  }
}
