package dev.culvert.server.acme;

import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;

/** How it is proven to an authority that a name is ours. */
public enum ChallengeKind {
  /** By a TLS handshake on port 443. */
  TLS_ALPN(TlsAlpn01Challenge.class),
  /** By a request on port 80. */
  HTTP(Http01Challenge.class),
  /** By a DNS record; the only one for a wildcard. */
  DNS(Dns01Challenge.class);

  private final Class<? extends Challenge> type;

  ChallengeKind(Class<? extends Challenge> type) {
    this.type = type;
  }

  boolean isOf(Challenge challenge) {
    return type.isInstance(challenge);
  }
}
