package dev.culvert.server.edge;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** In which format a visitor is told what the edge has to say. */
enum AnswerFormat {
  /** A page for browsers. */
  HTML("text/html; charset=utf-8"),
  /** One line of JSON. */
  JSON("application/json"),
  /** One line of text. */
  TEXT("text/plain; charset=utf-8");

  private final String contentType;

  AnswerFormat(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  /**
   * The format that {@code accept}, an {@code Accept} header, likes most (RFC 9110, section
   * 12.5.1), of several the first; text where it says nothing of any.
   */
  static AnswerFormat of(@Nullable String accept) {
    AnswerFormat best = TEXT;
    double bestQuality = 0;
    for (String range : accept == null ? new String[0] : accept.split(",", -1)) {
      String[] parts = range.split(";", -1);
      AnswerFormat format = named(parts[0].strip().toLowerCase(Locale.ROOT));
      double quality = format == null ? 0 : QualityValue.of(parts);
      if (format != null && quality > bestQuality) {
        best = format;
        bestQuality = quality;
      }
    }
    return best;
  }

  /** A star is for whatever is most easily read where nothing is rendered. */
  private static @Nullable AnswerFormat named(String type) {
    return switch (type) {
      case "text/html", "application/xhtml+xml" -> HTML;
      case "application/json", "application/*" -> JSON;
      case "text/plain", "text/*", "*/*" -> TEXT;
      default -> type.endsWith("+json") ? JSON : null;
    };
  }
}
