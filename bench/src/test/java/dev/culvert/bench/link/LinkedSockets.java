package dev.culvert.bench.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Two plain sockets that are joined by an emulated link. */
final class LinkedSockets implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int BUFFER_BYTES = 64 * 1024;

  final ServerSocket listener = new ServerSocket();
  final LinkEmulator link;
  final Socket near;
  final Socket far;

  LinkedSockets(LinkSettings settings) throws IOException {
    listener.setReceiveBufferSize(BUFFER_BYTES);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listener.setSoTimeout(PATIENCE_MILLIS);
    link = LinkEmulator.start((InetSocketAddress) listener.getLocalSocketAddress(), settings);
    near = new Socket();
    near.setSendBufferSize(BUFFER_BYTES);
    near.connect(link.address(), PATIENCE_MILLIS);
    far = listener.accept();
    for (Socket socket : new Socket[] {near, far}) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  /** Sends a byte there and one back; returns how long that took, in nanoseconds. */
  long roundTrip() throws IOException {
    long startNanos = System.nanoTime();
    near.getOutputStream().write(1);
    far.getInputStream().read();
    far.getOutputStream().write(2);
    near.getInputStream().read();
    return System.nanoTime() - startNanos;
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
    link.close();
    listener.close();
  }
}
