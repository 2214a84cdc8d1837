package dev.culvert.client.local;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS to local services that speak it. Their certificates are not checked: the address is the
 * user's own choice, and what stands there is mostly a development certificate.
 */
public final class LocalTls {
  private @Nullable SslContext context;

  /** A handler for a connection to {@code target}; the context is made at the first. */
  synchronized SslHandler newHandler(ByteBufAllocator alloc, LocalTarget target)
      throws SSLException {
    if (context == null) {
      context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm(null)
              .build();
    }
    return context.newHandler(alloc, target.host(), target.port());
  }
}
