package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What TLS makes of a socket, without the records: the peer's close_notify is said by the test, and
 * ours is done when the test says so. The connection below lives on.
 */
final class FakeTls extends ChannelInboundHandlerAdapter {
  private final CompletableFuture<ChannelPromise> said = new CompletableFuture<>();
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private final AtomicInteger times = new AtomicInteger();
  private final SocketChannel channel;
  private long readBytes;
  private long awaitedBytes;
  private @Nullable CompletableFuture<Void> awaited;

  FakeTls(SocketChannel channel) throws Exception {
    this.channel = channel;
    Patience.await(channel.eventLoop().submit(() -> channel.pipeline().addFirst(this)));
  }

  RelayLeg leg() {
    return RelayLeg.ofTls(channel, this::sayCloseNotify);
  }

  private ChannelFuture sayCloseNotify() {
    if (!channel.eventLoop().inEventLoop()) {
      throw new IllegalStateException("called on a foreign thread");
    }
    times.incrementAndGet();
    ChannelPromise promise = channel.newPromise();
    said.complete(promise);
    return promise;
  }

  /** Completes when {@code bytes} have been read from the peer, counted from the first. */
  CompletableFuture<Void> read(long bytes) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Patience.ask(
        channel.eventLoop(),
        () -> {
          awaitedBytes = bytes;
          awaited = done;
          return checkAwaited();
        });
    return done;
  }

  private boolean checkAwaited() {
    return awaited != null && readBytes >= awaitedBytes && awaited.complete(null);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    readBytes += ((ByteBuf) message).readableBytes();
    ctx.fireChannelRead(message);
    checkAwaited();
  }

  /** Completes when the connection below has failed, and the pipeline has heard of it. */
  CompletableFuture<Throwable> failed() {
    return failed;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.fireExceptionCaught(cause);
    failed.complete(cause);
  }

  /** Completes when our close_notify was sent, with what completes the sending. */
  CompletableFuture<ChannelPromise> said() {
    return said;
  }

  int times() {
    return times.get();
  }

  /** The peer's close_notify arrives, behind all that was read. */
  void peerSaysCloseNotify() throws Exception {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    Patience.await(
        channel
            .eventLoop()
            .submit(() -> ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE)));
  }
}
