package dev.culvert.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for the end that dials. Any thread.
 *
 * <p>Every handler must be added to a pipeline, which gives up its native memory when it removes
 * it. After {@link #close} existing connections live on; a new handler is an {@link
 * IllegalStateException}.
 */
public final class ClientTls implements AutoCloseable {
  /** What a server gives with one handshake; the latest are kept. */
  private static final int TICKETS = 2;

  /** Stands for any kind of key exchange where certificates are checked. */
  private static final String ANY_AUTHENTICATION = "UNKNOWN";

  private final TlsContext context;
  private final Trust trust;
  private final X509ExtendedTrustManager trustManager;

  private ClientTls(TlsContext context, Trust trust, X509ExtendedTrustManager trustManager) {
    this.context = context;
    this.trust = trust;
    this.trustManager = trustManager;
  }

  /**
   * For tunnel connections. Reads the authorities once; a file that holds none is an {@link
   * IOException} naming it. Check {@link TunnelProtocol#isNegotiated} and {@link #requireTrusted}
   * after the handshake. A server that is not trusted fails the handshake, with a {@link
   * CertificateException} that is meant for people among the causes.
   */
  public static ClientTls tunnel(Trust trust, TlsProvider provider) throws IOException {
    return tunnel(trust, provider, InstantSource.system());
  }

  /** {@code clock} says until when a former pin is good. */
  static ClientTls tunnel(Trust trust, TlsProvider provider, InstantSource clock)
      throws IOException {
    X509ExtendedTrustManager trustManager =
        switch (trust) {
          case Trust.SystemAuthorities() -> trustedBy(null);
          case Trust.AuthorityFile(Path pem) -> trustedBy(authorities(pem));
          case Trust.PinnedKey pinned -> new PinTrustManager(pinned.pins(), clock);
          case Trust.AnythingHere() -> only(InsecureTrustManagerFactory.INSTANCE);
        };
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .trustManager(trustManager)
            .endpointIdentificationAlgorithm(namesMatter(trust) ? "HTTPS" : "")
            .sessionCacheSize(TICKETS);
    return new ClientTls(TlsContext.tunnel(builder, provider), trust, trustManager);
  }

  /**
   * A handler for one connection. {@code host} is a name or an address literal without brackets; a
   * name that has a dot is told to the server (SNI), unless its key is pinned.
   */
  public SslHandler newHandler(ByteBufAllocator alloc, String host, int port) {
    return switch (trust) {
      case Trust.SystemAuthorities _, Trust.AuthorityFile _ ->
          context.newHandler(alloc, host, port);
      case Trust.PinnedKey _ -> context.newHandler(alloc, unsaid(host), port);
      case Trust.AnythingHere() -> context.newHandler(alloc);
    };
  }

  /** Tells the servers of sessions apart as {@code host} does, and is no name to be sent. */
  private static String unsaid(String host) {
    return host.replace('.', '_');
  }

  private static boolean namesMatter(Trust trust) {
    return trust instanceof Trust.SystemAuthorities || trust instanceof Trust.AuthorityFile;
  }

  /**
   * To be called after the handshake and before the server is told anything secret; throws what is
   * meant for people. The server of a resumed session shows no certificate: that of the full
   * handshake is looked at again, by the same rules and today's date. Its name needs no second
   * look, for sessions are kept by name. The channel's event loop only.
   */
  public void requireTrusted(Channel channel) throws CertificateException {
    if (!trusts(channel.remoteAddress())) {
      throw new CertificateException("without verifying, only a server on this machine");
    }
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    NegotiatedTls tls = NegotiatedTls.of(handler);
    if (tls.resumed() || tls.group().equals(NegotiatedTls.UNKNOWN)) { // or cannot be told
      trustManager.checkServerTrusted(chain(handler.engine().getSession()), ANY_AUTHENTICATION);
    }
  }

  /**
   * What has replaced the pinned key of a trusted server; null where nothing has, or no key is
   * pinned. The channel's event loop only.
   */
  public @Nullable PinReplacement replacement(Channel channel) throws CertificateException {
    return trustManager instanceof PinTrustManager pins
        ? pins.replacement(chain(channel.pipeline().get(SslHandler.class).engine().getSession()))
        : null;
  }

  private static X509Certificate[] chain(SSLSession session) throws CertificateException {
    try {
      return Arrays.copyOf(
          session.getPeerCertificates(),
          session.getPeerCertificates().length,
          X509Certificate[].class);
    } catch (SSLPeerUnverifiedException e) {
      throw new CertificateException("the resumed session has no certificate", e);
    }
  }

  /** Whether {@code address} may be that of a server that nobody verified. */
  boolean trusts(SocketAddress address) {
    return !(trust instanceof Trust.AnythingHere)
        || (address instanceof InetSocketAddress internet
            && internet.getAddress().isLoopbackAddress());
  }

  @Override
  public void close() {
    context.close();
  }

  private static KeyStore authorities(Path pem) throws IOException {
    List<X509Certificate> certificates = Pem.readCertificates(pem);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), certificates.get(i));
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException(pem + ": cannot be used as certificate authorities", e);
    }
  }

  /** {@code null} stands for the runtime's own authorities. */
  private static X509ExtendedTrustManager trustedBy(@Nullable KeyStore authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities);
      return only(factory);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot check certificates", e);
    }
  }

  private static X509ExtendedTrustManager only(TrustManagerFactory factory) {
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }
}
