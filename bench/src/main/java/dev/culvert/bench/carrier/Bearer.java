package dev.culvert.bench.carrier;

/** What a connection between the two ends runs over. */
public enum Bearer {
  /** Netty's local channels: buffers are handed from one event loop to the other. */
  MEMORY,
  /** TCP over loopback. */
  TCP,
  /** TLS 1.3 over TCP over loopback, as between client and server of a tunnel. */
  TLS
}
