package dev.culvert.server.edge;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a network, on a clock that only {@link #advance} moves. Its peer takes
 * output or does not, and it brings input only as often as it is read.
 */
final class EmbeddedSocket extends EmbeddedChannel implements DuplexChannel {
  private boolean isTaking = true;
  private boolean isOutputShutdown;
  private boolean isReadPending;

  EmbeddedSocket() {
    pipeline()
        .addLast(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext ctx) {
                isReadPending = true;
              }
            });
    freezeTime();
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return isActive() ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000) : null;
  }

  /** Whether the connection has been read since it last brought something. */
  boolean isReadPending() {
    return isReadPending;
  }

  /** Brings what one read finds. */
  void bring(Object input) {
    isReadPending = false;
    writeInbound(input);
  }

  void advance(long time, TimeUnit unit) {
    advanceTimeBy(time, unit);
    runScheduledPendingTasks();
    runPendingTasks();
  }

  /** From now on the peer takes nothing. */
  void stopTaking() {
    isTaking = false;
  }

  /** The peer takes what has been written, and goes on doing so. */
  void take() {
    isTaking = true;
    flush();
    runPendingTasks();
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws Exception {
    if (isTaking) {
      super.doWrite(in);
    }
  }

  @Override
  public boolean isInputShutdown() {
    return !isOpen();
  }

  @Override
  public boolean isOutputShutdown() {
    return isOutputShutdown;
  }

  @Override
  public boolean isShutdown() {
    return isInputShutdown() && isOutputShutdown();
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setFailure(new UnsupportedOperationException());
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    isOutputShutdown = true;
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdown() {
    return close();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return close(promise);
  }
}
