package dev.culvert.bench.race;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Free ports of the loopback, below those that the kernel gives to connections. Any thread. */
final class Ports {
  private static final int FIRST = 20_000;
  private static final int END = 32_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(FIRST, END));

  private Ports() {}

  /** A port that nothing listens at, and that no other call returns for a long time. */
  static int free() throws IOException {
    for (int tries = 0; tries < END - FIRST; tries++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement() - FIRST, END - FIRST);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(at(port));
        return port;
      } catch (IOException taken) {
        // The next one may be free.
      }
    }
    throw new IOException("no free port from " + FIRST + " to " + END);
  }

  static boolean isListening(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(at(port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
