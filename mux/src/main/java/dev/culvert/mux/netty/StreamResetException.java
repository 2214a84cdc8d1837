package dev.culvert.mux.netty;

import java.io.IOException;

/** The peer reset the stream: what came so far is not all there was to come. */
public final class StreamResetException extends IOException {
  StreamResetException(StreamAddress stream) {
    super("stream " + stream + " was reset by the peer");
  }
}
