package dev.culvert.bench.race;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Visitors that have had one answer each, and keep their connections without a word. */
final class IdleVisitors implements AutoCloseable {
  private final List<Socket> sockets = new ArrayList<>();

  static IdleVisitors connect(Endpoint endpoint, int count) throws IOException {
    IdleVisitors visitors = new IdleVisitors();
    try {
      for (int i = 0; i < count; i++) {
        visitors.add(endpoint);
      }
      return visitors;
    } catch (IOException e) {
      visitors.close();
      throw e;
    }
  }

  int count() {
    return sockets.size();
  }

  private void add(Endpoint endpoint) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.connect(Ports.at(endpoint.port()), 2000);
    socket.setSoTimeout(5000);
    String request = endpoint.request("GET " + Page.PATH, "");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    byte[] buffer = new byte[4096];
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith(Page.TEXT)) {
      int count = socket.getInputStream().read(buffer);
      if (count < 0) {
        throw new EOFException("visitor " + sockets.size() + " was not answered");
      }
      answer.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
