package dev.culvert.bench.e2e;

import dev.culvert.client.ClientConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A path between a client and its server that can fall silent without closing, or be cut. */
final class SilentPath implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean isSilent;

  private SilentPath(ServerSocket listener, InetSocketAddress server) {
    this.listener = listener;
    this.server = server;
  }

  static SilentPath to(InetSocketAddress server) throws IOException {
    SilentPath path =
        new SilentPath(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server);
    Thread.ofVirtual().start(path::accept);
    return path;
  }

  /** The same client, by way of this path. */
  ClientConfig rewrite(ClientConfig config) {
    return new ClientConfig(
        "127.0.0.1",
        listener.getLocalPort(),
        config.trust(),
        config.token(),
        config.instance(),
        config.tunnels());
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        Socket onward = new Socket(server.getAddress(), server.getPort());
        sockets.add(client);
        sockets.add(onward);
        Thread.ofVirtual().start(() -> copy(client, onward));
        Thread.ofVirtual().start(() -> copy(onward, client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!isSilent) {
          out.write(buffer, 0, n);
        }
      }
      if (!isSilent) {
        to.close();
      }
    } catch (IOException e) {
      // The path is cut.
    }
  }

  /** From now on nothing passes, and nobody is told. */
  void fallSilent() {
    isSilent = true;
  }

  /** Breaks the connections that exist; new ones pass. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
