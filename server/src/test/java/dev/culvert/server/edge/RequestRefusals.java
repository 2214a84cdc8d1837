package dev.culvert.server.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The refusals of requests that are refused as they are read, one of each kind. */
final class RequestRefusals {
  private static final List<String> REQUESTS =
      List.of(
          "GET / HTTP/1.1\r\n\r\n",
          "GET /" + "a".repeat(HttpEdge.MAX_LINE_BYTES) + " HTTP/1.1\r\nHost: a.b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a.b\r\n" + "A: b\r\n".repeat(200) + "\r\n",
          "GET / HTTP/1.2\r\nHost: a.b\r\n\r\n",
          "CONNECT a.b:1 HTTP/1.1\r\nHost: a.b:1\r\n\r\n",
          "TRACE / HTTP/1.1\r\nHost: a.b\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a.b\r\nExpect: more\r\nContent-Length: 1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a.b\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");

  private RequestRefusals() {}

  static List<HttpRefusal> all() {
    return Stream.concat(
            REQUESTS.stream().map(RequestRefusals::of),
            Stream.of(RequestHead.protocolRefused().refusal()))
        .toList();
  }

  private static HttpRefusal of(String text) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder());
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    HttpRequest request = channel.readInbound();
    try {
      RequestHead head = RequestHead.of(request, "http");
      throw new AssertionError("not refused: " + head);
    } catch (RequestHead.RefusedException e) {
      return e.refusal();
    } finally {
      ReferenceCountUtil.release(request);
      channel.finishAndReleaseAll();
    }
  }
}
