package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What was sent of a request's body to a client that may turn out to have no service; kept so that
 * it can be sent to another. At most {@value #MAX_BYTES} bytes, until the service has taken the
 * connection. Event loop only.
 */
final class SentBody {
  static final int MAX_BYTES = 64 * 1024;

  private final Queue<HttpContent> parts = new ArrayDeque<>(1);
  private int bytes;
  private boolean isWhole = true;
  private boolean isReached;

  /**
   * Takes note of a part that is about to be sent, which stays the caller's.
   *
   * @param isKept whether its bytes are worth keeping
   */
  void add(HttpContent part, boolean isKept) {
    int more = part.content().readableBytes();
    if (more > 0 && (!isKept || isReached || bytes + more > MAX_BYTES)) {
      forget();
    }
    if (isWhole) {
      bytes += more;
      parts.add(part.retainedDuplicate());
    }
  }

  /** Whether all that was sent is still here. */
  boolean isWhole() {
    return isWhole;
  }

  /** Moves all that was sent to {@code waiting}, in front of what has not been. */
  void moveTo(ArrayDeque<HttpContent> waiting) {
    ArrayDeque<HttpContent> unsent = new ArrayDeque<>(waiting);
    waiting.clear();
    waiting.addAll(parts);
    waiting.addAll(unsent);
    parts.clear();
    bytes = 0;
    isReached = false;
  }

  /** The service has taken the connection: bytes are not sent again. */
  void reached() {
    isReached = true;
    if (bytes > 0) {
      forget();
    }
  }

  /** It will not be sent again. */
  void forget() {
    isWhole = false;
    parts.forEach(HttpContent::release);
    parts.clear();
  }
}
