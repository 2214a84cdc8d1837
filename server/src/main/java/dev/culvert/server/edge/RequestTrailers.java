package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The fields behind a request's body. Some services read them as if they were headers, so what says
 * where a request goes, who asks and how it is to be read is not passed on from there (RFC 9110,
 * section 6.5.1).
 */
final class RequestTrailers {
  private static final Set<String> FORBIDDEN =
      Set.of(
          "authorization",
          "cache-control",
          "connection",
          "cookie",
          "expect",
          "forwarded",
          "host",
          "http2-settings",
          "keep-alive",
          "max-forwards",
          "origin",
          "pragma",
          "proxy",
          "range",
          "referer",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-real-ip",
          "x-request-id");

  private static final List<String> FORBIDDEN_STARTS =
      List.of("content-", "culvert-", "if-", "proxy-", "x-forwarded-");

  private RequestTrailers() {}

  /** Removes what may only be said in the head. */
  static void clean(HttpHeaders trailers) {
    for (String name : trailers.names()) {
      String word = name.toLowerCase(Locale.ROOT).replace('_', '-'); // CGI sees no difference
      if (FORBIDDEN.contains(word) || FORBIDDEN_STARTS.stream().anyMatch(word::startsWith)) {
        trailers.remove(name);
      }
    }
  }
}
