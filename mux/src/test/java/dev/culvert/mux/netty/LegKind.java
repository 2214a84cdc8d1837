package dev.culvert.mux.netty;

/** What a relay's leg is. */
enum LegKind {
  STREAM,
  SOCKET
}
