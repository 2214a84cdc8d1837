package dev.culvert.bench.relay;

/** How visitors reach the service. */
public enum Path {
  /** Through a TCP tunnel; its connection is TLS, the visitors' are not. */
  TUNNEL,
  /** Through the same sessions and relays, with no server and client around them. */
  RELAY,
  /** Straight, over TCP: the baseline. */
  TCP,
  /** Straight, over TLS: the baseline that encrypts as often as the tunnel does. */
  TLS
}
