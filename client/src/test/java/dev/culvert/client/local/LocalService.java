package dev.culvert.client.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A service for one connection: reads up to a mark, answers, and closes. */
final class LocalService implements AutoCloseable {
  private final ServerSocket listener;

  /** All that came, once the mark or the end of the input has. */
  final CompletableFuture<String> received = new CompletableFuture<>();

  /** Answers {@code answer} once {@code mark} has come, or the end of the input. */
  LocalService(String mark, String answer) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), mark, answer);
  }

  /** The same on a listener of the test's own. */
  LocalService(ServerSocket listener, String mark, String answer) {
    this.listener = listener;
    Thread.ofVirtual().start(() -> serve(mark, answer));
  }

  private void serve(String mark, String answer) {
    try (Socket socket = listener.accept()) {
      StringBuilder text = new StringBuilder();
      int next = 0;
      while (text.indexOf(mark) == -1 && (next = socket.getInputStream().read()) != -1) {
        text.append((char) next);
      }
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      received.complete(text.toString());
    } catch (IOException e) {
      received.completeExceptionally(e);
    }
  }

  LocalTarget target(LocalTarget.Scheme scheme) {
    return new LocalTarget(scheme, "localhost", listener.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
