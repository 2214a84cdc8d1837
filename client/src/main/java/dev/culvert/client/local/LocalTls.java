package dev.culvert.client.local;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS to local services that speak it. Their certificates are not checked: the address is the
 * user's own choice, and what stands there is mostly a development certificate.
 */
public final class LocalTls {
  private static final ApplicationProtocolConfig H2 =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2);

  /** The service did not choose HTTP/2 in its TLS. */
  static final class NotHttp2Exception extends IOException {}

  private @Nullable SslContext context;
  private @Nullable SslContext http2;

  /** A handler for a connection to {@code target}; the context is made at the first. */
  synchronized SslHandler newHandler(ByteBufAllocator alloc, LocalTarget target)
      throws SSLException {
    SslContext chosen;
    if (target.scheme().isHttp2()) {
      chosen = http2 = http2 != null ? http2 : builder().applicationProtocolConfig(H2).build();
    } else {
      chosen = context = context != null ? context : builder().build();
    }
    return chosen.newHandler(alloc, target.host(), target.port());
  }

  private static SslContextBuilder builder() {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm(null);
  }

  /** Why a connection that has shaken hands is not for {@code target}; null where it is. */
  static @Nullable NotHttp2Exception mismatch(LocalTarget target, SslHandler tls) {
    return target.scheme().isHttp2()
            && !ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())
        ? new NotHttp2Exception()
        : null;
  }
}
