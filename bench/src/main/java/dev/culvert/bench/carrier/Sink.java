package dev.culvert.bench.carrier;

import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/**
 * Counts what comes, and drops it. The channel ends from here: a stream finishes when its peer has,
 * a connection closes after {@code lastByte}.
 */
public final class Sink extends ChannelInboundHandlerAdapter {
  private final Tally received;
  private final long lastByte;
  private long count;

  private Sink(Tally received, long lastByte) {
    this.received = received;
    this.lastByte = lastByte;
  }

  /** Sinks that add to {@code received}, and never close a connection themselves. */
  public static ChannelInitializer<Channel> acceptor(Tally received) {
    return acceptor(received, Long.MAX_VALUE);
  }

  /** Sinks that add to {@code received}, and close a connection after {@code lastByte} bytes. */
  public static ChannelInitializer<Channel> acceptor(Tally received, long lastByte) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new Sink(received, lastByte));
      }
    };
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    closeAfterLast(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    int more = bytes.readableBytes();
    bytes.release();
    count += more;
    received.add(more);
    closeAfterLast(ctx);
  }

  private void closeAfterLast(ChannelHandlerContext ctx) {
    if (count >= lastByte && !(ctx.channel() instanceof StreamChannel)) {
      ctx.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ((DuplexChannel) ctx.channel()).shutdownOutput();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the other end is gone; who waits for bytes from it will say so
  }
}
