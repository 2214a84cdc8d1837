package dev.culvert.bench.demo;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The app's one page: a template from {@code sample.html}, filled with what the request said. */
final class SamplePage {
  /** Stands in the page's title, and is how a probe knows the page. */
  static final String TITLE = "The sample app behind the tunnel";

  private static final String RESOURCE = "sample.html";
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;"
          + " connect-src 'self' ws: wss:";

  private final String template;

  private SamplePage(String template) {
    this.template = template;
  }

  static SamplePage load() {
    try (InputStream in = SamplePage.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing beside " + SamplePage.class);
      }
      return new SamplePage(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }

  void answer(Exchange exchange) {
    HttpHeaders headers = exchange.request().headers();
    String html =
        template
            .replace("{{title}}", TITLE)
            .replace("{{host}}", shown(headers, "Host"))
            .replace("{{forwardedFor}}", shown(headers, "X-Forwarded-For"))
            .replace("{{forwardedProto}}", shown(headers, "X-Forwarded-Proto"))
            .replace("{{forwardedHost}}", shown(headers, "X-Forwarded-Host"))
            .replace("{{remoteAddress}}", String.valueOf(exchange.channel().remoteAddress()));
    HttpResponse head = exchange.head(HttpResponseStatus.OK, Exchange.HTML);
    head.headers().set("content-security-policy", POLICY);
    exchange.answer(head, html);
  }

  private static String shown(HttpHeaders headers, String name) {
    String value = String.join(", ", headers.getAll(name));
    return value.isEmpty() ? "<i>not sent</i>" : escape(value);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("{", "&#123;");
  }
}
