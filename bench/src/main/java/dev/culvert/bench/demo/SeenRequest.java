package dev.culvert.bench.demo;

import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;

/** A request as the app saw it, as JSON, for {@code /headers}. */
final class SeenRequest {
  private SeenRequest() {}

  /** Headers are a list of name and value, in the order and as often as they came. */
  static String json(Exchange exchange) {
    HttpRequest request = exchange.request();
    StringBuilder json = new StringBuilder(512).append("{\n");
    line(json, "method", request.method().name()).append(",\n");
    line(json, "target", request.uri()).append(",\n");
    line(json, "version", request.protocolVersion().text()).append(",\n");
    line(json, "remoteAddress", String.valueOf(exchange.channel().remoteAddress())).append(",\n");
    json.append("  \"headers\": [");
    String separator = "\n    ";
    for (Map.Entry<String, String> header : request.headers()) {
      json.append(separator).append("{\"name\": ");
      quote(json, header.getKey()).append(", \"value\": ");
      quote(json, header.getValue()).append('}');
      separator = ",\n    ";
    }
    return json.append("\n  ]\n}\n").toString();
  }

  private static StringBuilder line(StringBuilder json, String name, String value) {
    quote(json.append("  "), name).append(": ");
    return quote(json, value);
  }

  private static StringBuilder quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"');
  }
}
