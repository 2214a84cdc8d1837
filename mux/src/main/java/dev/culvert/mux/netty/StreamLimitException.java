package dev.culvert.mux.netty;

import java.io.IOException;

/** The session opens no more streams: its limit is reached, or it is going away. */
public final class StreamLimitException extends IOException {
  StreamLimitException(String session) {
    super("no further stream can be opened: " + session);
  }
}
