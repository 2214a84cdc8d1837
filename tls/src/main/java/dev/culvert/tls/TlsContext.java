package dev.culvert.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One Netty context with the settings that both ends share. Any thread. Closing gives up the
 * context's memory when the last of its handlers has left its pipeline.
 */
final class TlsContext implements AutoCloseable {
  private static final int HANDSHAKE_SECONDS = 10;

  /** What the multiplexer writes is a batch already, and goes into one output buffer as it is. */
  private static final int AS_WRITTEN = 0;

  /** Small parts of a response are gathered into up to four TLS records. */
  private static final int GATHERED_BYTES = 65_536;

  /** Forward secret and authenticated, the lot: what an older client has to offer is refused. */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final String[] BORINGSSL_GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

  private final SslContext context;
  private final TlsProvider provider;
  private final int wrapBytes;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TlsContext(SslContext context, TlsProvider provider, int wrapBytes) {
    this.context = context;
    this.provider = provider;
    this.wrapBytes = wrapBytes;
  }

  /** TLS 1.3 and the tunnel's ALPN only, hybrid post-quantum key exchange first. */
  static TlsContext tunnel(SslContextBuilder builder, TlsProvider provider) throws SSLException {
    builder.protocols("TLSv1.3").sessionTimeout(TicketKeys.LONGEST_LIFE.toSeconds());
    return build(builder, provider, AS_WRITTEN, TunnelProtocol.ALPN);
  }

  /** What browsers and HTTP clients speak. */
  static TlsContext https(SslContextBuilder builder, TlsProvider provider) throws SSLException {
    return build(
        builder.protocols("TLSv1.3", "TLSv1.2"), provider, GATHERED_BYTES, "h2", "http/1.1");
  }

  /** What an authority speaks that looks for a challenge's certificate. */
  static TlsContext challenge(SslContextBuilder builder, TlsProvider provider) throws SSLException {
    return build(builder.protocols("TLSv1.3", "TLSv1.2"), provider, AS_WRITTEN, AlpnChallenge.ALPN);
  }

  private static TlsContext build(
      SslContextBuilder builder, TlsProvider provider, int wrapBytes, String... protocols)
      throws SSLException {
    builder
        .sslProvider(provider.netty())
        .ciphers(SUITES, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                protocols));
    if (provider == TlsProvider.BORINGSSL) {
      builder.option(OpenSslContextOption.GROUPS, BORINGSSL_GROUPS.clone());
    }
    return new TlsContext(builder.build(), provider, wrapBytes);
  }

  /** Whether a peer that offers {@code protocols} by ALPN, or none at all, can be spoken with. */
  boolean speaksOneOf(List<String> protocols) {
    return protocols.isEmpty()
        || !Collections.disjoint(protocols, context.applicationProtocolNegotiator().protocols());
  }

  /** A handler for a connection whose peer has no name. */
  SslHandler newHandler(ByteBufAllocator alloc) {
    requireOpen();
    return provider == TlsProvider.JDK
        ? configured(new JdkTlsHandler(context.newEngine(alloc)))
        : configured(context.newHandler(alloc));
  }

  /**
   * A handler for a connection to a named peer, which is told the name where it is one. Sessions
   * with it are resumed.
   */
  SslHandler newHandler(ByteBufAllocator alloc, String host, int port) {
    requireOpen();
    return provider == TlsProvider.JDK
        ? configured(new JdkTlsHandler(context.newEngine(alloc, host, port)))
        : configured(context.newHandler(alloc, host, port));
  }

  /** Keys of our own for the tickets of this context; null where the JDK sees to them. */
  @Nullable TicketKeys newTicketKeys(InstantSource clock) {
    return context.sessionContext() instanceof OpenSslSessionContext sessions
        ? new TicketKeys(sessions, clock)
        : null;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      ReferenceCountUtil.release(context);
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the TLS context is closed");
    }
  }

  private SslHandler configured(SslHandler handler) {
    handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    if (provider == TlsProvider.BORINGSSL) {
      handler.setWrapDataSize(wrapBytes);
    }
    return handler;
  }
}
