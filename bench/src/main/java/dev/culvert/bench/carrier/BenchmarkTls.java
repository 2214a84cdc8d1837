package dev.culvert.bench.carrier;

import dev.culvert.tls.ClientTls;
import dev.culvert.tls.Identity;
import dev.culvert.tls.ServerTls;
import dev.culvert.tls.TlsProvider;
import dev.culvert.tls.Trust;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Both contexts of connections that are encrypted as those of a tunnel, under a key of their own.
 */
public final class BenchmarkTls implements AutoCloseable {
  private static final String NO_BORINGSSL = "io.netty.handler.ssl.noOpenSsl";

  private final ServerTls server;
  private final ClientTls client;
  private final AtomicInteger strangers = new AtomicInteger();

  private BenchmarkTls(ServerTls server, ClientTls client) {
    this.server = server;
    this.client = client;
  }

  /** With the provider that this process prefers. */
  public static BenchmarkTls create() throws IOException {
    Path state = ScratchDirectory.create();
    try {
      Identity identity = Identity.loadOrCreate(state);
      return new BenchmarkTls(
          ServerTls.tunnel(identity),
          ClientTls.tunnel(Trust.pinned(identity.pin()), TlsProvider.preferred()));
    } finally {
      ScratchDirectory.delete(state);
    }
  }

  /**
   * Has this process prefer a provider. Netty decides once, so this comes before any TLS.
   *
   * @throws IllegalStateException it has decided for the other already, or there is no BoringSSL
   */
  public static void prefer(TlsProvider provider) {
    System.setProperty(NO_BORINGSSL, Boolean.toString(provider == TlsProvider.JDK));
    if (TlsProvider.preferred() != provider) {
      throw new IllegalStateException(
          "TLS provider: " + TlsProvider.preferred() + " (expected: " + provider + ")");
    }
  }

  /** For accepted connections: {@code then} is added after the handshake. */
  public ChannelHandler accepting(ChannelHandler then) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        begin(channel, host(channel), then, null);
      }
    };
  }

  /**
   * For a dialled connection: {@code then} is added after the handshake, a full one, which
   * completes {@code opened}.
   */
  public ChannelHandler connecting(ChannelHandler then, Promise<Channel> opened) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        begin(channel, stranger(channel), then, opened);
      }
    };
  }

  /** The server's TLS. */
  public SslHandler host(Channel channel) {
    return server.newHandler(channel.alloc());
  }

  /** The TLS of a client that has never been to the server, and so has no ticket. */
  public SslHandler stranger(Channel channel) {
    return client.newHandler(channel.alloc(), "stranger" + strangers.incrementAndGet(), 1);
  }

  /** The TLS of a client that comes back with a ticket where it has one. */
  public SslHandler regular(Channel channel) {
    return client.newHandler(channel.alloc(), "regular", 1);
  }

  private static void begin(
      Channel channel, SslHandler handler, ChannelHandler then, @Nullable Promise<Channel> opened) {
    channel.pipeline().addLast(handler);
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            channel.pipeline().addLast(then);
            channel.pipeline().context(handler).fireChannelActive();
          }
          if (opened != null) {
            if (done.isSuccess()) {
              opened.trySuccess(channel);
            } else {
              opened.tryFailure(done.cause());
            }
          }
        });
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
