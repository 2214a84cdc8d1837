package dev.culvert.server.edge;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * One visitor's request, as parsed once: routed, authorized, logged and forwarded from here.
 *
 * @param target in origin form: path and query, or {@code *}
 * @param host the value of Host, or the authority of an absolute target
 * @param headers what goes to the local service, but for what the edge adds
 * @param upgrade the request asks to switch to WebSocket
 * @param keepAlive the visitor's connection may carry another request
 */
record RequestHead(
    HttpMethod method,
    HttpVersion version,
    String target,
    String host,
    HttpHeaders headers,
    boolean upgrade,
    boolean keepAlive) {

  /** Methods whose repetition changes nothing (RFC 9110, section 9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.OPTIONS,
          HttpMethod.PUT,
          HttpMethod.DELETE,
          HttpMethod.TRACE);

  /** A request that is answered here. */
  static final class RefusedException extends Exception {
    private final HttpRefusal refusal;

    RefusedException(HttpRefusal refusal) {
      super(refusal.detail());
      this.refusal = refusal;
    }

    HttpRefusal refusal() {
      return refusal;
    }
  }

  boolean isIdempotent() {
    return IDEMPOTENT.contains(method);
  }

  /** Checks {@code request} and takes it apart; its headers are changed. */
  static RequestHead of(HttpRequest request) throws RefusedException {
    if (request.decoderResult().isFailure()) {
      throw new RefusedException(undecodable(request.decoderResult().cause()));
    }
    HttpVersion version = request.protocolVersion();
    if (version.majorVersion() != 1) {
      throw refused(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version", "HTTP/1.0 or 1.1 is expected.");
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      throw refused(
          HttpResponseStatus.METHOD_NOT_ALLOWED, "method", "CONNECT is for forward proxies.");
    }
    RequestTarget target = RequestTarget.of(request);
    HttpHeaders headers = request.headers();
    requireKnownCoding(headers);
    requireNoHiddenBody(headers);
    boolean upgrade = asksForWebSocket(request);
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    HopByHop.remove(headers);
    if (upgrade) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    return new RequestHead(
        request.method(), version, target.path(), target.host(), headers, upgrade, keepAlive);
  }

  /** What a service might take for another coding could end its body elsewhere. */
  private static void requireKnownCoding(HttpHeaders headers) throws RefusedException {
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty()
        && !(codings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()))) {
      throw refused(
          HttpResponseStatus.NOT_IMPLEMENTED,
          "transfer-encoding",
          "No transfer coding but chunked is understood.");
    }
  }

  /**
   * With the keys of a draft of WebSocket the decoder takes eight bytes behind a GET for its body,
   * and the service would take them for the start of another request.
   */
  private static void requireNoHiddenBody(HttpHeaders headers) throws RefusedException {
    if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)) {
      throw new RefusedException(
          HttpRefusal.badRequest("It asks for a draft of WebSocket that is not understood."));
    }
  }

  private static boolean asksForWebSocket(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.method().equals(HttpMethod.GET)
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  private static HttpRefusal undecodable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new HttpRefusal(
          HttpResponseStatus.REQUEST_URI_TOO_LONG,
          "target-too-long",
          "This request is too long",
          "Its target has more than " + HttpEdge.MAX_LINE_BYTES + " bytes.");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new HttpRefusal(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          "headers-too-large",
          "This request is too long",
          "Its headers have more than " + HttpEdge.MAX_HEADER_BYTES + " bytes.");
    }
    return HttpRefusal.badRequest("It is no HTTP that can be read.");
  }

  private static RefusedException refused(HttpResponseStatus status, String code, String detail) {
    return new RefusedException(
        new HttpRefusal(status, "bad-" + code, "This request is not for this server", detail));
  }

  /** The request as the local service gets it. */
  HttpRequest toUpstream(InetSocketAddress visitor, String scheme) {
    HttpHeaders upstream = headers.copy();
    upstream.set(HttpHeaderNames.HOST, host);
    ForwardedHeaders.remove(upstream);
    ForwardedHeaders.set(upstream, visitor, scheme, host);
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, upstream);
  }
}
