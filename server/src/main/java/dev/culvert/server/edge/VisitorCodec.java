package dev.culvert.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1 of a visitor's connection, one request at a time. Event loop only.
 *
 * <p>What the visitor sends behind a request waits for the answer to that as bytes, with {@link
 * #hold}: decoded it could take thirty times their place, and behind a request that turns the
 * connection into something else it is no HTTP. Then it goes to the handler behind when this one is
 * removed.
 */
final class VisitorCodec extends CombinedChannelDuplexHandler<RequestDecoder, HttpResponseEncoder> {
  private final Decoder decoder = new Decoder();
  private @Nullable ChannelHandlerContext context;
  private boolean isHolding;
  private boolean isToHead;

  VisitorCodec() {
    init(decoder, new Encoder());
  }

  /** Decodes nothing behind the current request. */
  void hold() {
    isHolding = true;
  }

  boolean isHolding() {
    return isHolding;
  }

  /** Whether there is nothing that has yet to be decoded. */
  boolean isEmpty() {
    return decoder.isEmpty();
  }

  /** Decodes what was held, if anything was: it is HTTP's, and has its turn. */
  void goOn() {
    if (isHolding && context != null) {
      isHolding = false;
      try {
        channelRead(context, Unpooled.EMPTY_BUFFER); // makes it look at what it has
      } catch (Exception e) {
        context.fireExceptionCaught(e);
      }
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  /** Whether the next response is to a HEAD, and has no content whatever its headers say. */
  void answerHead(boolean isToHead) {
    this.isToHead = isToHead;
  }

  private final class Decoder extends RequestDecoder {
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      if (!isHolding) {
        super.decode(ctx, in, out);
      }
    }

    /** The decoder asks for more where it could decode nothing, which is not so here. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
      if (isHolding) {
        ctx.fireChannelReadComplete();
      } else {
        super.channelReadComplete(ctx);
      }
    }

    boolean isEmpty() {
      return actualReadableBytes() == 0;
    }
  }

  private final class Encoder extends HttpResponseEncoder {
    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
      return isToHead || super.isContentAlwaysEmpty(response);
    }
  }
}
