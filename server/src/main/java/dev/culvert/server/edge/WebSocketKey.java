package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What a WebSocket in HTTP/1.1 is asked for and granted with (RFC 6455, section 4). In HTTP/2 there
 * is neither: the edge asks in the visitor's place, and looks at the answer as it would.
 */
final class WebSocketKey {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 16;
  private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketKey() {}

  static String random() {
    byte[] key = new byte[BYTES];
    RANDOM.nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  /** Whether a 101 with these headers is the answer to {@code key}. */
  static boolean isAccepted(String key, HttpHeaders answer) {
    return accept(key).equals(answer.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
  }

  private static String accept(String key) {
    try {
      byte[] text = (key + SUFFIX).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
