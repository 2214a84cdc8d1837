package dev.culvert.mux.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a connection or stream brings before a {@link Relay} is joined to it, and hands it
 * over then.
 *
 * <p>For sockets that wait with auto-read off: native epoll reads to the end once the peer's FIN is
 * there, asked or not. That is what this may have to hold, at most what the kernel had buffered.
 */
public final class EarlyInput extends ChannelInboundHandlerAdapter {
  private final ArrayDeque<Object> messages = new ArrayDeque<>();
  private boolean isInputEnded;
  private @Nullable Throwable failure;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    messages.add(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // Told once, behind the last message that was kept.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      isInputEnded = true;
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  /** A failure may be followed by an end of input, which then is none. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    release();
    ctx.fireChannelInactive();
  }

  /** Hands over, where the channel is still there to be read. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      release();
      return;
    }
    if (!messages.isEmpty()) {
      Object message;
      while ((message = messages.poll()) != null) {
        ctx.fireChannelRead(message);
      }
      ctx.fireChannelReadComplete();
    }
    if (failure != null) {
      ctx.fireExceptionCaught(failure);
    } else if (isInputEnded) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private void release() {
    Object message;
    while ((message = messages.poll()) != null) {
      ReferenceCountUtil.release(message);
    }
  }
}
