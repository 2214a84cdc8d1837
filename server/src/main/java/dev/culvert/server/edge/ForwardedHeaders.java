package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a proxy says of the visitor. A visitor's own such headers are dropped, also in the spelling
 * with underscores that CGI takes for the same name: services believe them.
 */
final class ForwardedHeaders {
  private ForwardedHeaders() {}

  /** Drops what a visitor says in a proxy's words. */
  static void remove(HttpHeaders headers) {
    List<String> names =
        headers.entries().stream().map(Map.Entry::getKey).filter(ForwardedHeaders::isOne).toList();
    names.forEach(headers::remove);
  }

  private static boolean isOne(String name) {
    String word = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return word.startsWith("x-forwarded-") || word.equals("x-real-ip") || word.equals("forwarded");
  }

  /** Says who asks, how, and for which host. */
  static void set(HttpHeaders headers, InetSocketAddress visitor, String scheme, String host) {
    headers.set("x-forwarded-for", visitor.getAddress().getHostAddress());
    headers.set("x-forwarded-proto", scheme);
    headers.set("x-forwarded-host", host);
  }
}
