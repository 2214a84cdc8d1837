package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * How the end of a response is told on either side of the edge, and what may follow it there.
 *
 * @param isUpstreamReusable the connection to the service may carry another request
 * @param upstreamSeconds the service's own limit for an idle connection; negative where none is
 *     told
 * @param keepAlive whether the visitor's connection may carry another request
 */
record ResponseFraming(boolean isUpstreamReusable, long upstreamSeconds, KeepAlive keepAlive) {

  /** Whether the service uses no transfer coding but the one it may: the visitor gets the same. */
  static boolean isUnderstood(HttpResponse response) {
    List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.isEmpty()
        || (codings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()));
  }

  /** Replaces, in the response's headers, what is for the service's connection. */
  static ResponseFraming translate(RequestHead head, HttpResponse response) {
    HttpHeaders headers = response.headers();
    boolean isUpstreamReusable = HttpUtil.isKeepAlive(response) && isFramed(head, response);
    long upstreamSeconds = KeepAliveHeader.timeoutSeconds(headers);
    HopByHop.remove(headers);
    boolean isHttp11 = head.version().equals(HttpVersion.HTTP_1_1);
    boolean isDelimitedByClose = false;
    if (!isBodyless(head, response.status())) {
      if (!isFramed(head, response) && isHttp11) {
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      } else if (!isHttp11 && !HttpUtil.isContentLengthSet(response)) {
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        isDelimitedByClose = true;
      }
    }
    boolean keepAlive = head.keepAlive() && !isDelimitedByClose;
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!isHttp11) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return new ResponseFraming(
        isUpstreamReusable, upstreamSeconds, keepAlive ? KeepAlive.YES : KeepAlive.NO);
  }

  /** The service says where its response ends, other than by closing. */
  private static boolean isFramed(RequestHead head, HttpResponse response) {
    return HttpUtil.isTransferEncodingChunked(response)
        || HttpUtil.isContentLengthSet(response)
        || isBodyless(head, response.status());
  }

  private static boolean isBodyless(RequestHead head, HttpResponseStatus status) {
    return head.method().equals(HttpMethod.HEAD)
        || status.equals(HttpResponseStatus.NO_CONTENT)
        || status.equals(HttpResponseStatus.NOT_MODIFIED);
  }
}
