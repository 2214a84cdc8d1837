package dev.culvert.server.edge;

import dev.culvert.server.log.RequestTrace;
import dev.culvert.server.rules.RuleRefusal;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the edge gives in place of the local service.
 *
 * @param code stable, sent as {@code Culvert-Error}
 * @param title for people, in a few words
 * @param detail what happened and what to do
 * @param headers of the answer, beside those that every answer has
 */
record HttpRefusal(
    HttpResponseStatus status,
    String code,
    String title,
    String detail,
    Map<String, String> headers) {

  private static final String STOPPING = "server-stopping";

  private static final int UNAVAILABLE_SECONDS = 1;
  private static final int OFFLINE_SECONDS = 5;
  private static final int STOPPING_SECONDS = 5;

  HttpRefusal(HttpResponseStatus status, String code, String title, String detail) {
    this(status, code, title, detail, Map.of());
  }

  /** What the rules for visitors say. */
  static HttpRefusal of(RuleRefusal refusal) {
    return new HttpRefusal(
        refusal.status(), refusal.code(), refusal.title(), refusal.detail(), refusal.headers());
  }

  /** Has {@code trace} end with this; {@code head} is null where it could not be read. */
  void tell(RequestTrace trace, @Nullable RequestHead head) {
    if (trace.isLogged() && (head == null || !head.isHead())) {
      FullHttpResponse page = RefusalPage.of(this, head == null ? null : head.accept());
      trace.sent(page.content().readableBytes());
      page.release();
    }
    trace.status(status.code());
    trace.error(code);
    trace.end();
  }

  static HttpRefusal badRequest(String detail) {
    return new HttpRefusal(
        HttpResponseStatus.BAD_REQUEST, "bad-request", "This request is malformed", detail);
  }

  static HttpRefusal requestTimeout() {
    return new HttpRefusal(
        HttpResponseStatus.REQUEST_TIMEOUT,
        "request-timeout",
        "This request did not arrive",
        "Nothing more of it came for " + Http1Patience.STALL_SECONDS + " s. Send it again.");
  }

  static HttpRefusal noSuchTunnel(String host) {
    return new HttpRefusal(
        HttpResponseStatus.NOT_FOUND,
        "no-such-tunnel",
        "No tunnel here",
        "Nothing is connected as " + host + ". Check the name, or start its client again.");
  }

  /** A name that is kept for the client that had it. */
  static HttpRefusal offline(String host) {
    return new HttpRefusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "tunnel-offline",
        "The tunnel is not connected",
        "The client of " + host + " is away. Try again later, or start it if it is yours.",
        retryAfter(OFFLINE_SECONDS));
  }

  static HttpRefusal misdirected(String host) {
    return new HttpRefusal(
        HttpResponseStatus.MISDIRECTED_REQUEST,
        "misdirected-request",
        "This request came the wrong way",
        "The connection was made for another name than " + host + ". Open one for this name.");
  }

  static HttpRefusal stopping() {
    return new HttpRefusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        STOPPING,
        "The server is stopping",
        "It takes no more requests. Try again in a moment.",
        retryAfter(STOPPING_SECONDS));
  }

  static HttpRefusal gatewayTimeout(String code, String detail) {
    return new HttpRefusal(
        HttpResponseStatus.GATEWAY_TIMEOUT,
        code,
        "The local service does not answer in time",
        detail);
  }

  private static Map<String, String> retryAfter(int seconds) {
    return Map.of(HttpHeaderNames.RETRY_AFTER.toString(), Integer.toString(seconds));
  }

  static HttpRefusal badGateway(String code, String detail) {
    return new HttpRefusal(
        HttpResponseStatus.BAD_GATEWAY, code, "The local service does not answer", detail);
  }

  static HttpRefusal unavailable(String detail) {
    return new HttpRefusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "tunnel-unavailable",
        "The tunnel is not available",
        detail,
        retryAfter(UNAVAILABLE_SECONDS));
  }

  /** Whether nothing else is to be asked for over the same connection. */
  boolean isLast() {
    return code.equals(STOPPING)
        || status.equals(HttpResponseStatus.REQUEST_TIMEOUT)
        || status.equals(HttpResponseStatus.BAD_REQUEST);
  }
}
