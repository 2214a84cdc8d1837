package dev.culvert.bench.e2e;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** A visitor's request, whose parts a test sends and takes one by one, whatever it is sent in. */
interface OpenRequest extends AutoCloseable {
  /** What a visitor speaks. */
  enum Protocol {
    HTTP_1,
    HTTP_2
  }

  /** A head of an answer; the names of its headers are in lower case. */
  record Head(int status, Map<String, String> headers) {}

  /** What is yet to come of the request behind its head. */
  enum Body {
    NONE,
    FOLLOWS
  }

  /**
   * Sends the head of a request on a connection of its own.
   *
   * @param url of a tunnel over plain HTTP for HTTP/1, and over HTTPS for HTTP/2
   * @param headers in lower case, as {@code name: value}
   */
  static OpenRequest send(Protocol protocol, URI url, String method, Body body, String... headers)
      throws Exception {
    return switch (protocol) {
      case HTTP_1 -> new Http1Request(url, method, body, headers);
      case HTTP_2 -> Http2Request.send(url, method, body, headers);
    };
  }

  /** Sends a part of the body. */
  void send(String part) throws Exception;

  /** Ends the body, with trailers as {@code name: value}. */
  void end(String... trailers) throws Exception;

  /** Waits for the next head, an informational one too. */
  Head head() throws Exception;

  /** Waits for so many bytes of the answer's body. */
  String read(int bytes) throws Exception;

  /** Waits for the end of the answer, which has no more of a body; its trailers. */
  Map<String, String> awaitEnd() throws Exception;

  /** Leaves in order: the request is no longer wanted. */
  void leave() throws Exception;

  /** Leaves as a process does that is killed. */
  void cut() throws Exception;

  @Override
  void close() throws IOException;
}
