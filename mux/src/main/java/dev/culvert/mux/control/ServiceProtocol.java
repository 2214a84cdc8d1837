package dev.culvert.mux.control;

/** What the local service of an HTTP tunnel speaks in the streams that the server opens to it. */
public enum ServiceProtocol {
  /** HTTP/1.1. */
  HTTP_1,
  /** HTTP/2 from the first byte on, over a connection without TLS (RFC 9113, section 3.3). */
  H2C,
  /** The same in the stream; the client puts it into TLS. */
  H2
}
