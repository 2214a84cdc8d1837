package dev.culvert.tls;

import io.netty.handler.ssl.SslHandler;

/** The name by which TLS peers agree that a connection is a tunnel. */
public final class TunnelProtocol {
  /** The ALPN protocol name. */
  public static final String ALPN = "culvert/1";

  private TunnelProtocol() {}

  /**
   * Whether the peer agreed to {@link #ALPN}. A handshake also succeeds when it did not, so both
   * ends ask this after the handshake and close the connection if the answer is no.
   */
  public static boolean isNegotiated(SslHandler handler) {
    return ALPN.equals(handler.applicationProtocol());
  }
}
