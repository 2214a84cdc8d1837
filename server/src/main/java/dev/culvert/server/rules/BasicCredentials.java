package dev.culvert.server.rules;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name and password that a request brings along (RFC 7617). */
record BasicCredentials(String user, String password) {
  private static final String SCHEME = "Basic ";
  private static final int MAX_CHARS = 1024;

  /** Null where there are none that can be understood, or more than one. */
  static @Nullable BasicCredentials of(HttpHeaders headers) {
    List<String> values = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (values.size() != 1) {
      return null;
    }
    String value = values.getFirst().strip();
    if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) || value.length() > MAX_CHARS) {
      return null;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(value.substring(SCHEME.length()).strip());
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      int colon = text.indexOf(':');
      return colon < 0
          ? null
          : new BasicCredentials(text.substring(0, colon), text.substring(colon + 1));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null; // no base64, or no UTF-8
    }
  }

  @Override
  public String toString() {
    return "BasicCredentials[(secret)]";
  }
}
