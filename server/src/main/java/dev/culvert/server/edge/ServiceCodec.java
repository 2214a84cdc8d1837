package dev.culvert.server.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.List;

/**
 * HTTP/1 of a connection to a local service, one request at a time. Its event loop only.
 *
 * <p>Unlike the codec that Netty has for this it tells whether more has come than the answer, which
 * would begin the answer of the next request.
 */
final class ServiceCodec
    extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
  private final Decoder decoder = new Decoder();
  private boolean isToHead; // the next response, which has no content whatever its headers say

  ServiceCodec() {
    init(decoder, new Encoder());
  }

  /** Whether there are bytes behind the part that is being handed on. */
  boolean hasSurplus() {
    return decoder.hasSurplus();
  }

  private final class Decoder extends HttpResponseDecoder {
    Decoder() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(HttpEdge.MAX_LINE_BYTES)
              .setMaxHeaderSize(HttpEdge.MAX_HEADER_BYTES)
              .setMaxChunkSize(HttpEdge.MAX_CHUNK_BYTES));
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage response) {
      return isToHead || super.isContentAlwaysEmpty(response);
    }

    boolean hasSurplus() {
      return actualReadableBytes() > 0;
    }
  }

  private final class Encoder extends HttpRequestEncoder {
    @Override
    protected void encode(ChannelHandlerContext ctx, Object part, List<Object> out)
        throws Exception {
      if (part instanceof HttpRequest request) {
        isToHead = request.method().equals(HttpMethod.HEAD);
      }
      super.encode(ctx, part, out);
    }
  }
}
