package dev.culvert.bench.carrier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Does with an accepted channel what its first byte says: sends all back ({@link #ECHO}), stops
 * reading ({@link #STOP}), or counts and drops (any other).
 */
public final class Accepted extends ChannelInboundHandlerAdapter {
  static final byte ECHO = 1;
  static final byte STOP = 2;

  private final Tally received;
  private final Tally own = new Tally();
  private final List<Tally> sinks;
  private int kind = -1;

  private Accepted(Tally received, List<Tally> sinks) {
    this.received = received;
    this.sinks = sinks;
  }

  /**
   * What is dropped goes into {@code received}, and by channel into one of {@code sinks}, which
   * grows.
   */
  public static ChannelInitializer<Channel> acceptor(
      Tally received, CopyOnWriteArrayList<Tally> sinks) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new Accepted(received, sinks));
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (kind < 0 && bytes.isReadable()) {
      begin(ctx, bytes.getByte(bytes.readerIndex()));
    }
    if (kind == ECHO) {
      ctx.write(bytes, ctx.voidPromise());
      return;
    }
    int more = bytes.readableBytes();
    bytes.release();
    if (kind != STOP) {
      own.add(more);
      received.add(more);
    }
  }

  private void begin(ChannelHandlerContext ctx, int first) {
    kind = first;
    if (kind == STOP) {
      ctx.channel().config().setAutoRead(false);
    } else if (kind != ECHO) {
      sinks.add(own);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the other end is gone
  }
}
