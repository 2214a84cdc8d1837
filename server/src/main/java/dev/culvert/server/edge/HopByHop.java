package dev.culvert.server.edge;

import dev.culvert.server.visitor.ForwardedHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Headers that are for one connection only and are not passed on (RFC 9110, section 7.6.1). */
final class HopByHop {
  private static final List<AsciiString> ALWAYS =
      List.of(
          HttpHeaderNames.CONNECTION,
          HttpHeaderNames.UPGRADE,
          HttpHeaderNames.PROXY_AUTHENTICATE,
          HttpHeaderNames.PROXY_AUTHORIZATION,
          AsciiString.cached("keep-alive"),
          AsciiString.cached("proxy"), // CGI makes it HTTP_PROXY, which programs obey
          AsciiString.cached("proxy-connection"),
          AsciiString.cached("http2-settings"));

  /** Headers that no Connection header can take away: they are what the request is. */
  private static final Set<String> NEVER =
      Set.of(
          "host",
          "authorization",
          "content-length",
          "transfer-encoding",
          "trailer",
          "expect",
          "cookie",
          "te", // judged below
          "connection");

  private HopByHop() {}

  /** Removes them; Transfer-Encoding stays, for the codec to act on. */
  static void remove(HttpHeaders headers) {
    for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String name : value.split(",", -1)) {
        String listed = name.trim().toLowerCase(Locale.ROOT);
        if (!listed.isEmpty() && !NEVER.contains(listed) && !ForwardedHeaders.isOne(listed)) {
          headers.remove(listed);
        }
      }
    }
    for (AsciiString name : ALWAYS) {
      headers.remove(name);
    }
    if (!headers.containsValue(HttpHeaderNames.TE, "trailers", true)) {
      headers.remove(HttpHeaderNames.TE);
    } else {
      headers.set(HttpHeaderNames.TE, "trailers");
    }
  }
}
