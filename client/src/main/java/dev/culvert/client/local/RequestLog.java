package dev.culvert.client.local;

/** Hears of requests as they complete. Called on an event loop; must not block. */
@FunctionalInterface
public interface RequestLog {
  void onRequest(RequestRecord request);
}
