package dev.culvert.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.time.Instant;
import javax.net.ssl.SSLException;

/**
 * TLS for the end that accepts: one certificate and the protocols offered under it. Any thread.
 *
 * <p>Every handler must be added to a pipeline, which gives up its native memory when it removes
 * it. After {@link #close} existing connections live on; a new handler is an {@link
 * IllegalStateException}.
 */
public final class ServerTls implements AutoCloseable {
  private final TlsContext context;

  private ServerTls(TlsContext context) {
    this.context = context;
  }

  /** For tunnel connections from clients that pinned the server's key, as it is now. */
  public static ServerTls tunnel(Identity identity) throws SSLException {
    return tunnel(identity.keyAndChain(Instant.now()));
  }

  /** For tunnel connections. Check {@link TunnelProtocol#isNegotiated} after the handshake. */
  public static ServerTls tunnel(KeyAndChain keyAndChain) throws SSLException {
    return tunnel(keyAndChain, TlsProvider.preferred());
  }

  /** For visitors: TLS 1.2 and 1.3, HTTP/1.1. */
  public static ServerTls https(KeyAndChain keyAndChain) throws SSLException {
    return https(keyAndChain, TlsProvider.preferred());
  }

  /** For an authority that asks for a challenge's certificate: {@link AlpnChallenge}. */
  static ServerTls challenge(KeyAndChain keyAndChain) throws SSLException {
    return new ServerTls(TlsContext.challenge(builder(keyAndChain), TlsProvider.preferred()));
  }

  static ServerTls tunnel(KeyAndChain keyAndChain, TlsProvider provider) throws SSLException {
    return new ServerTls(TlsContext.tunnel(builder(keyAndChain), provider));
  }

  static ServerTls https(KeyAndChain keyAndChain, TlsProvider provider) throws SSLException {
    return new ServerTls(TlsContext.https(builder(keyAndChain), provider));
  }

  /** A handler for one accepted connection. */
  public SslHandler newHandler(ByteBufAllocator alloc) {
    return context.newHandler(alloc);
  }

  @Override
  public void close() {
    context.close();
  }

  private static SslContextBuilder builder(KeyAndChain keyAndChain) {
    return SslContextBuilder.forServer(new SingleKeyManager(keyAndChain))
        .trustManager(new NoPeerCertificates());
  }
}
