package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a request is for: one host and one path, however it names them (RFC 9112, section 3.2).
 *
 * <p>A request that could be read in two ways is refused: the tunnel it is routed to and the one
 * its service believes to serve must be the same.
 *
 * @param host as the visitor wrote it, with its port if it has one
 * @param path in origin form: path and query, or {@code *}; plain ASCII
 */
record RequestTarget(String host, String path) {
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=%-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{0,5})?");

  private static final List<String> SCHEMES = List.of("http://", "https://");

  /** Takes it from the request line and the Host header, which must agree. */
  static RequestTarget of(HttpRequest request) throws RequestHead.RefusedException {
    String host = hostHeader(request);
    String uri = request.uri();
    String path = uri;
    if (!uri.startsWith("/") && !uri.equals("*")) {
      int authority = authorityStart(uri);
      int end = pathStart(uri, authority);
      if (!host.isEmpty() && !host.equalsIgnoreCase(uri.substring(authority, end))) {
        throw malformed("Its target and its Host differ.");
      }
      host = uri.substring(authority, end);
      path = uri.startsWith("/", end) ? uri.substring(end) : "/" + uri.substring(end);
    }
    return of(host, path, request.method());
  }

  /** Checks host and path, which a request of HTTP/2 tells as they are. */
  static RequestTarget of(String host, String path, HttpMethod method)
      throws RequestHead.RefusedException {
    if (!HOST.matcher(host).matches()) {
      throw malformed("It does not say which host it is for.");
    }
    if (!path.startsWith("/") && !path.equals("*")) {
      throw malformed("Its target is no path.");
    }
    if (path.equals("*") && !method.equals(HttpMethod.OPTIONS)) {
      throw malformed("Its target is only for OPTIONS.");
    }
    return new RequestTarget(host, ascii(path));
  }

  private static String hostHeader(HttpRequest request) throws RequestHead.RefusedException {
    boolean hasHost = request.headers().contains(HttpHeaderNames.HOST);
    if (!hasHost && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      throw malformed("It has no Host header.");
    }
    return onlyHost(request.headers());
  }

  /** The value of Host; empty where there is none. */
  static String onlyHost(HttpHeaders headers) throws RequestHead.RefusedException {
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1) {
      throw malformed("It has more than one Host header.");
    }
    return hosts.isEmpty() ? "" : hosts.getFirst().trim();
  }

  private static int authorityStart(String uri) throws RequestHead.RefusedException {
    for (String scheme : SCHEMES) {
      if (uri.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    throw malformed("Its target is neither path nor URL.");
  }

  private static int pathStart(String uri, int from) {
    for (int i = from; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '/' || c == '?') {
        return i;
      }
    }
    return uri.length();
  }

  /**
   * Bytes beyond ASCII, which the codec gives as characters, percent-encoded: they mean the same.
   */
  private static String ascii(String path) throws RequestHead.RefusedException {
    StringBuilder ascii = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c == 0x7f || c == '#') {
        throw malformed("Its target has a character that none may have.");
      }
      if (c > 0x7f) {
        ascii.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      } else {
        ascii.append(c);
      }
    }
    return ascii.toString();
  }

  static RequestHead.RefusedException malformed(String detail) {
    return new RequestHead.RefusedException(HttpRefusal.badRequest(detail));
  }
}
