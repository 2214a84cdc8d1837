package dev.culvert.server.visitor;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The headers by which proxies tell of a visitor. Services believe them. */
public final class ForwardedHeaders {
  static final String FORWARDED = "forwarded";
  static final String FOR = "x-forwarded-for";
  static final String PROTO = "x-forwarded-proto";
  static final String HOST = "x-forwarded-host";
  static final String REQUEST_ID = "x-request-id";

  private ForwardedHeaders() {}

  /**
   * Drops all of them, also in the spelling with underscores that CGI takes for the same name, and
   * the ones that nobody is told here, such as {@code X-Forwarded-Prefix}.
   */
  public static void remove(HttpHeaders headers) {
    List<String> names =
        headers.entries().stream().map(Map.Entry::getKey).filter(ForwardedHeaders::isOne).toList();
    names.forEach(headers::remove);
  }

  /** Whether {@code name} is one of them, which a Connection header cannot take away either. */
  public static boolean isOne(String name) {
    String word = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return word.startsWith("x-forwarded-")
        || word.equals(FORWARDED)
        || word.equals(REQUEST_ID)
        || word.equals("x-real-ip");
  }
}
