package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/** How the end of a response is told in HTTP/1 (RFC 9112, section 6). */
final class ResponseFraming {
  private ResponseFraming() {}

  /** Whether no transfer coding is used but the one that may be. */
  static boolean isUnderstood(HttpResponse response) {
    List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.isEmpty()
        || (codings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()));
  }

  /** Whether the end is told other than by closing the connection. */
  static boolean isFramed(HttpResponse response, boolean isToHead) {
    return HttpUtil.isTransferEncodingChunked(response)
        || HttpUtil.isContentLengthSet(response)
        || isBodyless(response.status(), isToHead);
  }

  private static boolean isBodyless(HttpResponseStatus status, boolean isToHead) {
    return isToHead
        || status.equals(HttpResponseStatus.NO_CONTENT)
        || status.equals(HttpResponseStatus.NOT_MODIFIED);
  }

  /**
   * Adds to the headers of an end-to-end response what tells its end to a visitor.
   *
   * @param version what the visitor speaks
   * @param keepAlive whether the visitor can send another request
   * @return whether another one can follow
   */
  static KeepAlive tellEnd(
      HttpResponse response, HttpVersion version, boolean isToHead, KeepAlive keepAlive) {
    HttpHeaders headers = response.headers();
    boolean isHttp11 = version.equals(HttpVersion.HTTP_1_1);
    boolean isFramed = isFramed(response, isToHead);
    if (!isFramed && isHttp11) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (keepAlive == KeepAlive.NO || !(isFramed || isHttp11)) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      return KeepAlive.NO;
    }
    if (!isHttp11) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return KeepAlive.YES;
  }
}
