package dev.culvert.server.edge;

import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;

/** A local service that speaks HTTP/2 gave up one request (RFC 9113, section 5.4.2). */
final class ServiceResetException extends IOException {
  private final transient Http2Error code;

  ServiceResetException(Http2Error code) {
    super("the local service reset the request: " + code);
    this.code = code;
  }

  /**
   * What the visitor's stream is reset with. What a service has to say of the request is passed on,
   * for programs act on it; what is wrong with its own connection is not the visitor's.
   */
  Http2Error forVisitor() {
    return switch (code) {
      case CANCEL, REFUSED_STREAM, ENHANCE_YOUR_CALM, INADEQUATE_SECURITY -> code;
      default -> Http2Error.INTERNAL_ERROR;
    };
  }

  /** Whether the service has not looked at the request. */
  boolean isUnprocessed() {
    return code == Http2Error.REFUSED_STREAM;
  }
}
