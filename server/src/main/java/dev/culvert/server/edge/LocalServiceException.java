package dev.culvert.server.edge;

import dev.culvert.mux.control.StreamStatus;
import java.io.IOException;

/** The client could not connect to its local service; nothing that was sent reached it. */
final class LocalServiceException extends IOException {
  private final transient StreamStatus status;

  LocalServiceException(StreamStatus status) {
    super(status.text());
    this.status = status;
  }

  StreamStatus status() {
    return status;
  }
}
