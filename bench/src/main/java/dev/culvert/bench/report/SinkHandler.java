package dev.culvert.bench.report;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what comes, and drops it. */
final class SinkHandler extends ChannelInboundHandlerAdapter {
  private final AtomicLong received;

  SinkHandler() {
    this(new AtomicLong());
  }

  /** Adds what comes to {@code received}. */
  SinkHandler(AtomicLong received) {
    this.received = received;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    received.addAndGet(bytes.readableBytes());
    bytes.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the session is over
  }
}
