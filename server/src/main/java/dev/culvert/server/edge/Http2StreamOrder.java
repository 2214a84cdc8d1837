package dev.culvert.server.edge;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * The order of a visitor's streams: each begins with a higher number than all before it, and none
 * has a head once it has ended (RFC 9113, sections 5.1 and 5.1.1). Not thread-safe.
 *
 * <p>What is remembered is bounded: the last {@value #REMEMBERED} streams that the visitor ended,
 * and the last gap in its numbers. Of others the codec resets what comes too late, as it does with
 * streams that were reset, on which frames may still be on their way.
 */
final class Http2StreamOrder {
  private static final int REMEMBERED = Http2Codec.MAX_STREAMS;

  private final int[] ended = new int[REMEMBERED];
  private int endedNext;
  private int highest;
  private int gapStart; // the numbers between are of no stream
  private int gapEnd;

  /** Takes in the start of a head or of trailers. */
  void receiveHead(int stream, boolean isLast) throws Http2Exception {
    if (stream > highest) {
      if (stream > highest + 2) {
        gapStart = highest;
        gapEnd = stream;
      }
      highest = stream;
    } else if (stream > gapStart && stream < gapEnd) {
      throw Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "stream %d begins after %d", stream, highest);
    } else if (hasEnded(stream)) {
      throw Http2Exception.connectionError(
          Http2Error.STREAM_CLOSED, "a head on stream %d, which has ended", stream);
    }
    receiveData(stream, isLast);
  }

  /** Takes in data. */
  void receiveData(int stream, boolean isLast) {
    if (isLast) {
      ended[endedNext] = stream;
      endedNext = (endedNext + 1) % REMEMBERED;
    }
  }

  private boolean hasEnded(int stream) {
    for (int one : ended) {
      if (one == stream) {
        return true;
      }
    }
    return false;
  }
}
