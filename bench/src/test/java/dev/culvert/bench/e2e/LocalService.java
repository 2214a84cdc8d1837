package dev.culvert.bench.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A service on loopback that does with each connection what a test says, on a thread of its own.
 */
final class LocalService implements AutoCloseable {
  /** What is done with a connection; it is closed afterwards. */
  interface Conversation {
    void with(Socket socket) throws Exception;
  }

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private LocalService(ServerSocket listener) {
    this.listener = listener;
  }

  static LocalService start(Conversation conversation) throws IOException {
    return start(0, conversation);
  }

  static LocalService start(int port, Conversation conversation) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
    LocalService service = new LocalService(listener);
    Thread.ofVirtual().start(() -> service.accept(conversation));
    return service;
  }

  private void accept(Conversation conversation) {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException e) {
        return; // closed
      }
      open.add(socket);
      Thread.ofVirtual().start(() -> converse(conversation, socket));
    }
  }

  private void converse(Conversation conversation, Socket socket) {
    try (socket) {
      conversation.with(socket);
    } catch (Exception e) {
      // The other end sees it; tests look there.
    } finally {
      open.remove(socket);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts every connection, as the kernel does when a process is killed with data unread. */
  void kill() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
