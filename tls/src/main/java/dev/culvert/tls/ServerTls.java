package dev.culvert.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS for the end that accepts: one certificate and the protocols offered under it. Any thread.
 *
 * <p>Every handler must be added to a pipeline, which gives up its native memory when it removes
 * it. After {@link #close} existing connections live on; a new handler is an {@link
 * IllegalStateException}.
 */
public final class ServerTls implements AutoCloseable {
  private final TlsContext context;
  private final @Nullable TicketKeys ticketKeys;

  private ServerTls(TlsContext context, @Nullable TicketKeys ticketKeys) {
    this.context = context;
    this.ticketKeys = ticketKeys;
  }

  /** For tunnel connections from clients that pinned the server's key, as it is now. */
  public static ServerTls tunnel(Identity identity) throws SSLException {
    return tunnel(identity.keyAndChain(Instant.now()));
  }

  /**
   * For tunnel connections. Check {@link TunnelProtocol#isNegotiated} after the handshake. A client
   * comes back with a ticket of this very object, for a day at most; without one, or with
   * another's, it gets a full handshake.
   */
  public static ServerTls tunnel(KeyAndChain keyAndChain) throws SSLException {
    return tunnel(keyAndChain, TlsProvider.preferred());
  }

  /** For visitors: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1. */
  public static ServerTls https(KeyAndChain keyAndChain) throws SSLException {
    return https(keyAndChain, TlsProvider.preferred());
  }

  /** For an authority that asks for a challenge's certificate: {@link AlpnChallenge}. */
  static ServerTls challenge(KeyAndChain keyAndChain) throws SSLException {
    return new ServerTls(TlsContext.challenge(builder(keyAndChain), TlsProvider.preferred()), null);
  }

  static ServerTls tunnel(KeyAndChain keyAndChain, TlsProvider provider) throws SSLException {
    return tunnel(keyAndChain, provider, InstantSource.system());
  }

  static ServerTls tunnel(KeyAndChain keyAndChain, TlsProvider provider, InstantSource clock)
      throws SSLException {
    TlsContext context = TlsContext.tunnel(builder(keyAndChain), provider);
    return new ServerTls(context, context.newTicketKeys(clock));
  }

  static ServerTls https(KeyAndChain keyAndChain, TlsProvider provider) throws SSLException {
    return new ServerTls(TlsContext.https(builder(keyAndChain), provider), null);
  }

  /** Whether a client that offers {@code protocols} by ALPN, or none at all, is served. */
  boolean speaksOneOf(List<String> protocols) {
    return context.speaksOneOf(protocols);
  }

  /** A handler for one accepted connection. */
  public SslHandler newHandler(ByteBufAllocator alloc) {
    if (ticketKeys != null) {
      ticketKeys.rotateIfDue();
    }
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
