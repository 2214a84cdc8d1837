package dev.culvert.server.edge;

import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** HTTP/1 of a visitor's connection, one request at a time. Event loop only. */
final class VisitorCodec extends CombinedChannelDuplexHandler<RequestDecoder, HttpResponseEncoder> {
  private boolean isToHead;

  VisitorCodec() {
    init(new RequestDecoder(), new Encoder());
  }

  /** Whether the next response is to a HEAD, and has no content whatever its headers say. */
  void answerHead(boolean isToHead) {
    this.isToHead = isToHead;
  }

  private final class Encoder extends HttpResponseEncoder {
    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
      return isToHead || super.isContentAlwaysEmpty(response);
    }
  }
}
