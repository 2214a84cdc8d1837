package dev.culvert.server.edge;

import com.google.gson.JsonObject;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An {@link HttpRefusal} as a response: a page for browsers, JSON or a line of text for others. */
final class RefusalPage {
  /** The stable code of a refusal; a local service cannot set it. */
  static final String ERROR_HEADER = "culvert-error";

  private RefusalPage() {}

  /** The response; {@code accept} is the request's {@code Accept} header. */
  static FullHttpResponse of(HttpRefusal refusal, @Nullable String accept) {
    AnswerFormat format = AnswerFormat.of(accept);
    String body =
        switch (format) {
          case HTML -> page(refusal);
          case JSON -> json(refusal) + "\n";
          case TEXT -> refusal.title() + ": " + refusal.detail() + "\n";
        };
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            refusal.status(),
            Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, format.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
        .set("x-content-type-options", "nosniff")
        .set(ERROR_HEADER, refusal.code());
    refusal.headers().forEach((name, value) -> response.headers().set(name, value));
    return response;
  }

  private static String page(HttpRefusal refusal) {
    return """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>%1$s</title>
    <style>
      :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }
      body { max-width: 38rem; margin: 18vh auto 0; padding: 0 1.5rem }
      h1 { font-size: 1.5rem; margin: 0 0 .5rem }
      p { margin: 0 0 1rem; overflow-wrap: anywhere }
      footer { opacity: .6; font-size: .85rem }
    </style>
    <h1>%1$s</h1>
    <p>%2$s</p>
    <footer>%3$d &middot; %4$s &middot; Culvert</footer>
    </html>
    """
        .formatted(
            escaped(refusal.title()),
            escaped(refusal.detail()),
            refusal.status().code(),
            escaped(refusal.code()));
  }

  private static String json(HttpRefusal refusal) {
    JsonObject json = new JsonObject();
    json.addProperty("error", refusal.code());
    json.addProperty("status", refusal.status().code());
    json.addProperty("message", refusal.title() + ": " + refusal.detail());
    return json.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
