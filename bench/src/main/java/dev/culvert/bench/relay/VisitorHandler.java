package dev.culvert.bench.relay;

import dev.culvert.bench.carrier.Tally;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A visitor's side of exchanges, one after the other. */
final class VisitorHandler extends ChannelInboundHandlerAdapter {
  private final Exchange exchange;
  private final Tally done;
  private @Nullable ChannelHandlerContext ctx;
  private long exchanges;
  private long toSend;
  private long toReceive;
  private boolean isBusy;

  /** {@code done} counts exchanges; one that fails fails it. */
  VisitorHandler(Exchange exchange, Tally done) {
    this.exchange = exchange;
    this.done = done;
  }

  /** So many more. Any thread, once the channel is open. */
  void exchange(long more) {
    ChannelHandlerContext context = ctx;
    if (context == null) {
      throw new IllegalStateException("the channel is not open yet");
    }
    context
        .executor()
        .execute(() -> {
          exchanges += more;
          next(context);
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  private void next(ChannelHandlerContext context) {
    if (isBusy || exchanges == 0) {
      return;
    }
    exchanges--;
    isBusy = true;
    toSend = exchange.upBytes();
    toReceive = exchange.downBytes();
    ByteBuf header = context.alloc().directBuffer(Exchange.HEADER_BYTES);
    exchange.writeHeader(header);
    context.write(header, context.voidPromise());
    send(context);
    context.flush();
  }

  private void send(ChannelHandlerContext context) {
    while (toSend > 0 && context.channel().isWritable()) {
      ByteBuf chunk = Exchange.zeros(toSend);
      toSend -= chunk.readableBytes();
      context.writeAndFlush(chunk, context.voidPromise());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    send(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    toReceive -= in.readableBytes();
    in.release();
    if (isBusy && toReceive == 0) {
      isBusy = false;
      done.add(1);
      next(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (isBusy) {
      done.fail(new IOException("the connection ended " + toReceive + " bytes before the answer"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (isBusy) {
      done.fail(cause);
    }
    ctx.close();
  }
}
