package dev.culvert.server.edge;

import dev.culvert.mux.control.StreamStatus;
import java.io.IOException;

/** The client could not connect to its local service, or did not say that it has. */
final class LocalServiceException extends IOException {
  private final transient StreamStatus status;

  private final boolean isUnreached;

  /** {@code isUnreached}: the client says so, and nothing that was sent has reached the service. */
  LocalServiceException(StreamStatus status, boolean isUnreached) {
    super(status.text().replaceAll("\\p{Cntrl}", "?")); // a client says what it likes
    this.status = status;
    this.isUnreached = isUnreached;
  }

  boolean isUnreached() {
    return isUnreached;
  }

  StreamStatus status() {
    return status;
  }
}
