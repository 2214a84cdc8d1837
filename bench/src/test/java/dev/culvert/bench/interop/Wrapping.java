package dev.culvert.bench.interop;

/** What the session's bytes travel in. */
enum Wrapping {
  PLAIN,
  TLS
}
