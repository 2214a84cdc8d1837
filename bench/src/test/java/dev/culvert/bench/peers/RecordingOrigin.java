package dev.culvert.bench.peers;

import static java.util.stream.Collectors.joining;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A service that writes down each whole request it takes, and answers it with {@code ok}, or with a
 * page of {@link #BIG_BYTES} where it is asked for {@code /big}.
 *
 * <p>It believes what a proxy writes: Transfer-Encoding goes before Content-Length, and where there
 * is neither there is no body.
 */
final class RecordingOrigin implements AutoCloseable {
  /** What proxies add, or may well change. */
  private static final Set<String> UNRECORDED =
      Set.of(
          "connection",
          "content-length",
          "transfer-encoding",
          "expect",
          "forwarded",
          "x-request-id");

  static final int BIG_BYTES = 2 << 20;

  private static final byte[] BIG = "x".repeat(BIG_BYTES).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicLong receivedBytes = new AtomicLong();

  RecordingOrigin() throws IOException {
    listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The requests since the last call. */
  List<String> takeSeen() {
    List<String> taken = new ArrayList<>();
    for (String request = seen.poll(); request != null; request = seen.poll()) {
      taken.add(request);
    }
    return taken;
  }

  /** How many connections there have been. */
  int accepted() {
    return accepted.get();
  }

  /** How many bytes have come, of requests that were cut as well. */
  long receivedBytes() {
    return receivedBytes.get();
  }

  /** How many requests have begun and not ended, nor been cut. */
  int unfinished() {
    return unfinished.get();
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException e) {
        return; // closed
      }
      open.add(socket);
      accepted.incrementAndGet();
      Thread.ofVirtual().start(() -> serve(socket));
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(new Counted(socket.getInputStream()));
      for (String request = read(in); request != null; request = read(in)) {
        seen.add(request);
        byte[] body = request.startsWith("GET /big ") ? BIG : OK;
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n";
        OutputStream out = new BufferedOutputStream(socket.getOutputStream());
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body, 0, request.startsWith("HEAD ") ? 0 : body.length);
        out.flush();
      }
    } catch (IOException e) {
      // A request that was cut is none.
    } finally {
      open.remove(socket);
    }
  }

  /** The next request in a line; null at the end. */
  private @Nullable String read(InputStream in) throws IOException {
    String requestLine = readLine(in);
    if (requestLine.isEmpty()) {
      return null;
    }
    unfinished.incrementAndGet();
    try {
      return readRest(requestLine, in);
    } finally {
      unfinished.decrementAndGet();
    }
  }

  private static String readRest(String requestLine, InputStream in) throws IOException {
    List<String> fields = new ArrayList<>();
    int length = 0;
    boolean isChunked = false;
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      String[] field = line.split(":", 2);
      String name = field[0].toLowerCase(Locale.ROOT);
      String value = field.length > 1 ? field[1].strip() : "(none)";
      if (name.equals("content-length")) {
        length = Integer.parseInt(value);
      } else if (name.equals("transfer-encoding")) {
        isChunked = true;
      }
      if (!UNRECORDED.contains(name) && !name.startsWith("x-forwarded-")) {
        fields.add(name + "=" + value);
      }
    }
    Collections.sort(fields);
    if (isChunked) {
      fields.add("body=" + readChunks(in));
    } else if (length > 0) {
      fields.add("body=" + readText(in, length));
    }
    String target = requestLine.replaceFirst(" HTTP/1.[01]$", "");
    return OddRequest.escape(target + fields.stream().map(field -> " " + field).collect(joining()));
  }

  private static String readChunks(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    for (int size = readSize(in); size > 0; size = readSize(in)) {
      body.append(readText(in, size));
      readLine(in);
    }
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      body.append(" trailer ").append(line);
    }
    return body.toString();
  }

  private static int readSize(InputStream in) throws IOException {
    return Integer.parseInt(readLine(in).split(";", 2)[0].strip(), 16);
  }

  private static String readText(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("cut within a body");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (line.isEmpty()) {
          return "";
        }
        throw new IOException("cut within a line");
      }
      line.append((char) c);
    }
    int end = line.length();
    return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int count = super.read(bytes, from, length);
      receivedBytes.addAndGet(Math.max(0, count));
      return count;
    }
  }
}
