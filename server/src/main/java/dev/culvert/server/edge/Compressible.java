package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which responses gain by gzip and may have it, and how their heads tell (RFC 9110, 8.4). */
final class Compressible {
  /** Shorter ones fit into a packet anyway. */
  private static final long MIN_BYTES = 1024;

  private static final String GZIP = "gzip";

  /** Beside {@code text/*}, {@code *+json}, {@code *+xml} and {@code *+text}. */
  private static final Set<String> TYPES =
      Set.of(
          "application/graphql-response",
          "application/javascript",
          "application/json",
          "application/rtf",
          "application/sql",
          "application/wasm",
          "application/x-javascript",
          "application/x-ndjson",
          "application/xml",
          "application/yaml",
          "font/otf",
          "font/ttf",
          "image/bmp",
          "image/vnd.microsoft.icon",
          "image/x-icon");

  /** What has no content, or a part of some. */
  private static final Set<Integer> NEVER = Set.of(204, 205, 206, 304);

  /** They are of the content as the service sent it. */
  private static final List<String> DIGESTS =
      List.of("content-digest", "content-md5", "digest", "repr-digest");

  private Compressible() {}

  /** Whether another visitor, or the same with another header, might get it compressed. */
  static boolean is(RequestHead request, HttpResponse response) {
    HttpHeaders headers = response.headers();
    return !request.isHead()
        && !request.version().equals(HttpVersion.HTTP_1_0) // it could not be told where it ends
        && !response.status().codeClass().equals(HttpStatusClass.INFORMATIONAL)
        && !NEVER.contains(response.status().code())
        && !headers.contains(HttpHeaderNames.CONTENT_ENCODING)
        && !headers.contains(HttpHeaderNames.CONTENT_RANGE)
        && DIGESTS.stream().noneMatch(headers::contains)
        && !isToStay(headers)
        && !isToStay(request.headers())
        && isTypeThatGains(headers.get(HttpHeaderNames.CONTENT_TYPE, ""))
        && isLongEnough(headers.get(HttpHeaderNames.CONTENT_LENGTH));
  }

  private static boolean isToStay(HttpHeaders headers) {
    return headers.getAll(HttpHeaderNames.CACHE_CONTROL).stream()
        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("no-transform"));
  }

  private static boolean isTypeThatGains(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return !type.equals("text/event-stream")
        && !type.startsWith("application/grpc") // it compresses messages, each by itself
        && (type.startsWith("text/")
            || type.endsWith("+json")
            || type.endsWith("+xml")
            || type.endsWith("+text")
            || TYPES.contains(type));
  }

  private static boolean isLongEnough(String length) {
    return length == null || (length.matches("[0-9]{1,18}") && Long.parseLong(length) >= MIN_BYTES);
  }

  /** Whether the visitor understands gzip and does not like the content better as it is. */
  static boolean isWanted(RequestHead request) {
    double gzip = -1;
    double other = 0;
    double identity = 0;
    for (String line : request.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING)) {
      for (String coding : line.split(",", -1)) {
        String[] parts = coding.split(";", -1);
        double quality = QualityValue.of(parts);
        switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
          case GZIP, "x-gzip" -> gzip = Math.max(gzip, quality);
          case "*" -> other = quality;
          case "identity" -> identity = quality;
          default -> {}
        }
      }
    }
    double liked = gzip < 0 ? other : gzip;
    return liked > 0 && liked >= identity;
  }

  /** Tells caches that it may be compressed for one visitor and not for another. */
  static void tellThatItVaries(HttpHeaders headers) {
    if (!headers.containsValue(HttpHeaderNames.VARY, "*", true)
        && !headers.containsValue(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING, true)) {
      headers.add(HttpHeaderNames.VARY, "Accept-Encoding");
    }
  }

  /** Tells that it is compressed; parts of it can be had no longer, and its bytes are others. */
  static void tellThatItIs(HttpHeaders headers) {
    headers.set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    headers.remove(HttpHeaderNames.ACCEPT_RANGES);
    String tag = headers.get(HttpHeaderNames.ETAG);
    if (tag != null && tag.startsWith("\"")) {
      headers.set(HttpHeaderNames.ETAG, "W/" + tag);
    }
  }
}
