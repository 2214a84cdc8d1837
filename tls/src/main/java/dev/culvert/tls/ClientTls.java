package dev.culvert.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS for the end that dials. Any thread.
 *
 * <p>Every handler must be added to a pipeline, which gives up its native memory when it removes
 * it. After {@link #close} existing connections live on; a new handler is an {@link
 * IllegalStateException}.
 */
public final class ClientTls implements AutoCloseable {
  private final TlsContext context;
  private final Trust trust;

  private ClientTls(TlsContext context, Trust trust) {
    this.context = context;
    this.trust = trust;
  }

  /**
   * For tunnel connections. Reads the authorities once; a file that holds none is an {@link
   * IOException} naming it. Check {@link TunnelProtocol#isNegotiated} after the handshake. A server
   * that is not trusted fails the handshake, with a {@link java.security.cert.CertificateException}
   * that is meant for people among the causes.
   */
  public static ClientTls tunnel(Trust trust, TlsProvider provider) throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient();
    switch (trust) {
      case Trust.SystemAuthorities() ->
          builder.trustManager(trustedBy(null)).endpointIdentificationAlgorithm("HTTPS");
      case Trust.AuthorityFile(Path pem) ->
          builder
              .trustManager(trustedBy(authorities(pem)))
              .endpointIdentificationAlgorithm("HTTPS");
      case Trust.PinnedKey pinned ->
          builder
              .trustManager(new PinTrustManager(pinned.pins(), InstantSource.system()))
              .endpointIdentificationAlgorithm("");
      case Trust.AnythingHere() ->
          builder
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm("");
    }
    return new ClientTls(TlsContext.tunnel(builder, provider), trust);
  }

  /**
   * A handler for one connection. {@code host} is a name or an address literal without brackets; a
   * name that has a dot is told to the server (SNI), unless its key is pinned.
   */
  public SslHandler newHandler(ByteBufAllocator alloc, String host, int port) {
    return switch (trust) {
      case Trust.SystemAuthorities _, Trust.AuthorityFile _ ->
          context.newHandler(alloc, host, port);
      case Trust.PinnedKey _, Trust.AnythingHere() -> context.newHandler(alloc);
    };
  }

  /**
   * Whether a server that has passed the handshake may be told secrets, being at {@code address}.
   */
  public boolean trusts(SocketAddress address) {
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
  private static TrustManagerFactory trustedBy(@Nullable KeyStore authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities);
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot check certificates", e);
    }
  }
}
