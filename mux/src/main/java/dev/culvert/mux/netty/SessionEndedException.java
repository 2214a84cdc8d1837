package dev.culvert.mux.netty;

import dev.culvert.mux.SessionEnd;
import java.io.IOException;

/** The session ended under a stream: what came so far is not all there was to come. */
public final class SessionEndedException extends IOException {
  private final transient SessionEnd end;

  SessionEndedException(SessionEnd end) {
    super("the tunnel session ended: " + end.reason());
    this.end = end;
  }

  /** Tells a lost transport from a closed session. */
  public SessionEnd end() {
    return end;
  }
}
