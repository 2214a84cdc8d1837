package dev.culvert.bench.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A balancer on loopback: tells by a PROXY header of a visitor that the test makes up. */
final class Balancer implements AutoCloseable {
  private final LocalService service;

  private Balancer(LocalService service) {
    this.service = service;
  }

  /** In front of {@code port}; each of its visitors is told to come from {@code address}. */
  static Balancer start(int port, String address) throws IOException {
    return new Balancer(
        LocalService.start(visitor -> {
          try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            server.getOutputStream().write(header(address).getBytes(StandardCharsets.US_ASCII));
            Thread back = Thread.ofVirtual().start(() -> copy(server, visitor));
            copy(visitor, server);
            back.join();
          }
        }));
  }

  /** The header for a visitor with that address. */
  static String header(String address) {
    return "PROXY TCP4 " + address + " 198.51.100.1 40000 443\r\n";
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One end has left; the other sees it.
    }
  }

  int port() {
    return service.port();
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
