package dev.culvert.server.edge;

import dev.culvert.server.rules.Admission;
import dev.culvert.server.rules.VisitorRequest;
import dev.culvert.server.visitor.Requester;
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
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's request, as parsed once: routed, authorized, logged and forwarded from here. It is
 * the same whatever the visitor speaks.
 *
 * @param version what the visitor speaks
 * @param scheme {@code http} or {@code https}
 * @param host the value of Host, the authority of an absolute target, or {@code :authority}
 * @param target in origin form: path and query, or {@code *}
 * @param headers end-to-end only, without Host
 * @param hasBody whether content follows; its length is in the headers where it is known
 * @param upgrade the request asks to switch to WebSocket
 */
record RequestHead(
    HttpMethod method,
    HttpVersion version,
    String scheme,
    String host,
    String target,
    HttpHeaders headers,
    boolean hasBody,
    boolean upgrade) {

  private static final String GRPC = "application/grpc";

  /** Methods whose repetition changes nothing (RFC 9110, section 9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

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

  boolean isHead() {
    return method.equals(HttpMethod.HEAD);
  }

  /** Whether the visitor sends the body only once it is told to, or refused. */
  boolean waitsToContinue() {
    return headers.contains(HttpHeaderNames.EXPECT);
  }

  /**
   * Whether the visitor takes any success for the switch to WebSocket that it asks for: it sent an
   * extended CONNECT (RFC 8441), and only the edge can tell what the service agreed to.
   */
  boolean isConnect() {
    return upgrade && version.equals(Http2Head.VERSION);
  }

  /** Whether it is a call whose messages come when they like, either way. */
  boolean isGrpc() {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    return type != null && type.regionMatches(true, 0, GRPC, 0, GRPC.length());
  }

  /** What the visitor would like to be answered with; null where it does not say. */
  @Nullable String accept() {
    return joined(headers.getAll(HttpHeaderNames.ACCEPT));
  }

  /** The values of a header that is a list, as one; null where there are none. */
  static @Nullable String joined(List<? extends CharSequence> values) {
    return values.isEmpty() ? null : String.join(",", values);
  }

  /** Checks a request of HTTP/1 and takes it apart; its headers are changed. */
  static RequestHead of(HttpRequest request, String scheme) throws RefusedException {
    if (request.decoderResult().isFailure()) {
      throw new RefusedException(undecodable(request.decoderResult().cause()));
    }
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      throw refused(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version", "HTTP/1.0 or 1.1 is expected.");
    }
    requirePassedMethod(request.method());
    RequestTarget target = RequestTarget.of(request);
    HttpHeaders headers = request.headers();
    requireKnownCoding(headers);
    requireKnownExpectation(headers, version);
    boolean upgrade = asksForWebSocket(request);
    boolean hasBody =
        HttpUtil.isTransferEncodingChunked(request)
            || headers.contains(HttpHeaderNames.CONTENT_LENGTH);
    headers.remove(HttpHeaderNames.HOST);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    HopByHop.remove(headers);
    return new RequestHead(
        request.method(), version, scheme, target.host(), target.path(), headers, hasBody, upgrade);
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

  static void requirePassedMethod(HttpMethod method) throws RefusedException {
    if (method.equals(HttpMethod.CONNECT)) {
      throw connectRefused();
    }
    if (method.equals(HttpMethod.TRACE)) { // it would tell what only the service is to know
      throw refused(HttpResponseStatus.METHOD_NOT_ALLOWED, "method", "TRACE is not passed on.");
    }
  }

  static void requireKnownExpectation(HttpHeaders headers, HttpVersion version)
      throws RefusedException {
    for (String expectation : headers.getAll(HttpHeaderNames.EXPECT)) {
      if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
        throw refused(
            HttpResponseStatus.EXPECTATION_FAILED,
            "expectation",
            "Nothing but 100-continue can be expected here.");
      }
    }
    if (version.equals(HttpVersion.HTTP_1_0)) {
      headers.remove(HttpHeaderNames.EXPECT); // such a visitor does not wait
    }
  }

  private static boolean asksForWebSocket(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.method().equals(HttpMethod.GET)
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  static RefusedException tooManyFields() {
    return new RefusedException(undecodable(new TooLongHttpHeaderException()));
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
          "It has more than "
              + RequestDecoder.MAX_FIELDS
              + " headers, or more than "
              + HttpEdge.MAX_HEADER_BYTES
              + " bytes of them.");
    }
    return HttpRefusal.badRequest("It is no HTTP that can be read.");
  }

  static RefusedException connectRefused() {
    return refused(
        HttpResponseStatus.METHOD_NOT_ALLOWED, "method", "CONNECT is for forward proxies.");
  }

  static RefusedException protocolRefused() {
    return refused(
        HttpResponseStatus.NOT_IMPLEMENTED, "protocol", "No protocol but websocket is understood.");
  }

  private static RefusedException refused(HttpResponseStatus status, String code, String detail) {
    return new RefusedException(
        new HttpRefusal(status, "bad-" + code, "This request is not for this server", detail));
  }

  /** The request as the rules for visitors of {@code hostName} see it. */
  VisitorRequest forRules(String hostName, Requester requester) {
    return new VisitorRequest(
        hostName,
        requester.scheme(),
        target,
        headers,
        requester.address(),
        requester.isBehindProxy());
  }

  /** The request as the local service is to get it. */
  RequestHead forwardedFor(Requester requester, Admission admission) {
    HttpHeaders forwarded = headers.copy();
    requester.tell(forwarded);
    admission.editRequest(forwarded);
    return new RequestHead(
        method, version, scheme, admission.host(host), target, forwarded, hasBody, upgrade);
  }
}
