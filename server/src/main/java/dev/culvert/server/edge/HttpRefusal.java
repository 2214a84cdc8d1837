package dev.culvert.server.edge;

import dev.culvert.server.log.RequestTrace;
import dev.culvert.server.rules.RuleRefusal;
import io.netty.handler.codec.http.FullHttpResponse;
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

  HttpRefusal(HttpResponseStatus status, String code, String title, String detail) {
    this(status, code, title, detail, Map.of());
  }

  /** What the rules for visitors say. */
  static HttpRefusal of(RuleRefusal refusal) {
    return new HttpRefusal(
        refusal.status(), refusal.code(), refusal.title(), refusal.detail(), refusal.headers());
  }

  /** Has {@code trace} end with this; {@code accept} is the request's {@code Accept} header. */
  void tell(RequestTrace trace, @Nullable String accept) {
    if (trace.isLogged()) {
      FullHttpResponse page = RefusalPage.of(this, accept);
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

  static HttpRefusal badGateway(String code, String detail) {
    return new HttpRefusal(
        HttpResponseStatus.BAD_GATEWAY, code, "The local service does not answer", detail);
  }

  static HttpRefusal unavailable(String detail) {
    return new HttpRefusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "tunnel-unavailable",
        "The tunnel is not available",
        detail);
  }
}
