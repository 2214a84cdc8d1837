package dev.culvert.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSslSession;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLSession;

/**
 * What the two ends of a connection agreed on, as the connection itself tells it, whatever was
 * configured. Printed to people by {@link #toString}.
 *
 * @param version such as {@code TLSv1.3}
 * @param cipherSuite its name in Java
 * @param group the key exchange, such as {@code X25519MLKEM768}; {@value #UNKNOWN} where the
 *     connection does not tell
 * @param resumed whether the ends knew each other from a ticket, so that the server showed no
 *     certificate
 */
public record NegotiatedTls(String version, String cipherSuite, String group, boolean resumed) {
  static final String UNKNOWN = "unknown";

  /** What a connection without TLS agreed on. */
  public static final NegotiatedTls NONE = new NegotiatedTls("none", "none", "none", false);

  /** That of {@code channel}, whose handshake has succeeded. Its event loop only. */
  public static NegotiatedTls of(Channel channel) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    return handler == null ? NONE : of(handler);
  }

  static NegotiatedTls of(SslHandler handler) {
    SSLSession session = handler.engine().getSession();
    String group = null;
    boolean resumed = false;
    if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine
        && session instanceof OpenSslSession openSsl) {
      group = openSsl.getNamedGroup();
      resumed = SSL.isSessionReused(engine.sslPointer());
    } else if (handler instanceof JdkTlsHandler jdk) {
      group = jdk.serverHello().group();
      resumed = jdk.serverHello().isResumption();
    }
    return new NegotiatedTls(
        session.getProtocol(), session.getCipherSuite(), group == null ? UNKNOWN : group, resumed);
  }

  /** {@code TLSv1.3, X25519MLKEM768}, and {@code , resumed} behind it where it was. */
  @Override
  public String toString() {
    return version + ", " + group + (resumed ? ", resumed" : "");
  }
}
