package dev.culvert.server.rules;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;

/**
 * Names of headers as services read them: many hand them on as CGI does, where {@code X_User} and
 * {@code X-User} are the same, and so are {@code x.user} and {@code x!user} to some.
 */
final class HeaderNames {
  private HeaderNames() {}

  /** The names in {@code headers}, each once, that a service may take for {@code name}. */
  static List<String> alike(HttpHeaders headers, String name) {
    String word = word(name);
    return headers.names().stream().filter(other -> word(other).equals(word)).toList();
  }

  private static String word(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    StringBuilder word = new StringBuilder(lower.length());
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      word.append((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_');
    }
    return word.toString();
  }
}
