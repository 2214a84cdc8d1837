package dev.culvert.server.edge;

import dev.culvert.mux.netty.CreditMode;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Has the client send no more of a response than its visitor takes: what is content gets credit
 * from whoever writes it, and the rest of what is read here, which is heads and the framing of
 * chunks. So what waits for a slow visitor is in the multiplexer's memory budget, and no more than
 * a stream's window.
 *
 * <p>The first handler of an upstream's stream. Its event loop only.
 */
final class ResponseCredit extends ChannelInboundHandlerAdapter {
  private final StreamChannel stream;
  private int withoutContent; // read, and not yet given credit

  ResponseCredit(StreamChannel stream) {
    this.stream = stream;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    stream.creditMode(CreditMode.ON_CONSUMED);
  }

  /** So much of what has been read is content. */
  void content(int bytes) {
    withoutContent -= bytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    withoutContent += ((ByteBuf) message).readableBytes();
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    give();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    give();
  }

  private void give() {
    if (withoutContent > 0) {
      int bytes = withoutContent;
      withoutContent = 0;
      stream.consumed(bytes);
    }
  }
}
