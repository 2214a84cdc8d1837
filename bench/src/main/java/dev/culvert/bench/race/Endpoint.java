package dev.culvert.bench.race;

/**
 * Where visitors of a tunnel go.
 *
 * @param port of the loopback
 * @param host what they put into the Host header
 */
record Endpoint(int port, String host) {
  static Endpoint at(int port) {
    return new Endpoint(port, "localhost");
  }

  /** The head of a request, with {@code headers} that each end in a line break. */
  String request(String line, String headers) {
    return line + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n";
  }
}
