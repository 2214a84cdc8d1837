package dev.culvert.bench.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** The service's side of exchanges, one after the other. */
final class ServiceHandler extends ChannelInboundHandlerAdapter {
  private final ByteBuf header = Unpooled.buffer(Exchange.HEADER_BYTES);
  private @Nullable Exchange exchange;
  private long toReceive;
  private long toSend;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (exchange == null) {
      in.readBytes(
          header, Math.min(in.readableBytes(), Exchange.HEADER_BYTES - header.readableBytes()));
      if (header.readableBytes() == Exchange.HEADER_BYTES) {
        begin(Exchange.readHeader(header));
      }
    }
    toReceive -= in.readableBytes();
    in.release();
    send(ctx);
  }

  private void begin(Exchange next) {
    exchange = next;
    header.clear();
    toReceive = next.upBytes();
    toSend = next.downBytes();
  }

  private void send(ChannelHandlerContext ctx) {
    if (exchange == null || toReceive > 0) {
      return;
    }
    while (toSend > 0 && ctx.channel().isWritable()) {
      ByteBuf chunk = Exchange.zeros(toSend);
      toSend -= chunk.readableBytes();
      ctx.write(chunk, ctx.voidPromise());
    }
    if (toSend > 0) {
      ctx.flush();
      return;
    }
    if (exchange == null) {
      return; // a write made the channel writable again, and the rest went out from there
    }
    if (exchange.last()) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      ctx.flush();
    }
    exchange = null;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    send(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the visitor sees it
  }
}
