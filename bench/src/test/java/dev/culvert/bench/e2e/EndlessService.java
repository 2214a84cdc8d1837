package dev.culvert.bench.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A service whose transfers never end by themselves, and that remembers how its visitors' did.
 *
 * <p>{@code GET /chunked}, {@code /closed} and {@code /length} send without end in three framings,
 * {@code POST} reads; what does not begin with a method is answered with bytes without end, and
 * {@code U} with reading.
 */
final class EndlessService {
  private static final byte[] BLOCK = new byte[16 * 1024];

  /** How each upload ended: {@code end} for a clean end of input, else the exception. */
  final BlockingQueue<String> uploadEnds = new LinkedBlockingQueue<>();

  /** Counts uploads of which a mebibyte has come. */
  final BlockingQueue<String> uploadsUnderWay = new LinkedBlockingQueue<>();

  void converse(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    int first = in.read();
    if (first == 'G') {
      BufferedReader head =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
      String requestLine = head.readLine();
      while (!head.readLine().isEmpty()) {
        // the rest of the head says nothing that matters here
      }
      answer(socket.getOutputStream(), requestLine);
    } else if (first == 'P' || first == 'U') {
      read(in, first == 'P' ? "http" : "tcp");
    } else {
      sendForever(socket.getOutputStream(), "");
    }
  }

  private static void answer(OutputStream out, String requestLine) throws IOException {
    if (requestLine.contains("/chunked")) {
      out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
      sendForever(out, Integer.toHexString(BLOCK.length));
    } else if (requestLine.contains("/length")) {
      out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"));
      sendForever(out, "");
    } else {
      out.write(ascii("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
      sendForever(out, "");
    }
  }

  private static void sendForever(OutputStream out, String chunkSize) throws IOException {
    while (true) {
      if (!chunkSize.isEmpty()) {
        out.write(ascii(chunkSize + "\r\n"));
      }
      out.write(BLOCK);
      if (!chunkSize.isEmpty()) {
        out.write(ascii("\r\n"));
      }
    }
  }

  private void read(InputStream in, String kind) {
    byte[] buffer = new byte[16 * 1024];
    long total = 0;
    boolean isUnderWay = false;
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        total += n;
        if (!isUnderWay && total > 1 << 20) {
          isUnderWay = true;
          uploadsUnderWay.add(kind);
        }
      }
      uploadEnds.add(kind + " end");
    } catch (IOException e) {
      uploadEnds.add(kind + " " + e.getMessage());
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
