package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Someone at the far end of a connection: sends as much of the {@link ByteSequence} as asked, while
 * it is taken, and checks that what comes is the sequence too.
 *
 * <p>Commands may come from any thread; the rest is on the channel's event loop.
 */
final class User extends ChannelInboundHandlerAdapter {
  private static final int CHUNK_BYTES = 50_000;

  /** Completes with the bytes before the end of input; fails where the connection fails first. */
  final CompletableFuture<Long> end = new CompletableFuture<>();

  private final CompletableFuture<ChannelHandlerContext> added = new CompletableFuture<>();
  private volatile long receivedBytes;
  private long sentBytes;
  private long wantedBytes;
  private @Nullable CompletableFuture<Void> sent;
  private long awaitedBytes = Long.MAX_VALUE;
  private @Nullable CompletableFuture<Void> awaited;

  long receivedBytes() {
    return receivedBytes;
  }

  /** Completes when {@code bytes} have come, counted from the first. One at a time. */
  CompletableFuture<Void> received(long bytes) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    added
        .join()
        .executor()
        .execute(() -> {
          awaitedBytes = bytes;
          awaited = done;
          checkAwaited();
        });
    return done;
  }

  private void checkAwaited() {
    if (awaited != null && receivedBytes >= awaitedBytes) {
      awaited.complete(null);
    }
  }

  DuplexChannel channel() {
    return (DuplexChannel) added.join().channel();
  }

  /** Sends {@code bytes} more; completes when they have been taken. One at a time. */
  CompletableFuture<Void> send(long bytes) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    added
        .join()
        .executor()
        .execute(() -> {
          wantedBytes += bytes;
          sent = done;
          sendOn();
        });
    return done;
  }

  private void sendOn() {
    DuplexChannel channel = channel();
    while (sentBytes < wantedBytes && channel.isWritable()) {
      int bytes = (int) Math.min(CHUNK_BYTES, wantedBytes - sentBytes);
      ByteBuf chunk = ByteSequence.slice(sentBytes, bytes);
      sentBytes += bytes;
      if (sentBytes < wantedBytes) {
        var _ = channel.writeAndFlush(chunk, channel.voidPromise());
      } else {
        CompletableFuture<Void> done = sent;
        channel.writeAndFlush(chunk).addListener(write -> complete(done, write.cause()));
      }
    }
  }

  private static void complete(
      @Nullable CompletableFuture<Void> sent, @Nullable Throwable failure) {
    if (sent == null) {
      return;
    }
    if (failure == null) {
      sent.complete(null);
    } else {
      sent.completeExceptionally(failure);
    }
  }

  /** Ends the output behind all that was sent. */
  void finish() {
    channel().shutdownOutput();
  }

  /** Resets the connection. */
  void reset() {
    channel().eventLoop().execute(() -> RelayLeg.abort(channel()));
  }

  void setAutoRead(AutoRead autoRead) {
    channel().config().setAutoRead(autoRead == AutoRead.ON);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    added.complete(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      int bytes = read.readableBytes();
      ByteSequence.check(receivedBytes, read);
      long total = receivedBytes + bytes;
      receivedBytes = total;
      checkAwaited();
    } finally {
      read.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    sendOn();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      end.complete(receivedBytes);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end.completeExceptionally(cause);
    complete(sent, cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    IOException closed = new IOException("closed before the end of input");
    end.completeExceptionally(closed);
    complete(sent, closed);
  }
}
