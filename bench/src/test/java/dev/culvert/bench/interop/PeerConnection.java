package dev.culvert.bench.interop;

import dev.culvert.mux.Role;
import dev.culvert.mux.socket.Transport;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A peer program and the connection that it has dialled. */
final class PeerConnection implements AutoCloseable {
  private static final int WAIT_SECONDS = 20;

  final PeerProgram program;
  final Channel channel;
  private final EventLoopGroup loops = Transport.preferred().newEventLoopGroup(1, "interop");
  private final @Nullable ServerTls tls;

  /**
   * Starts the program and waits for its connection.
   *
   * @param peerRole the program's role in the session
   * @param state where the key of TLS goes
   * @param session goes to the end of the pipeline
   */
  PeerConnection(
      PeerLibrary library, Role peerRole, Wrapping wrapping, Path state, ChannelHandler session)
      throws Exception {
    Path authorityFile = null;
    if (wrapping == Wrapping.TLS) {
      DevAuthority authority = DevAuthority.loadOrCreate(state);
      tls = ServerTls.https(authority.issue(List.of("localhost")));
      authorityFile = authority.certificateFile();
    } else {
      tls = null;
    }
    CompletableFuture<Channel> connected = new CompletableFuture<>();
    Channel listener = listen(session, connected);
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    program = PeerProgram.start(library, peerRole, address, authorityFile);
    try {
      channel = connected.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      program.close();
      throw e;
    }
    listener.close().sync();
  }

  private Channel listen(ChannelHandler session, CompletableFuture<Channel> connected)
      throws InterruptedException {
    return new ServerBootstrap()
        .group(loops)
        .channelFactory(Transport.preferred().serverChannel())
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                Runnable start =
                    () -> {
                      channel.pipeline().addLast(session);
                      connected.complete(channel);
                    };
                if (tls == null) {
                  start.run();
                } else { // once it has shaken hands: before, an SslHandler spins on a large write
                  SslHandler handler = tls.newHandler(channel.alloc());
                  channel.pipeline().addLast(handler);
                  handler
                      .handshakeFuture()
                      .addListener(done -> {
                        if (done.isSuccess()) {
                          start.run();
                        } else {
                          connected.completeExceptionally(done.cause());
                        }
                      });
                }
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sync()
        .channel();
  }

  @Override
  public void close() {
    program.close();
    channel.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    if (tls != null) {
      tls.close();
    }
  }
}
