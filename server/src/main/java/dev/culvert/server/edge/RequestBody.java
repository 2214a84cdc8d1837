package dev.culvert.server.edge;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request on its way to a local service: what waits for the service, what is being
 * written to it, and what may be sent again. On the visitor's event loop.
 */
final class RequestBody {
  /** Bytes on their way to the stream before the visitor is read no more. */
  private static final int HIGH_BYTES = 128 * 1024;

  private final ArrayDeque<HttpContent> waiting = new ArrayDeque<>();
  private final SentBody sent = new SentBody();
  private boolean isEnded;
  private boolean hasSentBytes;
  private int unwrittenBytes;

  /** Looks at a part that has come, which stays the caller's. */
  void received(HttpContent part) {
    if (part instanceof LastHttpContent last) {
      isEnded = true;
      RequestTrailers.clean(last.trailingHeaders());
    }
  }

  /** Takes a part for which there is no service yet. */
  void await(HttpContent part) {
    waiting.add(part);
  }

  /** Whether parts wait for a service. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** The next part that has waited for a service, which is the caller's; null for none. */
  @Nullable HttpContent poll() {
    return waiting.poll();
  }

  /**
   * Writes a part, which is taken.
   *
   * @param isKept whether it may be worth sending again
   * @param onWritten runs once it has gone into the stream, or has failed to
   */
  void send(Upstream target, HttpContent part, boolean isKept, Runnable onWritten) {
    int bytes = part.content().readableBytes();
    sent.add(part, isKept);
    hasSentBytes |= bytes > 0;
    unwrittenBytes += bytes;
    target.write(
        part,
        done -> {
          unwrittenBytes -= bytes;
          onWritten.run();
        });
  }

  /** Whether its last part has come. */
  boolean isEnded() {
    return isEnded;
  }

  boolean hasSentBytes() {
    return hasSentBytes;
  }

  /** Whether nothing is on its way to the stream. */
  boolean isWritten() {
    return unwrittenBytes == 0;
  }

  /** Whether the stream takes no more for now. */
  boolean isHeldUp() {
    return unwrittenBytes >= HIGH_BYTES;
  }

  /** Whether all that was sent could be sent again. */
  boolean isWhole() {
    return sent.isWhole();
  }

  /** A service has taken the connection: bytes are not sent again. */
  void reached() {
    sent.reached();
  }

  /** Has what was sent wait for another service. */
  void rewind() {
    sent.moveTo(waiting);
    hasSentBytes = false;
  }

  /** It will not be sent again. */
  void forget() {
    sent.forget();
  }

  /** Lets go of all of it. */
  void release() {
    sent.forget();
    waiting.forEach(HttpContent::release);
    waiting.clear();
  }
}
