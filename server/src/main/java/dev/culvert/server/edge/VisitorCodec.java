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
 * <p>Behind a request that may turn the connection into something else, what the visitor sends is
 * no HTTP unless the request is answered as any other: {@link #hold} keeps it as bytes. They go to
 * the handler behind when this one is removed.
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

  /** Whether anything came that is being kept. Until then the visitor is read: it may leave. */
  boolean holdsBytes() {
    return isHolding && decoder.hasBytes();
  }

  /** Decodes what was held, if anything was: the connection stays with HTTP. */
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
    boolean hasBytes() {
      return actualReadableBytes() > 0;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      if (!isHolding) {
        super.decode(ctx, in, out);
      }
    }
  }

  private final class Encoder extends HttpResponseEncoder {
    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
      return isToHead || super.isContentAlwaysEmpty(response);
    }
  }
}
