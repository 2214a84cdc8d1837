package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCounted;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Two ends joined by a real socket. Closing it checks that every buffer and engine was freed. */
final class Loopback implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);
  private final CopyOnWriteArrayList<End> ends = new CopyOnWriteArrayList<>();

  private record End(Channel channel, SslHandler handler, Quiet last) {}

  /** How a handshake ended at both ends; a failure is null where it succeeded. */
  record Ends(
      SslHandler client,
      @Nullable Throwable clientFailure,
      SslHandler server,
      @Nullable Throwable serverFailure) {

    boolean succeeded() {
      return clientFailure == null && serverFailure == null;
    }
  }

  Ends handshake(
      Function<ByteBufAllocator, SslHandler> server, Function<ByteBufAllocator, SslHandler> client)
      throws Exception {
    return handshake(server, client, channel -> {});
  }

  /** {@code tap} may add to the client's pipeline, in front of TLS with {@code addFirst}. */
  Ends handshake(
      Function<ByteBufAllocator, SslHandler> server,
      Function<ByteBufAllocator, SslHandler> client,
      Consumer<Channel> tap)
      throws Exception {
    CompletableFuture<SslHandler> accepted = new CompletableFuture<>();
    int port = listen(channel -> accepted.complete(add(channel, server.apply(channel.alloc()))));
    CompletableFuture<SslHandler> dialled = new CompletableFuture<>();
    connect(
        port,
        channel -> {
          dialled.complete(add(channel, client.apply(channel.alloc())));
          tap.accept(channel);
        });
    SslHandler clientEnd = dialled.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    SslHandler serverEnd = accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new Ends(
        clientEnd,
        failure(clientEnd.handshakeFuture()),
        serverEnd,
        failure(serverEnd.handshakeFuture()));
  }

  int listen(Consumer<Channel> initializer) throws Exception {
    Channel listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.ALLOCATOR, alloc)
            .childHandler(initializing(initializer))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  Channel connect(int port, Consumer<Channel> initializer) throws Exception {
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.ALLOCATOR, alloc)
        .handler(initializing(initializer))
        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .sync()
        .channel();
  }

  /** Adds TLS and, behind it, a handler that keeps failures out of the log. */
  SslHandler add(Channel channel, SslHandler handler) {
    channel.pipeline().addLast(handler);
    return track(channel);
  }

  /** Does for a pipeline that has TLS already what {@link #add} does. */
  SslHandler track(Channel channel) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    Quiet last = new Quiet();
    channel.pipeline().addLast(last);
    ends.add(new End(channel, handler, last));
    return handler;
  }

  static @Nullable Throwable failure(Future<?> future) throws InterruptedException {
    assertThat(future.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return future.cause();
  }

  @Override
  public void close() {
    for (End end : ends) {
      if (!end.last.removed.isDone()) {
        var _ = end.channel.close();
        end.last.removed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
      }
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    for (End end : ends) {
      if (end.handler.engine() instanceof ReferenceCounted counted) {
        assertThat(counted.refCnt()).isZero();
      }
    }
    assertThat(alloc.metric().usedDirectMemory() + alloc.metric().usedHeapMemory()).isZero();
  }

  private static ChannelInitializer<Channel> initializing(Consumer<Channel> initializer) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        initializer.accept(channel);
      }
    };
  }

  private static final class Quiet extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<@Nullable Void> removed = new CompletableFuture<>();

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      removed.complete(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }
}
